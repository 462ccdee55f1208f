"""The media engine that comes with plusone: a process of its own, in which no picture is decoded.

Read in this order: `sdp`, `tap`, `source` (a host's frames come in as they were encoded), `stream`
(one show's picture, whoever sends it), `feed`, `viewer` (out by WebRTC), `h264`, `aac`, `fmp4`,
`packager`, `window`, `playlist` (out by HLS), `shelf` (kept for the replay), then `authority`,
`engine` and `server` (the process), and `process` (how the service starts and watches it).
"""

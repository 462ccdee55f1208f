"""The show that `plusone demo` opens: a shop, a host and a small crowd.

Host and viewers are clients like any other: they sign in over HTTP, follow the show over a socket,
and speak as a browser does. Nothing here reaches into the service.
"""

"""The media process on its shop's clock."""

import sys
from unittest.mock import patch

from tests.browser.movable_clock import MovableClock
from video.stream.embedded import server

if __name__ == "__main__":
    with patch("video.stream.embedded.server.SystemClock", MovableClock):
        sys.exit(server.main())

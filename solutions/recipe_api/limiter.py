"""How often somebody may do something."""

from __future__ import annotations

import math
import threading
import time
from collections import deque

from .problems import fail


class Limiter:
    """Count what each address does within a sliding window. Each process counts on its own."""

    def __init__(self, limit: int, window: float = 1.0) -> None:
        self._limit = limit
        self._window = window
        self._lock = threading.Lock()
        # (time, address) of whatever was let through within the window, oldest first.
        self._recent: deque[tuple[float, str | None]] = deque()

    def count(self, address: str | None) -> None:
        """Let an address do it once more. 429: too often (RFC 6585 §4).

        What is refused does not count: whoever waits as long as they are told gets through.
        """
        with self._lock:
            now = time.monotonic()
            while self._recent and self._recent[0][0] <= now - self._window:
                self._recent.popleft()
            times = [when for when, who in self._recent if who == address]
            if len(times) < self._limit:
                self._recent.append((now, address))
                return
        wait = times[-self._limit] + self._window - now
        fail(429, "Too many logins from your address.", {"Retry-After": str(math.ceil(wait))})

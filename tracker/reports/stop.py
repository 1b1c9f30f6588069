"""Ending a query from elsewhere while it runs."""

from collections.abc import Callable
from threading import Lock

STOPPED = "stopped, as somebody asked"


class Stop:
    """What one holds to end a query that another thread runs; `asked` is whether somebody did."""

    def __init__(self) -> None:
        self.asked = False
        self._end: Callable[[], object] | None = None
        self._lock = Lock()

    def bind(self, end: Callable[[], object]) -> None:
        """Tell how the query is ended; at once, if somebody has asked for it before."""
        with self._lock:
            self._end = end
            asked = self.asked
        if asked:
            end()

    def stop(self) -> None:
        """End the query, now or as soon as it begins."""
        with self._lock:
            self.asked = True
            end = self._end
        if end is not None:
            end()

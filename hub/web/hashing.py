"""Looks at passwords off the event loop, two at a time, and says so when too many wait."""

from typing import Final

from anyio import CapacityLimiter, to_thread

from hub.access.passwords import Cost, Passwords
from hub.web.problem import ProblemError

AT_ONCE: Final = 2
"""Each takes a core for 90 to 450 ms and 64 MB: stations and walls go on beside it."""
MOST_WAITING: Final = 16
REFUSED_AFTER_S: Final = 1.0


class Hashing:
    """The centre's passwords, as pages look at them."""

    def __init__(self, cost: Cost | None = None, refused_after_s: float = REFUSED_AFTER_S) -> None:
        """Take what a look costs, and how long after it came a refused sign-in is answered: then all take the same."""
        self.passwords = Passwords(cost)
        self.refused_after_s = refused_after_s
        self._limiter = CapacityLimiter(AT_ONCE)
        self._waiting = 0

    async def right(self, kept: str | None, password: str) -> bool:
        """Say whether a password is the one that is kept; None is nobody's, and takes as long.

        Raises ProblemError E-WEB-08 when too many wait, as `kept` does.
        """
        self._enter()
        try:
            return await to_thread.run_sync(self.passwords.right, kept, password, limiter=self._limiter)
        finally:
            self._waiting -= 1

    async def kept(self, password: str) -> str:
        """Return what the database keeps of a password."""
        self._enter()
        try:
            return await to_thread.run_sync(self.passwords.kept, password, limiter=self._limiter)
        finally:
            self._waiting -= 1

    def _enter(self) -> None:
        if self._waiting >= AT_ONCE + MOST_WAITING:
            what = "too many sign in at once; try again in a moment 登录的人太多，请稍后再试"
            raise ProblemError(503, "E-WEB-08", "Busy", what, {"Retry-After": "5"})
        self._waiting += 1

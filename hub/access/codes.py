"""Codes that stand on a screen and are typed by hand; how often one may be tried (pure)."""

import secrets
from collections import deque
from typing import Final

ALPHABET: Final = "34679ACDEFGHJKMNPQRTWXY"
"""Signs that nobody takes for another across a room: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V."""
LENGTH: Final = 8
"""23^8 codes, 36 bits: with at most a hundred tries in ten minutes nobody finds one of a few that wait."""
_BETWEEN: Final = str.maketrans("", "", " -_\t·—–")


def fresh_code() -> str:
    """Return a new code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str | None:
    """Return a code as somebody typed it, small letters and groups or not; None when it cannot be one."""
    code = typed.translate(_BETWEEN).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def grouped(code: str) -> str:
    """Return a code as it is shown: in two groups."""
    return f"{code[:4]}-{code[4:]}"


class Tries:
    """Counts what was tried within a while, by whom and in all; one thread's."""

    def __init__(self, each: int, all_: int, within_ms: int) -> None:
        """Allow each name so many, and all names together so many, within this time."""
        self._each, self._all, self._within_ms = each, all_, within_ms
        self._tried: deque[tuple[int, str]] = deque()

    def spent(self, name: str, now_ms: int) -> bool:
        """Say whether this name, or all together, has none left now."""
        while self._tried and self._tried[0][0] <= now_ms - self._within_ms:
            self._tried.popleft()
        return len(self._tried) >= self._all or sum(one == name for _, one in self._tried) >= self._each

    def count(self, name: str, now_ms: int) -> None:
        """Count one."""
        self._tried.append((now_ms, name))

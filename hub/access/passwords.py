"""Passwords: which are refused, and how the hub keeps them (argon2id).

Twelve characters or more of whatever kind, none that is guessed first, and no change by the calendar (OWASP ASVS 5,
V6.2: at least 8 and no rules of composition; twelve because many accounts have no second factor).
"""

import base64
import re
import secrets
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST: Final = 12
LONGEST: Final = 128
LEAST_SIGNS: Final = 5
"""Different characters."""
LEAST_LETTERS: Final = 4
"""Beside a word of the account."""

Weakness = Literal["short", "long", "same", "run", "known", "yours", "date"]

_RUNS: Final = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb",
    "qazwsxedcrfvtgbyhnujm", "1q2w3e4r5t6y7u8i9o0p", "!@#$%^&*()",
)  # fmt: skip
_SHORTEST_RUN: Final = 4
_WORDS: Final = (
    "password passw0rd passwd pass admin administrator administrators root user username test testing guest login"
    " welcome letmein changeme default secret master system superuser manager operator supervisor technician viewer"
    " iloveyou sunshine princess dragon monkey football baseball superman batman trustno computer internet whatever"
    " starwars michael jordan shadow killer hello helloworld qwert qwerty asdf zxcv abc abcd abcde woaini woaiwojia"
    " woaizhongguo woshishui nihao zhongguo beijing shanghai jiangsu huawei xiaomi tencent taobao alibaba weixin"
    " mima wodemima guanliyuan caozuoyuan zhihuizhongxin sifasuo sifaju cuncuntong village county centre center hub"
    " wall temp temporary new newpassword mypassword thisismypassword p word"
)
"""What most passwords that get guessed are made of, once digits and signs are taken away."""
_STEMS: Final = frozenset(_WORDS.split())
_LOOKALIKES: Final = str.maketrans("0134579@$!", "oleastgasi")
_DATE: Final = re.compile(r"(19|20)\d\d[-/.年]?(0[1-9]|1[0-2])[-/.月]?(0[1-9]|[12]\d|3[01])")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_BESIDE: Final = 4
"""So many characters beside a date or a telephone number do not make it hard to guess."""

_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


class Cost(NamedTuple):
    """What one look at a password costs whoever tries it; RFC 9106 4, second choice, in one thread."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 1


class Passwords:
    """Makes and checks what the database keeps of passwords. Each takes 90 to 450 ms: never on the event loop."""

    def __init__(self, cost: Cost | None = None) -> None:
        """Take what a look costs; None is what the centre uses."""
        cost = cost or Cost()
        self._hasher = PasswordHasher(cost.passes, cost.memory_kib, cost.lanes)
        self.nobodys = _hash_of_nothing(cost)
        """What is looked at for a name that is nobody's."""
        self.looks = 0
        """How many were made: as many for a name that is nobody's as for one that is somebody's."""

    def kept(self, password: str) -> str:
        """Return what the database keeps of a password."""
        return self._hasher.hash(password.encode("utf-8", "surrogatepass"))

    def right(self, kept: str | None, password: str) -> bool:
        """Say whether a password is the one; `kept` None is nobody's, and takes as long."""
        self.looks += 1
        try:
            same = self._hasher.verify(kept or self.nobodys, password.encode("utf-8", "surrogatepass"))
        except InvalidHashError:  # what was kept is no hash: nobody gets in by it, and it takes as long
            self._spend(password)
            return False
        except Argon2Error:
            return False
        return same and kept is not None

    def is_old(self, kept: str) -> bool:
        """Say whether what is kept was made at another cost, and is to be made anew at the next right try."""
        return self._hasher.check_needs_rehash(kept)

    def _spend(self, password: str) -> None:
        try:
            self._hasher.verify(self.nobodys, password.encode("utf-8", "surrogatepass"))
        except Argon2Error:
            return


def _hash_of_nothing(cost: Cost) -> str:
    """Return what looks like a hash, of no password that anybody knows: looking at it costs as much as at another."""
    salt, digest = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={cost.memory_kib},t={cost.passes},p={cost.lanes}${salt}${digest}"


def one_time_password() -> str:
    """Return a random password for somebody's first time: 16 letters and digits (79 bits) that can be read aloud."""
    letters = "".join(secrets.choice(_SIGNS) for _ in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def weakness_of(password: str, about: Iterable[str] = ()) -> Weakness | None:
    """Return why a password is refused, or None. `about` are words of this account and county (names, unit)."""
    if not SHORTEST <= len(password) <= LONGEST:
        return "short" if len(password) < SHORTEST else "long"
    plain = password.casefold()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    stems = {_letters(plain), _letters(core.translate(_LOOKALIKES))}
    found: dict[Weakness, bool] = {
        "same": len(set(plain)) < LEAST_SIGNS or _repeats(plain),
        "run": _is_run(plain),
        "yours": any(_is_mostly(plain, word.casefold()) for word in about),
        "date": any(len(plain) - len(number) <= _BESIDE for number in _numbers_of_life(plain)),
        "known": any(_is_known(stem) for stem in stems),
    }
    return next((weakness for weakness, is_so in found.items() if is_so), None)


def _repeats(plain: str) -> bool:
    """Say whether it is one short piece again and again."""
    return any((plain[:size] * len(plain))[: len(plain)] == plain for size in range(1, len(plain) // 2 + 1))


def _is_run(plain: str) -> bool:
    """Say whether more than half of it are keys beside each other or the alphabet, in either direction."""
    covered = 0
    at = 0
    while at < len(plain):
        size = max((_run_at(plain, at, row) for line in _RUNS for row in (line, line[::-1])), default=0)
        covered += size if size >= _SHORTEST_RUN else 0
        at += max(1, size)
    return covered > len(plain) / 2


def _run_at(plain: str, at: int, row: str) -> int:
    size = 0
    while at + size < len(plain) and plain[at : at + size + 1] in row:
        size += 1
    return size


def _is_mostly(plain: str, word: str) -> bool:
    """Say whether, a word of the account taken away, hardly a letter of it is left."""
    joined = re.sub(r"[\s._-]+", "", plain)
    pieces = [piece for piece in (re.sub(r"[\s._-]+", "", word), *re.split(r"[\s._-]+", word)) if len(piece) >= 3]
    return any(len(_letters(joined.replace(piece, ""))) < LEAST_LETTERS for piece in pieces if piece in joined)


def _numbers_of_life(plain: str) -> Iterable[str]:
    """Yield dates and mobile numbers in it, and identity numbers whole."""
    yield from (found.group() for found in re.finditer(r"\d{17}[\dx]", plain))
    yield from (found.group() for pattern in (_DATE, _MOBILE) for found in pattern.finditer(plain))


def _letters(plain: str) -> str:
    return "".join(sign for sign in plain if sign.isalpha())


def _is_known(stem: str) -> bool:
    """Say whether letters are nothing, or one or two of the words most used; of nothing, digits alone may do."""
    if not stem:
        return False
    return stem in _STEMS or any(stem[:at] in _STEMS and stem[at:] in _STEMS for at in range(1, len(stem)))

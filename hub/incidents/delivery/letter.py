"""A letter to somebody, and what became of sending it (values, and what a port is)."""

import hashlib
import re
from typing import Final, NamedTuple, Protocol

MOST_TROUBLE: Final = 200
"""Characters of a trouble that are kept."""
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
ADDRESS: Final = re.compile(rf"(?=.{{3,254}}\Z){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
"""RFC 5321 without quoted names, literals and words beyond ASCII."""


class Letter(NamedTuple):
    """One thing to be told to one recipient; the same in every try."""

    id: int
    key: str
    """Names it for ever, to us and to who gets it: Message-ID and webhook-id are made of it."""
    port: str
    """`mail` or `webhook`."""
    recipient: str
    """A mail address, or the name of a webhook in the settings."""
    subject: str
    body: str
    made_ms: int
    thread: str | None = None
    """Key of the first letter about the same incident to the same recipient."""
    tries: int = 0
    """Those before this one."""
    until_ms: int = 0
    """When it is given up."""


class Taken(NamedTuple):
    """The other side has it and said so."""

    answer: str = ""


class Later(NamedTuple):
    """It may go another time: nobody has it, or nobody said that they have."""

    trouble: str
    """Stable code and what happened; nothing secret."""
    after_s: float | None = None
    """How long the other side asked to be left alone."""
    any_letter: bool = False
    """Not for this letter's sake: no other would have fared better."""


class Never(NamedTuple):
    """It was refused for good."""

    trouble: str


Outcome = Taken | Later | Never


class Port(Protocol):
    """A way by which letters go."""

    def trouble(self) -> str | None:
        """Return why no letter can be sent as things stand on this machine, or None."""
        ...

    def send(self, letter: Letter, now_ms: int) -> Outcome:
        """Send one and wait for the answer, for a bounded time; never raise for what the other side does."""
        ...


def clean(text: str, most: int = 120) -> str:
    """Return what somebody or another program said as one short line that steers no screen and breaks no header."""
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(line.split())[:most]


def is_address(text: str) -> bool:
    """Say whether this is one plain mail address, which no header and no command of SMTP reads as more."""
    return ADDRESS.fullmatch(text) is not None


def key_of(*parts: object) -> str:
    """Name a letter for ever: the same parts give the same key, so that nothing is queued twice."""
    named = " ".join(str(part) for part in parts)
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:32]

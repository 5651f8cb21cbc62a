"""A question of the kiosk from beginning to end: sealed to the county, its answer sealed to a key only it holds."""

import re
import secrets
from typing import Final, Self

from station.kiosk.events import Answered
from station.sealing import ReplyKey, Seal
from wire.asking import PROGRESS, SERVICE_CARD, Asker, Cases
from wire.codec import decode
from wire.errors import WireError
from wire.orders import Ask, Reply
from wire.person import Person

FOUND: Final = "found"
"""`Reply.outcome` with a box; the others have none."""
_OUTCOMES: Final = {
    "none": Answered.NONE,
    "offline": Answered.OFFLINE,
    "late": Answered.LATE,
    "expired": Answered.LATE,
}
"""The rest, and words newer than this kiosk, count as refused."""
_CARD_NUMBER: Final = re.compile(rb"[0-9]{8,16}")
_NO_KEY: Final = "0" * 16


class Question:
    """One question: asked once, its answer read once; then the key is gone, and the answer can be opened no more."""

    def __init__(self, about: str, key: str, box: bytes, reply_key: ReplyKey) -> None:
        """Use `about_progress` or `for_service_card`."""
        self.id = secrets.token_hex(8)
        self._about, self._key, self._box = about, key, box
        self._reply_key: ReplyKey | None = reply_key
        self._public = reply_key.public

    def __repr__(self) -> str:
        return "Question(…)"

    @classmethod
    def about_progress(cls, seal: Seal, person: Person) -> Self:
        """Ask how the matters of a person stand, by the card on the reader.

        Raises ValueError for a person whose card was not read: what was typed opens nobody's matters.
        """
        if not (person.verified and person.id_number):
            raise ValueError("no card was read")
        reply_key = ReplyKey()
        asker = Asker(person.name, person.id_number, reply_key.public)
        return cls(PROGRESS, seal.key, seal.question(asker), reply_key)

    @classmethod
    def for_service_card(cls) -> Self:
        """Ask this station's agent to look for a 便民服务卡 before the camera."""
        return cls(SERVICE_CARD, _NO_KEY, b"", ReplyKey())

    def ask(self, within_ms: int) -> Ask:
        """Return what goes into the spool; its `expires_ms` is how long an answer is of use, counted from then.

        The agent, who knows the hub's time, dates it on its way.
        """
        return Ask(self.id, self._about, self._key, self._box, self._public, max(0, within_ms))

    def read(self, reply: Reply) -> tuple[Answered, Cases | None]:
        """Return how it ended, with the matters when there are any; a box that does not open counts as refused."""
        content = self._open(reply)
        if content is None:
            return _OUTCOMES.get(reply.outcome, Answered.REFUSED), None
        try:
            cases = decode(content, Cases)
        except WireError:
            return Answered.REFUSED, None
        return (Answered.FOUND, cases) if cases.cases else (Answered.NONE, None)

    def read_card(self, reply: Reply) -> str | None:
        """Return the number of the card that the camera read, None when there was none."""
        content = self._open(reply)
        if content is None or not _CARD_NUMBER.fullmatch(content):
            return None
        return content.decode("ascii")

    def _open(self, reply: Reply) -> bytes | None:
        reply_key, self._reply_key = self._reply_key, None
        if reply_key is None or reply.id != self.id or reply.outcome != FOUND or reply.box is None:
            return None
        return reply_key.open(reply.box)

"""Questions of the kiosk on their way to the hub: asked once, answered once, and never after their time. Pure."""

from typing import Final, NamedTuple

from msgspec.structs import replace

from station.agent.messages import Action, Publish, TakeReply
from station.clock import Stamp
from wire.codec import encode
from wire.orders import Ask, Reply

OFFLINE: Final = "offline"
LATE: Final = "late"
LEAST_MS: Final = 1_000
"""The broker counts the expiry of a message in whole seconds; with less left than one, it is not asked."""


class _Waiting(NamedTuple):
    ask_id: str
    deadline_mono_ms: int


class Questions:
    """Those whose answer is awaited."""

    def __init__(self) -> None:
        """Begin with none."""
        self._waiting: dict[int, _Waiting] = {}
        self._key = 0

    def ask(self, ask: Ask, deadline_mono_ms: int, at: Stamp, hub_now_ms: int | None) -> list[Action]:
        """Publish a question, dated by the hub's clock; with None the hub is not there to be asked."""
        left_ms = deadline_mono_ms - at.mono_ms
        if hub_now_ms is None:
            return [TakeReply(Reply(ask.id, OFFLINE))]
        if left_ms < LEAST_MS:
            return [TakeReply(Reply(ask.id, LATE))]
        self._key += 1
        self._waiting[self._key] = _Waiting(ask.id, deadline_mono_ms)
        payload = encode(replace(ask, expires_ms=hub_now_ms + left_ms))
        return [Publish("ask", payload, 1, False, self._key, expiry_s=left_ms // 1000)]

    def reply(self, reply: Reply) -> list[Action]:
        """Take the hub's answer; one that nobody waits for, or waited for too long, is dropped."""
        key = next((key for key, one in self._waiting.items() if one.ask_id == reply.id), None)
        if key is None:
            return []
        del self._waiting[key]
        return [TakeReply(reply)]

    def lost(self, key: int) -> list[Action]:
        """Take a question as not asked: nobody was there to take it."""
        one = self._waiting.pop(key, None)
        return [] if one is None else [TakeReply(Reply(one.ask_id, OFFLINE))]

    def all_lost(self) -> list[Action]:
        """Give up: the hub is away. None is asked again; whoever stands before the kiosk may."""
        return [action for key in list(self._waiting) for action in self.lost(key)]

    def late(self, at: Stamp) -> list[Action]:
        """Give up those whose time has passed."""
        over = [key for key, one in self._waiting.items() if at.mono_ms >= one.deadline_mono_ms]
        return [TakeReply(Reply(self._waiting.pop(key).ask_id, LATE)) for key in over]

    def due_ms(self) -> int | None:
        """Return when the next will be late; None while nothing is waited for."""
        return min((one.deadline_mono_ms for one in self._waiting.values()), default=None)

"""Speech through one small port: what is to be said goes in, sound comes out, or nothing does."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from wire.records import Language


class Utterance(NamedTuple):
    """A piece to say; `text_id` names a recorded prompt where the station has one."""

    text: str
    text_id: str | None = None


class Voice(Protocol):
    """Never blocks and never raises: a sound card that hangs, or is not there, costs silence only."""

    @property
    def available(self) -> bool:
        """Say whether speech can be heard, as far as this machine can tell."""

    def say(self, what: Sequence[Utterance], language: Language) -> None:
        """Say `what` instead of what is being said; returns at once. The text is never an argument of a process."""

    def stop(self) -> None:
        """Be silent at once."""

    def close(self) -> None:
        """End for good."""

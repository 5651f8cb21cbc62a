"""What the rules ask of a driver, and what it answers them: the seam between rules and port."""

from collections.abc import Generator
from enum import Enum
from typing import NamedTuple

from station.devices.reader.frames import Command, Reply
from station.devices.reader.port import ReaderEvent


class Ask(NamedTuple):
    """Send the command; the outcome is a Reply, NOTHING, DAMAGED or LOST."""

    command: Command
    timeout_s: float


class Open(NamedTuple):
    """Open the port, or set its rate when it is open; the outcome is DONE or LOST."""

    baud: int


class Shut(NamedTuple):
    """Close the port; the outcome is DONE."""


class Rest(NamedTuple):
    """Wait, at most until `Rules.wanted` changes; the outcome is DONE."""

    seconds: float


class Tell(NamedTuple):
    """Pass the event on; the outcome is DONE."""

    event: ReaderEvent


class Outcome(Enum):
    """What came of a step, when it is no Reply."""

    DONE = "done"
    NOTHING = "no answer in time"
    DAMAGED = "an answer with a wrong checksum"
    LOST = "the port is gone or cannot be opened"


Step = Ask | Open | Shut | Rest | Tell
Steps = Generator[Step, Reply | Outcome, None]
Asking = Generator[Step, Reply | Outcome, Reply | None]

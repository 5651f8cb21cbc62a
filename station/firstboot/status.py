"""How far first boot is: root's process says it in one file, the setup screen shows it."""

from typing import Final, Literal

import msgspec
from msgspec import Struct

from station.firstboot.install import make_folder
from station.layout import Layout
from wire.codec import read_file
from wire.durable import write_atomically

STATUS_FILE: Final = "status.json"
StepName = Literal["bundle", "install", "label", "secrets", "enrol", "card", "handover"]
STEPS: Final[tuple[StepName, ...]] = ("bundle", "install", "label", "secrets", "enrol", "card", "handover")
StepState = Literal["todo", "now", "waits", "failed", "done"]
"""`waits` goes on by itself or by somebody's hand; `failed` was refused and is tried again; both say why."""


class Said(Struct, frozen=True):
    """A refusal, or what is waited for, with its stable code; never a secret."""

    code: str
    what: str
    """Both languages, English first."""


class StepNow(Struct, frozen=True):
    """One step as it is."""

    name: StepName
    state: StepState = "todo"
    said: Said | None = None


class Status(Struct, frozen=True):
    """What the setup screen shows."""

    steps: list[StepNow]
    station: str = ""
    """Empty until a bundle was verified, as are the next three."""
    name: str = ""
    town: str = ""
    fingerprint: str = ""
    """SHA-256 of the county's authority, 64 hex digits, to compare with the label's."""
    wants_label: bool = False
    label_refused: Said | None = None
    """Why the label that was given last does not do."""
    newer_refused: Said | None = None
    """Why a bundle on card or stick was not taken, while the station goes on with the one it has."""
    asked: bool = False
    """The request is on the USB stick, which now goes to the laptop."""
    finished: bool = False
    at_mono_s: float = 0.0
    """CLOCK_BOOTTIME when this was written: an old one says that nobody works any more."""


def first_status() -> Status:
    """Return the status before anything was done."""
    return Status([StepNow(name) for name in STEPS])


def write_status(layout: Layout, status: Status) -> None:
    """Write it, whole. Raises OSError."""
    make_folder(layout.run)
    write_atomically(layout.run / STATUS_FILE, msgspec.json.encode(status))


def read_status(layout: Layout) -> Status | None:
    """Return it, None while there is none that can be read."""
    return read_file(layout.run / STATUS_FILE, Status)

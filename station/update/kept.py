"""What root's updater remembers over a cut: each in a small file of its own, written whole or not at all."""

from typing import Annotated, Final, TypeVar

from msgspec import Meta, Struct, field

from station.layout import Layout
from wire.codec import encode, read_file
from wire.durable import sync_folder, write_atomically
from wire.release import ReleaseName, Sequence, UpdateOrder
from wire.scalars import Code, Count, Key

MOST_FAILED: Final = 32

T = TypeVar("T", bound=Struct)


class Wanted(Struct, frozen=True):
    """A release that is to run, until its trial begins."""

    release: ReleaseName
    sequence: Sequence
    staged: bool = False
    offline: bool = False
    """Somebody on site says to judge it without the hub."""
    order: UpdateOrder | None = None
    """What the hub ordered, None where it was brought."""


class Trial(Struct, frozen=True):
    """A release on trial: written before anything is switched, removed when all is done."""

    release: ReleaseName
    sequence: Sequence
    was: ReleaseName | None
    """What ran before it."""
    older: ReleaseName | None
    """What `previous` was then."""
    kernel_boot: Key
    switched_ms: Count
    """When, on the running count of that kernel boot."""
    offline: bool = False
    boots: Count = 0
    verdict: Code | None = None
    """What it comes to; from then on only that is carried out."""


class Floor(Struct, frozen=True):
    """Nothing below this is taken any more."""

    sequence: Sequence
    release: ReleaseName


class Failed(Struct, frozen=True):
    """A release that was taken back here."""

    sequence: Sequence
    release: ReleaseName
    code: Code


class AllFailed(Struct, frozen=True):
    """The last of them."""

    failed: Annotated[list[Failed], Meta(max_length=MOST_FAILED)] = field(default_factory=list)


FILES: Final[dict[type[Struct], str]] = {
    Wanted: "wanted.json",
    Trial: "trial.json",
    Floor: "floor.json",
    AllFailed: "failed.json",
}


def keep(layout: Layout, what: Wanted | Trial | Floor | AllFailed) -> None:
    """Remember it in place of what was remembered; raises OSError."""
    write_atomically(layout.provision / "update" / FILES[type(what)], encode(what), mode=0o600)


def kept(layout: Layout, kind: type[T]) -> T | None:
    """Return what is remembered, None when nothing is, or it is damaged."""
    return read_file(layout.provision / "update" / FILES[kind], kind)


def forget(layout: Layout, kind: type[Struct]) -> None:
    """Forget it, durably; raises OSError."""
    place = layout.provision / "update" / FILES[kind]
    if place.exists():
        place.unlink()
        sync_folder(place.parent)


def add_failed(layout: Layout, failed: Failed) -> None:
    """Remember that a release failed here; raises OSError."""
    before = kept(layout, AllFailed)
    others = [one for one in (before.failed if before else []) if one.sequence != failed.sequence]
    keep(layout, AllFailed([*others, failed][-MOST_FAILED:]))


def failed_sequences(layout: Layout) -> frozenset[int]:
    """Return the sequences that failed here."""
    before = kept(layout, AllFailed)
    return frozenset(one.sequence for one in before.failed) if before else frozenset()


def floor_of(layout: Layout) -> int:
    """Return the sequence below which nothing is taken; 1 before the first release."""
    floor = kept(layout, Floor)
    return 1 if floor is None else floor.sequence

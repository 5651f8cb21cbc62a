"""What an update does next, and why: values and time in, step and reason out. Pure.

    taken → staged → waits for its moment → on trial → kept, or taken back

Every reason that stops it is a stable code; `wire/release.py` says which of them come right by themselves.
"""

from collections.abc import Collection
from enum import Enum, auto
from typing import Final, NamedTuple

from wire.release import ANY_ARCH, KEPT, Release

QUIET_S: Final = 30.0
"""So long nobody must have been at the kiosk: whoever just left may turn back for their card."""
WAIT_S: Final = 3_600.0
"""No longer does one run wait for that; the next is at night."""
STEADY_S: Final = 15.0
"""So long agent and kiosk must run without a break: a crash at the start comes within a few seconds."""
TRIAL_S: Final = 240.0
"""No trial takes longer: a Pi starts both in 20 s, and the hub spreads welcomes over half a minute."""
MOST_STARTS: Final = 3
"""Whatever starts anew this often within one trial will not become steady: nobody waits for the whole trial."""
MOST_BOOTS: Final = 2
"""The power may fail once or twice for reasons of its own."""
RESERVE_BYTES: Final = 64 * 1024 * 1024
"""What stays free on the disk: for what villagers say."""
UNPACKED: Final = 4
"""A wheel needs this many times its size: unpacked, and compiled."""

NOT_FOR_THIS_MACHINE, NO_ROOM, NO_PACKAGES = "E-UPD-01", "E-UPD-03", "E-UPD-04"
FAILED_BEFORE, OLDER = "E-UPD-06", "E-ARC-06"
AGENT_FAILS, KIOSK_FAILS, HUB_SILENT, BOOTS_FAIL = "E-UPD-11", "E-UPD-12", "E-UPD-13", "E-UPD-14"
LINE_BROKE: Final = "E-UPD-16"
"""What ran before is not welcomed either: the release is not to blame, and is tried again."""
HUB_AWAY_BEFORE: Final = "E-UPD-17"


class Step(Enum):
    """What is done next."""

    NOTHING = auto()
    FORGET = auto()
    """It was never switched to: what was there runs on, the release stays staged."""
    COUNT_BOOT = auto()
    """The trial goes on after a boot."""
    KEEP = auto()
    TAKE_BACK = auto()
    WAIT = auto()
    SWITCH = auto()
    GIVE_UP = auto()


class Machine(NamedTuple):
    """What a release must fit."""

    python: tuple[int, int]
    arch: str
    locks: Collection[str]
    """Digests of the locks whose packages are installed."""
    free_bytes: int


class Taking(NamedTuple):
    """A release that is to be taken."""

    release: Release
    wheel_bytes: int
    wheels_bytes: int
    floor: int
    """Sequence of the newest release that was ever kept here."""
    failed: Collection[int] = ()
    """Sequences that failed here."""
    by_order: bool = False


def why_not_take(taking: Taking, machine: Machine) -> str | None:
    """Return the code of why this machine does not take a release, None when it does."""
    release = taking.release
    if release.sequence < taking.floor:
        return OLDER
    if taking.by_order and release.sequence in taking.failed:
        return FAILED_BEFORE
    fits = _version(release.python_from) <= machine.python < _version(release.python_below)
    if not fits or release.arch not in {ANY_ARCH, machine.arch}:
        return NOT_FOR_THIS_MACHINE
    if release.lock not in machine.locks and not release.wheels:
        return NO_PACKAGES
    return NO_ROOM if machine.free_bytes < needed_bytes(taking, machine.locks) else None


def needed_bytes(taking: Taking, locks: Collection[str]) -> int:
    """Return what must be free on the disk before it is laid out."""
    packages = 0 if taking.release.lock in locks else taking.wheels_bytes * (UNPACKED + 1)
    return RESERVE_BYTES + taking.wheel_bytes * UNPACKED + packages


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor)


class Waiting(NamedTuple):
    """A staged release that waits for its moment."""

    began_s: float
    quiet_since_s: float | None = None


def wait(waiting: Waiting, now_s: float, *, busy: bool) -> tuple[Waiting, Step]:
    """Take whether somebody is at the kiosk, or a call for help waits to be sent, at `now_s`."""
    quiet_since_s = None if busy else now_s if waiting.quiet_since_s is None else waiting.quiet_since_s
    waiting = waiting._replace(quiet_since_s=quiet_since_s)
    if quiet_since_s is not None and now_s - quiet_since_s >= QUIET_S:
        return waiting, Step.SWITCH
    return waiting, Step.GIVE_UP if now_s - waiting.began_s >= WAIT_S else Step.WAIT


class Seen(NamedTuple):
    """How things stand at one moment of a trial."""

    agent: int | None
    """Process id of an agent that is up, None while none is."""
    kiosk: int | None
    says: bool
    """The agent says that it is this release."""
    welcomed: bool
    """The hub welcomed that agent."""
    agent_starts: int = 0
    """How often it ended and was started anew, counted up from anything."""
    kiosk_starts: int = 0


class Watch(NamedTuple):
    """A trial so far."""

    began_s: float
    agent: int | None = None
    agent_since_s: float = 0.0
    agent_starts: int = 0
    """Since it began."""
    kiosk: int | None = None
    kiosk_since_s: float = 0.0
    kiosk_starts: int = 0
    first: Seen | None = None
    says: bool = False
    welcomed: bool = False


def watch(before: Watch, now_s: float, seen: Seen) -> Watch:
    """Take how things stand."""
    first = before.first or seen
    return Watch(
        before.began_s,
        agent=seen.agent,
        agent_since_s=before.agent_since_s if seen.agent == before.agent else now_s,
        agent_starts=seen.agent_starts - first.agent_starts,
        kiosk=seen.kiosk,
        kiosk_since_s=before.kiosk_since_s if seen.kiosk == before.kiosk else now_s,
        kiosk_starts=seen.kiosk_starts - first.kiosk_starts,
        first=first,
        says=seen.says,
        welcomed=seen.welcomed,
    )


def verdict(seen: Watch, now_s: float, *, needs_hub: bool) -> str | None:
    """Return KEPT, the code of why it is taken back, or None while that is open."""
    agent = seen.agent is not None and seen.says and now_s - seen.agent_since_s >= STEADY_S
    kiosk = seen.kiosk is not None and now_s - seen.kiosk_since_s >= STEADY_S
    if agent and kiosk and (seen.welcomed or not needs_hub):
        return KEPT
    over = now_s - seen.began_s >= TRIAL_S
    if not agent and (over or seen.agent_starts >= MOST_STARTS):
        return AGENT_FAILS
    if not kiosk and (over or seen.kiosk_starts >= MOST_STARTS):
        return KIOSK_FAILS
    return HUB_SILENT if over else None


def at_boot(verdict: str | None, *, switched: bool, boots: int) -> tuple[Step, str]:
    """Return what a boot in the middle of a trial leads to, and why."""
    if verdict is not None:
        return (Step.KEEP if verdict == KEPT else Step.TAKE_BACK), verdict
    if not switched:
        return Step.FORGET, ""
    return (Step.TAKE_BACK, BOOTS_FAIL) if boots >= MOST_BOOTS else (Step.COUNT_BOOT, "")

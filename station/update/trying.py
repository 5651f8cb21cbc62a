"""A release on trial: switched to, watched, and kept or taken back, whatever cuts in between."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from msgspec.structs import replace

from station.clock import Clock
from station.errors import StationError
from station.layout import Layout
from station.store.handover import add_outcome
from station.update import rules
from station.update.kept import Failed, Floor, Trial, Wanted, add_failed, forget, keep, kept
from station.update.rules import Step, Watch
from station.update.slots import CURRENT, PREVIOUS, UPDATER, linked, point, release_of, slots, unlink
from station.update.stage import drop
from station.update.watching import Systemd, look
from wire.release import KEPT, WENT_BACK

LOOK_EVERY_S: Final = 1.0


class Site(NamedTuple):
    """The station that is updated."""

    layout: Layout
    state: Path
    services: Systemd
    now_s: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def begin(site: Site, wanted: Wanted) -> Trial:
    """Switch to a staged release and have it start.

    Raises OSError, StationError E-UPD-22; whatever it raises, the trial is open and `settle` ends it.
    """
    layout, now = site.layout, Clock().now()
    was, older = linked(layout, CURRENT), linked(layout, PREVIOUS)
    trial = Trial(wanted.release, wanted.sequence, was, older, now.kernel_boot, now.mono_ms, wanted.offline)
    keep(layout, trial)
    if was is not None:
        point(layout, UPDATER, was)
        point(layout, PREVIOUS, was)
    point(layout, CURRENT, trial.release)
    forget(layout, Wanted)
    site.services.restart()
    return trial


def settle(site: Site) -> str | None:
    """End an open trial: return KEPT or the code of why it was taken back, None when there is none.

    Raises OSError, StationError E-UPD-22; the trial then stays open.
    """
    trial = kept(site.layout, Trial)
    if trial is None:
        return None
    if linked(site.layout, CURRENT) != trial.release and trial.verdict is None:
        forget(site.layout, Trial)
        return None
    if trial.verdict is None:
        found = _watch(site, trial.sequence, needs_hub=not trial.offline)
        trial = _changed(site.layout, trial, verdict=found)
    return _carry_out(site, trial)


def resume(layout: Layout) -> str:
    """Before agent and kiosk of a boot: have `current` lead to what shall run; return one line of what was done.

    Raises OSError.
    """
    trial = kept(layout, Trial)
    if trial is None:
        return "no trial is open 没有进行中的更新"
    switched = linked(layout, CURRENT) == trial.release
    step, why = rules.at_boot(trial.verdict, switched=switched, boots=trial.boots)
    match step:
        case Step.FORGET:
            forget(layout, Trial)
            return f"{trial.release} was not switched to yet; it stays staged 尚未切换，稍后继续"
        case Step.COUNT_BOOT:
            _changed(layout, trial, boots=trial.boots + 1)
            return f"{trial.release} is on trial, boot {trial.boots + 1} 试运行中"
        case Step.TAKE_BACK:
            if trial.verdict is None:
                trial = _changed(layout, trial, verdict=why)
            _links_back(layout, trial)
            return f"{trial.release} is taken back ({why}) 已退回原版本"
    return f"{trial.release} is kept 新版本已采用"


def go_back(site: Site) -> str:
    """Go back to the release before by hand, and return its name.

    Raises StationError E-UPD-15 when there is none, or a trial is open.
    """
    layout = site.layout
    current, previous = linked(layout, CURRENT), linked(layout, PREVIOUS)
    release = None if current is None else release_of(slots(layout) / current)
    if release is None or previous is None or previous == current or kept(layout, Trial) is not None:
        raise StationError("E-UPD-15", "no release to go back to, or one is on trial 没有可退回的版本，或正在试运行")
    now = Clock().now()
    trial = Trial(release.version, release.sequence, previous, current, now.kernel_boot, now.mono_ms, verdict=WENT_BACK)
    keep(layout, trial)
    _carry_out(site, trial)
    return previous


def _watch(site: Site, sequence: int | None, *, needs_hub: bool) -> str:
    watch = Watch(site.now_s())
    while True:
        now_s = site.now_s()
        watch = rules.watch(watch, now_s, look(site.services, site.state, sequence))
        found = rules.verdict(watch, now_s, needs_hub=needs_hub)
        if found is not None:
            return found
        site.sleep(LOOK_EVERY_S)


def _changed(layout: Layout, trial: Trial, *, boots: int | None = None, verdict: str | None = None) -> Trial:
    changed = replace(trial, boots=trial.boots if boots is None else boots, verdict=verdict or trial.verdict)
    keep(layout, changed)
    return changed


def _carry_out(site: Site, trial: Trial) -> str:
    """Do what a decided trial comes to, and return that; each part again is the same."""
    layout, verdict = site.layout, trial.verdict or ""
    if verdict == KEPT:
        keep(layout, Floor(trial.sequence, trial.release))
        point(layout, UPDATER, trial.release)
    else:
        if _links_back(layout, trial):
            site.services.restart()
        if verdict == rules.HUB_SILENT and not _old_is_welcomed(site, trial):
            verdict = rules.LINE_BROKE
            _changed(layout, trial, verdict=verdict)
        if verdict != rules.LINE_BROKE:
            add_failed(layout, Failed(trial.sequence, trial.release, verdict))
    add_outcome(layout.software, verdict, trial.release)
    wanted = kept(layout, Wanted)
    if verdict == rules.LINE_BROKE and (wanted is None or wanted.sequence <= trial.sequence):
        keep(layout, Wanted(trial.release, trial.sequence, staged=True))
    elif wanted is not None and wanted.sequence <= trial.sequence:
        forget(layout, Wanted)
    _drop_old(layout, {trial.release, trial.was} if verdict == KEPT else {trial.was, trial.older})
    forget(layout, Trial)
    return verdict


def _links_back(layout: Layout, trial: Trial) -> bool:
    """Have every link lead where it did before the trial; say whether that changes what runs."""
    if trial.was is None:
        return False
    changes = linked(layout, CURRENT) != trial.was
    point(layout, UPDATER, trial.was)
    point(layout, CURRENT, trial.was)
    if trial.older is not None:
        point(layout, PREVIOUS, trial.older)
    else:
        unlink(layout, PREVIOUS)
    return changes


def _old_is_welcomed(site: Site, trial: Trial) -> bool:
    """Say whether the hub answers what ran before: if not, the line is down, and the release not to blame."""
    was = None if trial.was is None else release_of(slots(site.layout) / trial.was)
    return _watch(site, None if was is None else was.sequence, needs_hub=True) == KEPT


def _drop_old(layout: Layout, use: set[str | None]) -> None:
    wanted = kept(layout, Wanted)
    named = {name for name in (*use, wanted.release if wanted else None) if name is not None}
    with contextlib.suppress(OSError):  # room that is not given back now is at the next update
        drop(layout, named)

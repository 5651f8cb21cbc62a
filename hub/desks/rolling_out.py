"""Releases taken in and roll-outs begun, paused, gone on with and ended: by page or command alike."""

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from firmware_config.identity.lists import ROOT_LIST
from hub.access.chain import Deed
from hub.desks.auditing import Doing
from hub.desks.speaking import county_root
from hub.errors import HubError
from hub.filing import whole_file
from hub.rollout.waves import Plan, read_waves, turns
from hub.settings import Settings
from hub.store.engine import Transaction
from hub.store.rollouts import (
    Part,
    Release,
    Rollout,
    Step,
    add_release,
    begin,
    go_ahead,
    leave_out,
    raise_limit,
    set_state,
    step,
    withdraw_release,
)
from wire.archive import Head, check_contents, open_archive, why_not_for
from wire.errors import WireError

DEFAULT_WAVES: Final = "1,5%,25%,100%"
DEFAULT_SOAK: Final = "24h"


def releases_folder(settings: Settings) -> Path:
    """Return where releases lie.

    Raises HubError E-REL-13 when the settings name no folder.
    """
    if settings.rollout is None:
        raise HubError("E-REL-13", "hub.toml has no [rollout]: name a folder for releases hub.toml 中没有 [rollout]")
    return Path(settings.rollout.releases_dir)


def take_in(settings: Settings, file: Path, by: str, now_ms: int) -> tuple[Release, Doing]:
    """Verify a release file, copy it into the releases' folder and return how it is written down.

    Raises HubError E-REL-14 (cannot be read), E-REL-15 (no release signed for this county; says why), E-REL-13,
    E-FILE-02.
    """
    head, sha256, size = _verified(settings, file)
    folder = releases_folder(settings)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / sha256).exists():
        with file.open("rb") as source, whole_file(folder / sha256) as into:
            shutil.copyfileobj(source, into)
    release = Release(0, head.subject, head.sequence, sha256, size, head.about.get("notes", ""), by, now_ms)
    return release, Doing(
        lambda connection: add_release(connection, release), Deed("release.add", f"{head.subject} {sha256[:16]}")
    )


def withdraw(release: Release, reason: str, now_ms: int) -> Doing:
    """Return how a release is handed out no more; stations that have it keep it."""
    return Doing(
        lambda connection: withdraw_release(connection, release.id, now_ms),
        Deed("release.withdraw", release.name, reason),
    )


def start(
    release: Release,
    stations: Sequence[tuple[str, str, int]],
    *,
    waves: str,
    soak_ms: int,
    most_failed: int,
    by: str,
    reason: str,
    now_ms: int,
) -> tuple[Rollout, Doing]:
    """Return a roll-out of `release` to `stations` (id, town, key), and how it is begun.

    Raises HubError E-ROLL-01 (waves), E-ROLL-04 (a release that was withdrawn, or no station).
    """
    if release.withdrawn_ms is not None:
        raise HubError("E-ROLL-04", f"{release.name} was withdrawn; take another 该版本已撤回，请换一个")
    if not stations:
        raise HubError("E-ROLL-04", "no station to go to; name others 没有可升级的站点，请重新选择")
    keys = {code: key for code, _, key in stations}
    order = turns(f"{release.sha256}{now_ms}", [(code, town) for code, town, _ in stations])
    plan = Plan(release.sequence, read_waves(waves, len(order)), soak_ms, most_failed)
    one = Rollout(0, release, plan, "running", 0, 0, reason, by, now_ms, None)
    return one, Doing(
        lambda connection: begin(connection, one, [keys[code] for code in order]),
        Deed("rollout.begin", f"{release.name} {waves} {len(order)}", reason),
    )


def pause(one: Rollout, by: str, reason: str, now_ms: int) -> Doing:
    """Return how a roll-out rests: who was ordered goes on, nobody else is."""
    _must_be(one, "running")
    return _doing(one, "pause", by, reason, now_ms, lambda connection: set_state(connection, one.id, "paused", now_ms))


def resume(one: Rollout, parts: Sequence[Part], by: str, reason: str, now_ms: int) -> Doing:
    """Return how it goes on; failures so far are accepted, one more than they and the limit pauses it again."""
    _must_be(one, "paused")
    failed = sum(part.outcome == "failed" for part in parts)

    def change(connection: Transaction) -> None:
        raise_limit(connection, one.id, max(one.plan.most_failed, failed))
        set_state(connection, one.id, "running", now_ms)

    return _doing(one, "resume", by, reason, now_ms, change)


def cancel(one: Rollout, by: str, reason: str, now_ms: int) -> Doing:
    """Return how it ends here: stations that run the release keep it, nobody else is ordered."""
    _must_be(one, "running", "paused")
    return _doing(
        one, "cancel", by, reason, now_ms, lambda connection: set_state(connection, one.id, "cancelled", now_ms)
    )


def ahead(one: Rollout, by: str, reason: str, now_ms: int) -> Doing:
    """Return how people begin the next wave before the rules would.

    Raises HubError E-ROLL-05 in the last wave.
    """
    _must_be(one, "running")
    if one.wave + 1 >= len(one.plan.ends):
        raise HubError("E-ROLL-05", "this is the last wave already 已是最后一批")
    return _doing(one, "ahead", by, reason, now_ms, lambda connection: go_ahead(connection, one.id, one.wave + 1))


def without(one: Rollout, station: str, by: str, reason: str, now_ms: int) -> Doing:
    """Return how a station is left out.

    Raises HubError E-ROLL-06, when it is carried out, for a station that has no part in it or is through.
    """
    _must_be(one, "running", "paused")

    def change(connection: Transaction) -> None:
        if not leave_out(connection, one.id, station, now_ms):
            raise HubError("E-ROLL-06", f"{station} has no open part in this roll-out 该站不在其中，或已有结果")

    return _doing(one, "leave_out", by, f"{station} {reason}", now_ms, change)


def _doing(one: Rollout, what: str, by: str, reason: str, now_ms: int, work: Callable[[Transaction], object]) -> Doing:
    def change(connection: Transaction) -> None:
        work(connection)
        step(connection, one.id, Step(now_ms, what, by, reason[:200]))

    return Doing(change, Deed(f"rollout.{what}", f"{one.id} {one.release.name}", reason))


def _must_be(one: Rollout, *states: str) -> None:
    if one.state not in states:
        raise HubError("E-ROLL-07", f"roll-out {one.id} is {one.state}: look again 该批升级状态已变，请刷新再看")


def _verified(settings: Settings, file: Path) -> tuple[Head, str, int]:
    root = county_root(settings).leaf
    try:
        size = file.stat().st_size
        with file.open("rb") as source:
            opened = open_archive(source, size, root, at=dt.datetime.now(dt.UTC), revoked=_root_list(settings))
            check_contents(source, opened)
            source.seek(0)
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
    except OSError as error:
        raise HubError("E-REL-14", f"{file}: cannot be read 无法读取: {error.strerror}") from None
    except WireError as error:
        raise HubError("E-REL-15", f"{file}: no release to hand out 不能作为版本下发: {error}") from None
    wrong = why_not_for(opened.head, kind="release", county=settings.county, subject=None, floor=0)
    if wrong is not None:
        raise HubError("E-REL-15", f"{file}: no release to hand out 不能作为版本下发: {wrong}")
    return opened.head, sha256, size


def _root_list(settings: Settings) -> bytes:
    """Return what the county's root revoked, as it lies beside the hub's authority."""
    place = None if settings.enrolment is None else Path(settings.enrolment.issuers_dir) / ROOT_LIST
    return place.read_bytes() if place is not None and place.exists() else b""

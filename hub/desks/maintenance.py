"""Planned times as people ask for them: understood, checked, written down, ended; and stations put into service."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

from hub.access.chain import Deed
from hub.desks.auditing import change_by_command
from hub.desks.ordering import MOST_REASON
from hub.errors import HubError
from hub.health.every import read_every
from hub.health.windows import Effect, Window
from hub.incidents.trouble import Node
from hub.local_time import UNIT_MS, length_ms, moment_ms, written
from hub.settings import Settings
from hub.store.engine import Database, Transaction
from hub.store.service import Service, ServiceReader, change_service
from hub.store.stations import Village, read_villages
from hub.store.windows import Planned, WindowsReader, add_window, end_window

State = Literal["coming", "waiting", "holds", "between", "over", "withdrawn"]
"""`waiting`: a flexible one whose trouble did not begin yet; `between`: a recurring one that will hold again."""
LONGEST_MS: Final = 366 * UNIT_MS["d"]
LONGEST_TIME_MS: Final = 7 * UNIT_MS["d"]
"""Of a flexible or a recurring one, each time."""
LATE_MS: Final = 60_000
"""What begins now may have begun while it was typed."""


class PlanError(HubError):
    """Something that cannot be planned as it was asked for."""

    exit_code = 3


class Asked(NamedTuple):
    """What somebody asked for, as it was written."""

    effect: Effect
    node: Node
    begin: str | None = None
    until: str | None = None
    lasts: str | None = None
    every: str | None = None
    flexible: str | None = None
    retroactive: bool = False


def understood(asked: Asked, key: str, now_ms: int) -> Window:
    """Return the window that is meant.

    Raises UnclearError E-WIN-01 (when it recurs) or E-WIN-02 (a time), PlanError E-WIN-02 (a length), E-WIN-03 (what
    does not go together, or is missing), E-WIN-04 (an end before its beginning, or too long) or E-WIN-06 (in the past,
    and that was not said).
    """
    from_ms = now_ms if asked.begin is None else moment_ms(asked.begin, now_ms, past=asked.retroactive)
    until_ms = None if asked.until is None else moment_ms(asked.until, from_ms)
    lasts_ms = None if asked.lasts is None else _length(asked.lasts, "--for")
    if asked.every is not None:
        window = _recurring(asked, key, from_ms, until_ms, lasts_ms)
    elif (until_ms is None) == (lasts_ms is None):
        raise PlanError("E-WIN-03", "say until when: --until or --for, one of them 请用 --until 或 --for 写明到何时")
    else:
        window = Window(key, asked.effect, asked.node, "fixed", from_ms, until_ms or from_ms + (lasts_ms or 0))
        if asked.flexible is not None:
            window = window._replace(kind="flexible", lasts_ms=_length(asked.flexible, "--flexible"))
    _check(window, asked, now_ms)
    return window


def state_of(planned: Planned, now_ms: int) -> State:
    """Return how a planned time stands now."""
    window = planned.window
    if planned.withdrawn or (window.ended_ms is not None and window.ended_ms <= window.from_ms):
        return "withdrawn"
    if window.holds(now_ms, now_ms + 1):
        return "holds"
    if now_ms < window.from_ms:
        return "coming"
    if window.awaits(now_ms):
        return "waiting"
    last_ms = window.until_ms if window.ended_ms is None else min(window.until_ms, window.ended_ms)
    return "between" if window.kind == "recurring" and window.holds(now_ms, last_ms) else "over"


def plan(asked: Asked, by: str, reason: str, now_ms: int) -> Planned:
    """Return what is asked for as it is written down (`hub.store.windows.add_window`). Raises as `understood` does."""
    return Planned(understood(asked, secrets.token_hex(4), now_ms), reason, by, now_ms)


class MaintenanceDesk:
    """Where planned times are written down; the running hub takes them up within seconds."""

    def __init__(self, settings: Settings, database: Database, villages: Sequence[Village] | None = None) -> None:
        """Take the county's database and its villages; else its list of them.

        Raises HubError E-HUB-01 … 04 for a bad list.
        """
        self._settings, self._database = settings, database
        self._villages = read_villages(Path(settings.stations_file), settings.county) if villages is None else villages
        self.windows, self.service = WindowsReader(database.reader), ServiceReader(database.reader)

    def node(self, *, town: str | None, station: str | None, county: bool) -> Node:
        """Return the place that is meant: exactly one of these.

        Raises PlanError E-WIN-03 (none, or several) or E-WIN-05 (the county has no such town or station).
        """
        if [town is not None, station is not None, county].count(True) != 1:
            raise PlanError("E-WIN-03", "one of --town, --station, --county 请在三者中选一个")
        if station is not None and all(village.code != station for village in self._villages):
            raise _no_such_place(station)
        if town is not None and all(village.town != town for village in self._villages):
            raise _no_such_place(town)
        return Node("county") if county else Node("town", town) if town is not None else Node("station", station or "")

    def stations(self, node: Node) -> int:
        """Return how many stations a place has."""
        towns = [village.town for village in self._villages]
        return {"county": len(towns), "town": towns.count(node.place)}.get(node.scope, 1)

    def add(self, asked: Asked, by: str, reason: str, now_ms: int) -> Planned:
        """Write down what is asked for.

        Raises PlanError as `understood` does, StoreError.
        """
        planned = plan(asked, by, reason, now_ms)
        deed = Deed("window.add", planned.window.id, reason)
        change_by_command(self._settings, self._database, by, lambda tied: add_window(tied, planned), deed)
        return planned

    def end(self, key: str, by: str, reason: str, now_ms: int, *, withdraw: bool = False) -> Planned:
        """End one now, or withdraw one that is still to come; with `withdraw` also one that holds or is over.

        Raises PlanError as `ending` does.
        """
        deed = Deed("window.end", key, reason)
        reason, withdrawn = self.ending(key, reason, now_ms, withdraw=withdraw)
        change_by_command(
            self._settings, self._database, by,
            lambda tied: end_window(tied, key, by, reason, now_ms, withdrawn=withdrawn), deed,
        )  # fmt: skip
        ended = self.windows.find(key)
        assert ended is not None, "rows stay"
        return ended

    def ending(self, key: str, reason: str, now_ms: int, *, withdraw: bool = False) -> tuple[str, bool]:
        """Return the reason to keep for an end, and whether all of it is withdrawn.

        Raises PlanError E-WIN-07 when there is no such one, or nothing of it is left to end.
        """
        before = self.windows.find(key)
        if before is None:
            raise PlanError("E-WIN-07", f"{key}: no such planned time; see hub maintenance list 没有这个计划时段")
        state = state_of(before, now_ms)
        ended = before.said_ended_ms is not None
        if state == "withdrawn" or ((state == "over" or ended) and not withdraw):
            why = "was withdrawn 已撤回" if state == "withdrawn" else "is over 已结束"
            hint = (
                ""
                if state == "withdrawn"
                else "; --withdraw takes back one that was wrong 误登记的可加 --withdraw 撤回"
            )
            raise PlanError("E-WIN-07", f"{key}: {why}{hint}")
        if ended:
            earlier = f" ({before.ended_by}, {written(before.said_ended_ms or 0)}: {before.ended_reason})"
            reason = (reason + earlier)[:MOST_REASON]
        return reason, withdraw or state in {"coming", "waiting"}

    def commission(self, codes: Sequence[str], by: str, at_ms: int, now_ms: int, *, corrects: bool) -> None:
        """Put stations into service as of `at_ms`; with `corrects`, also those that are: their beginning is put right.

        All or none. Raises PlanError as `commissioning` does.
        """
        pairs = self.commissioning(codes, at_ms, now_ms, corrects=corrects)
        self._change(codes, pairs, now_ms, by, "", starts=True)

    def commissioning(self, codes: Sequence[str], at_ms: int, now_ms: int, *, corrects: bool) -> list[tuple[int, int]]:
        """Return the stations' keys, each with as of when, that may be put into service.

        Raises PlanError E-WIN-05 (no such station), E-WIN-06 (in the future) or E-WIN-08 (it is already).
        """
        if at_ms > now_ms + LATE_MS:
            raise PlanError("E-WIN-06", f"{written(at_ms)} is to come; say it then 时间在将来，请到时再登记")
        known = self._known(codes)
        for one in known:
            since_ms = one.commissioned_ms
            if since_ms is not None and not corrects:
                what = f"{one.station}: in service since {written(since_ms)}; correct it by --at 已在役，可用 --at 更正"
                raise PlanError("E-WIN-08", what)
        return [(one.key, at_ms) for one in known]

    def decommission(self, codes: Sequence[str], by: str, reason: str, now_ms: int) -> None:
        """Take stations out of service now: their time counts no more until somebody puts them back.

        All or none. Raises PlanError as `decommissioning` does.
        """
        self._change(codes, self.decommissioning(codes, now_ms), now_ms, by, reason, starts=False)

    def decommissioning(self, codes: Sequence[str], now_ms: int) -> list[tuple[int, int]]:
        """Return the stations' keys, each with as of when, that may be taken out of service.

        Raises PlanError E-WIN-05 (no such station) or E-WIN-08 (it is out already).
        """
        known = self._known(codes)
        for one in known:
            if one.commissioned_ms is None and not one.waits_for_birth:
                raise PlanError("E-WIN-08", f"{one.station}: is not in service 未在役，无需停用")
        return [(one.key, now_ms) for one in known]

    def _known(self, codes: Sequence[str]) -> list[Service]:
        known = {one.station: one for one in self.service.all()}
        for code in codes:
            if code not in known:
                raise _no_such_place(code)
        return [known[code] for code in dict.fromkeys(codes)]

    def _change(
        self, codes: Sequence[str], pairs: list[tuple[int, int]], now_ms: int, by: str, why: str, *, starts: bool
    ) -> None:
        def work(tied: Transaction) -> None:
            change_service(tied, pairs, starts=starts, how="person", now_ms=now_ms, who=by, reason=why)

        act = "station.commission" if starts else "station.decommission"
        deeds = [Deed(act, code, why) for code in dict.fromkeys(codes)]
        change_by_command(self._settings, self._database, by, work, *deeds)


def _recurring(asked: Asked, key: str, from_ms: int, until_ms: int | None, lasts_ms: int | None) -> Window:
    if asked.flexible is not None:
        raise PlanError("E-WIN-03", "--every or --flexible, not both 两者只能选一个")
    if until_ms is None or lasts_ms is None:
        what = "--every needs --for (each time) and --until (the last) 周期时段须写明 --for 每次时长和 --until"
        raise PlanError("E-WIN-03", what)
    every = " ".join((asked.every or "").lower().split())
    read_every(every)
    return Window(key, asked.effect, asked.node, "recurring", from_ms, until_ms, lasts_ms, every)


def _check(window: Window, asked: Asked, now_ms: int) -> None:
    if window.until_ms <= window.from_ms:
        what = f"{written(window.until_ms)} is not after {written(window.from_ms)} 结束时间不晚于开始时间"
        raise PlanError("E-WIN-04", what)
    if window.until_ms - window.from_ms > LONGEST_MS * (5 if window.kind == "recurring" else 1):
        raise PlanError(
            "E-WIN-04", f"until {written(window.until_ms)} is too long; check the year 时间过长，请核对年份"
        )
    if window.lasts_ms is not None and not 0 < window.lasts_ms <= LONGEST_TIME_MS:
        raise PlanError("E-WIN-04", "one time lasts from 1 s to 7 d 每次时长应为 1 秒至 7 天")
    if window.kind == "recurring" and not window.holds(window.from_ms, window.until_ms):
        raise PlanError("E-WIN-04", "it would never begin between these times 在起止时间内一次也不会开始")
    past = window.from_ms < now_ms - LATE_MS
    if past and not asked.retroactive:
        what = f"{written(window.from_ms)} is past; add --retroactive if that is meant 开始时间已过，补登请加此选项"
        raise PlanError("E-WIN-06", what)
    if past and window.kind == "flexible":
        raise PlanError(
            "E-WIN-03", "a flexible one cannot begin in the past; give its times 弹性时段不能补登，请写明起止时间"
        )


def _length(text: str, option: str) -> int:
    length = length_ms(text)
    if length is None:
        raise PlanError("E-WIN-02", f"{option} {text!r}: a number and s, m, h or d, e.g. 2h 应为数字加 s、m、h 或 d")
    return length


def _no_such_place(place: str) -> PlanError:
    return PlanError(
        "E-WIN-05", f"{place}: the county has no such town or station, or no hub knew it yet 本县没有此乡镇或站点"
    )

"""`hub lines`, `hub pairs`, `hub burst`: every village's line, any village to any other, a closer look at one."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec
import typer

from hub.clock import now_ms
from hub.commands.placing import carried_out, print_order
from hub.desks.auditing import audit_log
from hub.desks.ordering import Desk, Wanted
from hub.health.availability import percent
from hub.health.lines import Lines
from hub.health.matrix import Rate, Village, rate_of, town_matrix, villages_of
from hub.health.windows import Calendar
from hub.line_told import Told, each_once, leg_told, odd_pairs, pair_told, rate_told, summary_told, town_told
from hub.listing import moment, print_table
from hub.options import AsJson, By, Config, Reason, Station, code, opened
from hub.store.engine import Database
from hub.store.lines import LinksReader
from hub.store.windows import WindowsReader
from wire.health import StationHealth
from wire.probe import BURST

HISTORY: Final = 120
"""Summaries shown of one line: the last hour."""
LEG_WORDS: Final = {
    "ok": "正常 ok",
    "degraded": "劣化 degraded",
    "lost": "中断 lost",
    "unmeasured": "未测 unmeasured",
}
LEG_ORDER: Final = ("lost", "degraded", "ok", "unmeasured")
WHY_WORDS: Final = {
    "loss_up": "上行丢包 loss up", "loss_down": "下行丢包 loss down", "slow": "时延过大 slow",
    "no_answer": "无应答 no answer", "not_measured": "近期未测 not measured lately", "loss": "丢包 loss",
    "offline": "离线 offline", "state_unknown": "状态未知 state unknown", "maintenance": "检修 maintenance",
    "more_loss_there": "去程丢包多于推算 more loss there", "more_loss_back": "回程丢包多于推算 more loss back",
    "slower": "慢于推算 slower", "less_loss_there": "去程丢包少于推算 less loss there",
    "less_loss_back": "回程丢包少于推算 less loss back", "faster": "快于推算 faster",
}  # fmt: skip
PAIR_WORDS: Final = {
    "can": "可通话 can call",
    "cannot": "不可 cannot",
    "unknown": "未知 unknown",
    "excused": "检修 excused",
}
LEG_HEADS: Final = (
    "站点 station", "线路 line", "自 since", "原因 why", "上行丢包 up", "下行丢包 down", "往返 rtt", "抖动 jitter",
    "截至 at",
)  # fmt: skip
HISTORY_HEADS: Final = (
    "截至 ended",
    "上行丢包 up",
    "下行丢包 down",
    "往返 rtt p50",
    "p95",
    "抖动 jitter",
    "包 packets",
)
TOWN_HEADS: Final = (
    "镇 town", "镇 town", "村村通率 can call", "覆盖 coverage", "估算评分 mos", "最差 worst", "往返 rtt",
    "最差一对 worst pair",
)  # fmt: skip
PAIR_HEADS: Final = (
    "站点 from", "站点 to", "通话 call", "估算评分 mos", "推算丢包 loss", "推算往返 rtt", "实测丢包 loss",
    "实测往返 rtt", "直达 direct", "说明 why",
)  # fmt: skip


class _County:
    """The county's lines as the database has them now."""

    def __init__(self, database: Database) -> None:
        self.at_ms = now_ms()
        self.links, self.desk = LinksReader(database.reader), Desk(database)
        told = self.links.villages(self.at_ms, hub_runs=self.desk.hub_runs())
        calendar = Calendar(WindowsReader(database.reader).current(self.at_ms), {one.station: one.town for one in told})
        self.healths = {one.station: self._planned(one, calendar) for one in told}
        self.lines: Lines = self.links.lines(self.at_ms)
        self.villages: dict[str, Village] = {
            one.code: one for one in villages_of(self.healths.values(), self.lines.legs(), self.at_ms)
        }

    def legs(self, station: str | None) -> list[Told]:
        """Return every line, the worst first, or one."""
        healths = [self.healths[self.known(station)]] if station is not None else self.healths.values()
        told = [leg_told(health, self.lines.leg(health.station), self.at_ms) for health in healths]
        return sorted(told, key=lambda leg: (LEG_ORDER.index(leg["state"]), leg["station"]))

    def pairs(self, a: str | None, b: str | None, *, odd: bool) -> list[Told]:
        """Return the pairs of A, or of A and B; `odd` only those worse than predicted."""
        if a is not None and b is not None:
            if self.known(a) == self.known(b):
                raise typer.BadParameter("two different stations 应为两个不同的站点")
            wanted = [(self.villages[a], self.villages[b])]
        elif a is not None:
            one = self.villages[self.known(a)]
            wanted = [(one, other) for other in self.villages.values() if other.code != a]
        else:
            wanted = odd_pairs(self.lines, self.villages, self.at_ms)
        told = [pair_told(*pair, self.lines, self.at_ms) for pair in wanted]
        return [pair for pair in told if pair["odd"]] if odd else told

    def known(self, station: str) -> str:
        """Return the code of a station of the county.

        Raises HubError E-ORD-01 when it has none of this code.
        """
        self.desk.key_of(station)
        return station

    def _planned(self, health: StationHealth, calendar: Calendar) -> StationHealth:
        if calendar.maintenance_since_ms(health.station, self.at_ms) is None:
            return health
        return msgspec.structs.replace(health, state="maintenance")


def lines(
    config: Config,
    station: Annotated[str | None, typer.Argument(help="code of a station; else all 站点编码", callback=code)] = None,
    as_json: AsJson = False,
) -> None:
    """List every village's line to the county, the worst first; of one station also its last hour 各村线路现状.

    Losses are told by direction: up is from the village to the county.
    """
    with opened(config) as (_, database):
        county = _County(database)
        legs = county.legs(station)
        history = [] if station is None else county.links.of_station(station, HISTORY)
    told = [summary_told(one) for one in history]
    if as_json:
        typer.echo(msgspec.json.encode(legs if station is None else {**legs[0], "history": told}))
        return
    print_table(LEG_HEADS, [_leg_row(leg) for leg in legs])
    if station is not None:
        print_table(HISTORY_HEADS, [_history_row(one) for one in told])


def pairs(
    config: Config,
    a: Annotated[str | None, typer.Argument(metavar="A", help="code of a station 站点编码", callback=code)] = None,
    b: Annotated[str | None, typer.Argument(metavar="B", help="code of another 另一站点编码", callback=code)] = None,
    odd: Annotated[
        bool, typer.Option("--odd", help="only those measured worse than their lines say 只看实测差于推算的")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show who can hold a video call with whom: the towns; of A all pairs; A and B 村村通率、各镇、各对.

    Loss and RTT follow from both lines, beside them the last true test. The score (MOS, ITU-T G.1070) is estimated:
    1 bad to 5 excellent, a call needs 2.5 both ways and an RTT of 400 ms at most. Loss is that of the worse direction.
    """
    with opened(config) as (_, database):
        county = _County(database)
    if a is None and not odd:
        _print_towns(list(county.villages.values()), as_json=as_json)
        return
    told = county.pairs(a, b, odd=odd)
    if as_json:
        typer.echo(msgspec.json.encode(told))
        return
    print_table(PAIR_HEADS, [_pair_row(pair) for pair in told])


def burst(
    config: Config,
    station: Station,
    by: By,
    reason: Reason,
    seconds: Annotated[int, typer.Option("--seconds", help="for how long 时长（秒）", min=1, max=120)] = 30,
    per_s: Annotated[int, typer.Option("--per-s", help="packets a second 每秒包数", min=2, max=40)] = 20,
    as_json: AsJson = False,
) -> None:
    """Have a station probe its line faster for a while, and show what it saw 加密探测一个站点的线路.

    Exit code 4: the station could not, 7: no answer, 8: not sent.
    """
    arguments = {"packets_per_s": per_s, "seconds": seconds}
    wanted = Wanted(BURST, station, None, by, reason, arguments, takes_s=seconds)
    with opened(config) as (settings, database):
        order = carried_out(Desk(database), wanted, audit_log(settings, database), as_json=as_json)
    print_order(order, {}, as_json=as_json, text=_seen(order.measures))


def _print_towns(villages: Sequence[Village], *, as_json: bool) -> None:
    rate, cells = rate_of(villages), each_once(town_matrix(villages))
    if as_json:
        towns = [town_told(pair, cell) for pair, cell in cells.items()]
        typer.echo(msgspec.json.encode({"rate": rate_told(rate), "towns": towns}))
        return
    typer.echo(
        f"村村通率 pairs that can call: {percent(rate.counted)} ({rate.can}/{rate.can + rate.cannot}),"
        f" 覆盖 coverage {_covered(rate)}"
    )
    print_table(
        TOWN_HEADS,
        [
            (
                *pair,
                percent(cell.rate.counted),
                _covered(cell.rate),
                _score(cell.mos_median),
                _score(cell.mos_worst),
                _ms(cell.rtt_median_ms),
                " ".join(cell.worst or ()),
            )
            for pair, cell in cells.items()
        ],
    )


def _leg_row(leg: Told) -> tuple[str, ...]:
    return (
        f"{leg['station']} {leg['name']}",
        _word(LEG_WORDS, leg["state"]),
        moment(leg["since_ms"]),
        WHY_WORDS.get(leg["reason"], ""),
        _loss(leg["loss_up"]),
        _loss(leg["loss_down"]),
        _ms(leg["rtt_p50_ms"]),
        _ms(leg["jitter_ms"]),
        moment(leg["at_ms"]),
    )


def _history_row(one: Told) -> tuple[str, ...]:
    sent, reached, received = one["sent"], one["reached"], one["received"]
    return (
        moment(one["ended_ms"]),
        _lost(sent, reached),
        _lost(reached, received),
        *(_ms(one.get(name)) for name in ("rtt_p50_ms", "rtt_p95_ms", "jitter_ms")),
        f"{received}/{sent}",
    )


def _pair_row(pair: Told) -> tuple[str, ...]:
    predicted: Told = pair["predicted"] or {}
    tests: list[Told] = pair["measured"]
    test = max(tests, key=lambda one: one["at_ms"]) if tests else {}
    since = moment(test.get("unreachable_since_ms"))
    direct = {"reached": "可达 reached", "unreachable": f"不可达 unreachable {since}"}.get(test.get("direct", ""), "-")
    reasons = [pair["why"], *test.get("reasons", ())]
    return (
        pair["from"],
        pair["to"],
        _word(PAIR_WORDS, pair["word"]),
        _score(pair["estimated_mos"]),
        _loss(_worse(predicted)),
        _ms(predicted.get("rtt_ms")),
        _loss(_worse(test)),
        _ms(test.get("rtt_ms")),
        direct,
        ", ".join(WHY_WORDS.get(reason, reason) for reason in reasons if reason),
    )


def _worse(told: Told) -> float | None:
    ways = [told[name] for name in ("loss_there", "loss_back") if told.get(name) is not None]
    return max(ways) if ways else None


def _seen(measures: dict[str, float]) -> str:
    sent, reached, received = (int(measures.get(name, 0)) for name in ("sent", "reached", "received"))
    return (
        f"上行丢包 loss up {_lost(sent, reached)} ({sent - reached}/{sent})"
        f" · 下行丢包 loss down {_lost(reached, received)} ({reached - received}/{reached})"
        f" · 往返 rtt p50 {_ms(measures.get('rtt_p50_ms'))}"
        f" p95 {_ms(measures.get('rtt_p95_ms'))} · 抖动 jitter {_ms(measures.get('jitter_ms'))}"
    )


def _word(words: Mapping[str, str], code: str) -> str:
    return words.get(code, code)


def _loss(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _lost(sent: int, arrived: int) -> str:
    return _loss(1 - arrived / sent if sent else None)


def _covered(rate: Rate) -> str:
    known = rate.can + rate.cannot
    return percent((known, known + rate.unknown))


def _ms(value: Any) -> str:
    return "-" if value is None else f"{value:.1f} ms"


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"

"""Every operation of `/api/v1` as other programs need to know it: parameters, answer, refusals, an example (data)."""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from msgspec import Struct

from hub.access.roles import Permission
from hub.exchange.sources import PLATFORMS
from hub.incidents.incident import STATES as INCIDENT_STATES
from hub.incidents.trouble import KINDS
from hub.web.interface import answers as a
from hub.web.interface import answers_incidents as told
from hub.web.interface import answers_lines as lines
from hub.web.interface import answers_more as more
from wire.topics import STATION_ID

Schema = Mapping[str, Any]
LAST: Final = 2**63 - 1
STATION: Final[Schema] = {"type": "string", "pattern": f"^{STATION_ID}$"}
BOOLEAN: Final[Schema] = {"type": "string", "enum": ["true", "false"]}


class Asked(NamedTuple):
    """One parameter."""

    name: str
    what: str
    """English, then Chinese."""
    schema: Schema
    example: str | int
    where: Literal["query", "path"] = "query"
    needed: bool = False


class Operation(NamedTuple):
    """One address and method."""

    path: str
    name: str
    """Of its operation, for generated clients."""
    what: str
    needs: Permission | Literal["nothing"]
    answer: type[Struct]
    asked: tuple[Asked, ...] = ()
    refusals: tuple[int, ...] = ()
    """Besides those that every operation may give."""
    method: Literal["get", "post"] = "get"


def _limit(most: int, default: int) -> Asked:
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return Asked("limit", "at most so many 至多条数", schema, 20)


def _enum(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


BEFORE: Final = Asked(
    "before",
    "`next` of the page before 上一页的 next",
    {"type": "integer", "minimum": 1, "maximum": LAST},
    1207,
)
TEXT: Final[Schema] = {"type": "string"}
TOWN: Final = Asked("town", "of one town 乡镇", TEXT, "测试1镇")
OF_STATION: Final = Asked("station", "of one station 站点编码", STATION, "999999101001")
THE_STATION: Final = OF_STATION._replace(where="path", needed=True)
INCIDENT: Final = Asked(
    "incident", "its id 事件编号", {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,40}$"}, "261128-01", "path", True
)
SINCE: Final = Asked(
    "since", "from this time on, UTC ms 起始时间", {"type": "integer", "minimum": 1, "maximum": LAST}, 1795744200000
)
MONTH: Final[Schema] = {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"}
MOMENT: Final[Schema] = {"type": "string"}
SPAN: Final[Schema] = {"type": "string", "pattern": "^[1-9][0-9]{0,2}[hd]$"}

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("/api/v1/summary", "summary", "The county in figures. 全县概况。", "see", a.Summary),
    Operation(
        "/api/v1/stations",
        "stations",
        "Every station, or those of one state or town. 站点列表。",
        "see",
        a.Stations,
        (Asked("state", "in this state 状态", _enum("online", "offline", "unknown", "maintenance"), "offline"), TOWN),
    ),
    Operation(
        "/api/v1/stations/{station}",
        "station",
        "One station. 单个站点。",
        "see",
        a.StationDetail,
        (THE_STATION,),
        (404,),
    ),
    Operation(
        "/api/v1/stations/{station}/faults",
        "stationFaults",
        "Faults of a station's cameras, newest first. 站点画面异常。",
        "see",
        a.Faults,
        (THE_STATION, _limit(500, 50), BEFORE),
        (404,),
    ),
    Operation("/api/v1/faults", "faults", "Faults that go on now. 当前画面异常。", "see", a.OpenFaults),
    Operation(
        "/api/v1/visits",
        "visits",
        "Visits of the caller's towns, newest first, masked. 来访清单（掩码）。",
        "visit",
        a.Visits,
        (_limit(500, 50), BEFORE, OF_STATION),
    ),
    Operation(
        "/api/v1/emergencies",
        "emergencies",
        "Calls for help, newest first; of the last day unless `since` says otherwise. 紧急求助。",
        "see",
        told.Emergencies,
        (_limit(500, 50), SINCE),
    ),
    Operation(
        "/api/v1/incidents",
        "incidents",
        "Incidents, those opened last first. 事件列表。",
        "see",
        told.Incidents,
        (
            _limit(500, 50),
            Asked("before", "`next` of the page before 上一页的 next", TEXT, "261128-01"),
            Asked("state", "in this state 状态", _enum(*INCIDENT_STATES), "new"),
            Asked("kind", "of this kind 类别", _enum(*KINDS), "down"),
            TOWN._replace(what="ever affected a village of this town 影响过该镇"),
            OF_STATION._replace(what="ever affected this station 影响过该站"),
            SINCE._replace(what="not closed before, UTC ms 此前未办结"),
            Asked("open", "whether it is not closed 是否未办结", BOOLEAN, "true"),
        ),
    ),
    Operation(
        "/api/v1/incidents/{incident}",
        "incident",
        "One incident with its villages and every step. 单个事件及全过程。",
        "see",
        told.IncidentDetail,
        (INCIDENT,),
        (404,),
    ),
    Operation("/api/v1/lines", "lines", "Every village's line to the county. 各村线路。", "see", lines.Lines),
    Operation(
        "/api/v1/lines/{station}",
        "line",
        "One line now and over time, newest first. 单条线路及历史。",
        "see",
        lines.LineHistory,
        (
            THE_STATION,
            _limit(5000, 120),
            Asked(
                "before",
                "`next` of the page before 上一页的 next",
                {"type": "string", "pattern": "^[0-9]{1,15}-[0-9]{1,15}$"},
                "1795744200000-118",
            ),
        ),
        (404,),
    ),
    Operation(
        "/api/v1/pairs",
        "pairs",
        "The pair `from`-`to`, all of `from`, or those measured worse than predicted. 村到村。",
        "see",
        lines.Pairs,
        (
            Asked("from", "one station 站点", STATION, "999999101001"),
            Asked("to", "another, only with `from` 另一站点", STATION, "999999101002"),
        ),
        (404,),
    ),
    Operation("/api/v1/pairs/towns", "towns", "What the towns are to each other. 镇与镇。", "see", lines.Towns),
    Operation("/api/v1/pairs/rate", "rate", "村村通率 now. 当前村村通率。", "see", lines.Rate),
    Operation(
        "/api/v1/availability",
        "availability",
        "在线率 and 完好率 of a period: `month`, or `from` with `until`, or `last`. 在线率与完好率。",
        "see",
        more.Availability,
        (
            Asked("month", "a month 月份", MONTH, "2026-11"),
            Asked("from", "begin, China's time 起", MOMENT, "2026-11-01"),
            Asked("until", "end, only with `from` 止", MOMENT, "2026-11-08"),
            Asked("last", "how far back 最近多久", SPAN, "7d"),
            Asked("by", "a row for each 分组", _enum("county", "town", "village", "camera"), "town"),
            TOWN,
        ),
    ),
    Operation(
        "/api/v1/tickets",
        "tickets",
        "Tickets of the hotline and the province's platform, masked. 外部工单（掩码）。",
        "visit",
        more.Tickets,
        (_limit(500, 50), BEFORE),
    ),
    Operation(
        "/api/v1/tickets/import",
        "importTickets",
        "Take tickets in: all, or with `skip_bad` those that can be; `dry_run` only tries. 导入工单。",
        "exchange",
        more.Imported,
        (
            Asked("platform", "whose tickets 来源平台", _enum(*PLATFORMS), "hotline", needed=True),
            Asked("dry_run", "only try 只试读", BOOLEAN, "true"),
            Asked("skip_bad", "go on without bad records 跳过有误的", BOOLEAN, "false"),
        ),
        (413, 422),
        "post",
    ),
)

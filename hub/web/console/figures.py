"""Pages beside reports: figures of a period, warnings, scores with their arithmetic, the alarm report."""

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final, ParamSpec, TypeVar
from urllib.parse import quote, urlencode

from anyio import CapacityLimiter, to_thread
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from hub.access.chain import Deed
from hub.desks.alarm_reporting import alarm_document, alarms_of
from hub.desks.reporting import ReportDesk, file_name
from hub.errors import HubError
from hub.reports import score_report
from hub.reports.document import Chart, Document, Section, Table, shown
from hub.reports.layout import FOOT, blocks, village_table
from hub.reports.period import Period, last_over, read_period
from hub.reports.press import FORMS, Form, pressed
from hub.reports.scores import NAMES, Weight, Weights, check, scores
from hub.reports.told import Frozen
from hub.reports.warning_english import in_english
from hub.store.reports import add_weights
from hub.store.warnings import acknowledge
from hub.web.centre import Centre
from hub.web.door import Door, caller_of, require
from hub.web.forms import Field, bad_field, done, form_of
from hub.web.problem import ProblemError

Given = ParamSpec("Given")
Result = TypeVar("Result")
SHOWN: Final = ("overview", "platforms", "matters", "ratings")
REMEMBERED: Final = 6
FRESH_MS: Final = 60_000
"""So long the same question is answered by the same figures: pages ask again by themselves."""
SPLIT_VILLAGES: Final = 60
"""So many rows of villages stand on the page at once; all are in the file."""


class Turns:
    """Lets one thing at a time be made off the event loop, and remembers the last figures."""

    def __init__(self, desk: ReportDesk, clock: Callable[[], int]) -> None:
        """Take where figures come from, and the time."""
        self._desk, self._clock = desk, clock
        self._one: CapacityLimiter | None = None
        self._remembered: OrderedDict[tuple[str, str], tuple[int, Frozen]] = OrderedDict()

    async def run(self, work: Callable[Given, Result], *given: Given.args, **_: Given.kwargs) -> Result:
        """Do `work` when its turn comes."""
        if self._one is None:
            self._one = CapacityLimiter(1)
        return await to_thread.run_sync(work, *given, limiter=self._one)

    async def frozen(self, period: Period, town: str) -> Frozen:
        """Return the figures of a period. Raises ReportError E-REP-10, StoreError."""
        return await self.run(self._frozen, period, town)

    async def file(self, document: Document, form: str, name: str) -> Response:
        """Return a document as a file; 404 for a form there is not, 503 when it could not be made."""
        if form not in FORMS:
            raise ProblemError(404, "E-API-04", "Not found", "pdf, docx, xlsx, csv")
        asked: Form = form
        try:
            made = await self.run(pressed, document, asked)
        except HubError as error:
            raise ProblemError(503, error.code, "Not made", str(error).partition(" ")[2]) from None
        told = f"attachment; filename=\"report.{form}\"; filename*=UTF-8''{quote(name)}.{form}"
        return Response(made, media_type=FORMS[asked], headers={"Content-Disposition": told})

    def _frozen(self, period: Period, town: str) -> Frozen:
        now_ms = self._clock()
        known = self._remembered.get((period.name, town))
        if known is not None and 0 <= now_ms - known[0] < FRESH_MS:
            return known[1]
        frozen = self._desk.frozen(period, town, now_ms)
        self._remembered[period.name, town] = (now_ms, frozen)
        self._remembered.move_to_end((period.name, town))
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return frozen


class FigurePages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre, desk: ReportDesk, turns: Turns) -> None:
        """Take the centre, where figures are made, and whose turn it is."""
        self._centre, self._desk, self._turns = centre, desk, turns

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/reports/figures", self.figures, "see"),
            Door("/reports/figures/file/{form}", self.figures_file, "see", kind="data"),
            Door("/reports/warnings", self.warnings, "see"),
            Door("/reports/warnings/{warning:int}", self.acknowledge, "report", ("POST",)),
            Door("/reports/scores", self.scores, "see"),
            Door("/reports/scores/file/{form}", self.scores_file, "see", kind="data"),
            Door("/reports/scores/weights", self.weights, "supervise", ("POST",)),
            Door("/reports/alarms", self.alarms, "see"),
            Door("/reports/alarms/file/{form}", self.alarms_file, "see", kind="data"),
        ]

    async def figures(self, request: Request) -> Response:
        """Return the figures of a period, with what they are compared with."""
        period, town, values = await self._asked(request)
        if period is not None:
            try:
                frozen = await self._turns.frozen(period, town)
                values["figures"] = frozen.figures
                values["sections"] = [attached(*blocks(key, frozen, period)) for key in SHOWN]
                values["foot"] = FOOT
            except HubError as error:
                values["trouble"] = str(error)
        return self._render(request, "figures.html", values)

    async def figures_file(self, request: Request) -> Response:
        """Return the figures of every village as a file."""
        period, town = await self._named(request)
        frozen = await self._turns.frozen(period, town)
        title, county = f"{town}各村（社区）明细", self._centre.settings.county_name
        sheet = Document(
            title, county, period.title, "", [Section(title, [], [], [village_table(frozen.figures)])], FOOT
        )
        return await self._turns.file(sheet, request.path_params["form"], file_name(title, period.name))

    async def warnings(self, request: Request) -> Response:
        """Return what is warned of, and what was lately."""
        rows = await to_thread.run_sync(self._desk.warned, self._centre.now_ms())
        caller = caller_of(request)
        values = {
            "standing": [one for one in rows if one.ended_ms is None],
            "ended": [one for one in rows if one.ended_ms is not None],
            "in_english": in_english,
            "may": lambda town: caller.kind == "account" and caller.may("report", town),
        }
        return self._render(request, "warnings.html", values)

    async def acknowledge(self, request: Request) -> Response:
        """Note that somebody knows of a warning."""
        typed = await form_of(request, {"note": Field(200)})
        key, now_ms, caller = request.path_params["warning"], self._centre.now_ms(), caller_of(request)
        rows = await to_thread.run_sync(self._desk.warnings.of, now_ms, now_ms + 1)
        one = next((row for row in rows if row.id == key), None)
        if one is None:
            raise ProblemError(404, "E-REP-14", "No such warning", "it is over 该预警已解除")
        require(caller, "report", one.town)
        await self._centre.change(
            request,
            lambda tied: acknowledge(tied, key, caller.who, typed["note"], now_ms),
            Deed("warning.acknowledge", f"{key} {one.rule} {one.town}".strip(), typed["note"]),
        )
        return done("/reports/warnings", "warning_ack")

    async def scores(self, request: Request) -> Response:
        """Return the scores by rank, each with its arithmetic."""
        return await self._scores(request, None)

    async def _scores(self, request: Request, refused: HubError | None) -> Response:
        period, town, values = await self._asked(request)
        caller = caller_of(request)
        if period is not None:
            try:
                frozen = await self._turns.frozen(period, town)
                weights = await to_thread.run_sync(self._desk.reports.weights)
                every = scores(frozen.figures, weights)
                values["groups"] = [
                    (scope, [one for one in every if one.scope == scope]) for scope in ("county", "town", "village")
                ]
                values["weights"] = weights
                values["history"] = await to_thread.run_sync(self._desk.reports.weights_history, 20)
            except HubError as error:
                values["trouble"] = str(error)
        if refused is not None:
            values["trouble"] = str(refused)
        values |= {
            "arithmetic": score_report.arithmetic, "arithmetic_english": score_report.arithmetic_english,
            "split": SPLIT_VILLAGES, "may_weigh": caller.kind == "account" and caller.may("supervise", ""),
        }  # fmt: skip
        return self._render(request, "scores.html", values, status=200 if refused is None else 422)

    async def scores_file(self, request: Request) -> Response:
        """Return the scores as a file."""
        period, town = await self._named(request)
        frozen = await self._turns.frozen(period, town)
        weights = await to_thread.run_sync(self._desk.reports.weights)
        title, county = f"{town}考核得分", self._centre.settings.county_name
        sheet = score_report.document(frozen.figures, weights, county, period, title)
        return await self._turns.file(sheet, request.path_params["form"], file_name(title, period.name))

    async def weights(self, request: Request) -> Response:
        """Have other weights count from now on; those before stay on record."""
        names = [f"{criterion}_{what}" for criterion in NAMES for what in ("points", "floor", "full")]
        typed = await form_of(request, {name: Field(8, True) for name in names})
        require(caller_of(request), "supervise", "")
        weights: Weights = {}
        for criterion in NAMES:
            points, floor, full = (_number(typed, f"{criterion}_{what}") for what in ("points", "floor", "full"))
            weights[criterion] = Weight(points, floor / 100, full / 100)
        try:
            check(weights)
        except HubError as error:
            return await self._scores(request, error)
        who, now_ms = caller_of(request).who, self._centre.now_ms()
        told = " ".join(f"{criterion}={one.points:g}" for criterion, one in weights.items())
        await self._centre.change(
            request, lambda tied: add_weights(tied, weights, who, now_ms), Deed("score.weights", told)
        )
        return done("/reports/scores", "saved")

    async def alarms(self, request: Request) -> Response:
        """Return the alarm report of a period."""
        period, _, values = await self._asked(request)
        if period is not None:
            report = await self._turns.run(alarms_of, self._centre.database, period.cut(self._centre.now_ms()))
            values["report"], values["charts"] = report, attached(report.charts, ())[0]
        return self._render(request, "alarm_report.html", values)

    async def alarms_file(self, request: Request) -> Response:
        """Return the alarm report as a file."""
        period, _ = await self._named(request)
        report = await self._turns.run(alarms_of, self._centre.database, period.cut(self._centre.now_ms()))
        sheet = alarm_document(report, self._centre.settings.county_name)
        return await self._turns.file(sheet, request.path_params["form"], file_name(sheet.title, period.name))

    async def _asked(self, request: Request) -> tuple[Period | None, str, dict[str, object]]:
        """Return the period and town an address asks for; a period it misspells is told of."""
        towns = await to_thread.run_sync(self._desk.figures_reader.towns)
        town = request.query_params.get("town", "")
        town, now_ms, trouble = town if town in towns else "", self._centre.now_ms(), None
        text = request.query_params.get("period") or last_over("month", now_ms).name
        period = None
        try:
            period = read_period(text[:10], now_ms)
        except HubError as error:
            trouble = str(error)
        quick = [last_over(length, now_ms).name for length in ("day", "week", "month")]
        values: dict[str, object] = {
            "period": period, "asked": text[:10], "town": town, "towns": towns, "quick": quick, "trouble": trouble,
            "query": urlencode({"period": text[:10]} | ({"town": town} if town else {})),
        }  # fmt: skip
        return period, town, values

    async def _named(self, request: Request) -> tuple[Period, str]:
        period, town, values = await self._asked(request)
        if period is None:
            raise ProblemError(422, "E-REP-01", "Not understood", str(values["trouble"]).partition(" ")[2])
        return period, town

    def _render(self, request: Request, template: str, values: dict[str, object], *, status: int = 200) -> Response:
        return self._centre.pages.render(request, template, {"cell": shown, **values}, status=status)


def attached(charts: Sequence[Chart], tables: Sequence[Table]) -> tuple[list[tuple[str, Markup, str]], list[Table]]:
    """Return charts as a template takes them: title, the picture (drawn and escaped here), and its words."""
    return [(one.title, Markup(one.svg), one.words) for one in charts], list(tables)


def _number(typed: dict[str, str], name: str) -> float:
    try:
        number = float(typed[name])
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise bad_field(name, "a number 应为数字")
    return number

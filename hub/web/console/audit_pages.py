"""The audit log as people read it: `/admin/audit`, newest first and filtered; the same as CSV."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.access.caller import Caller
from hub.access.chain import Deed, Entry, fingerprint_of
from hub.access.roles import ROLES
from hub.csv_text import file_of
from hub.desks.auditing import COMMAND
from hub.local_time import UnclearError, china, moment_ms
from hub.store.audit import Asked
from hub.store.engine import StoreError
from hub.visits.day import DAY_MS
from hub.web.centre import Centre
from hub.web.door import Door, caller_of, require
from hub.web.forms import form_of
from hub.web.inbox import before_of
from hub.web.pages import WORDS, Words, language_of
from hub.web.words.audit import ACTS

PAGE: Final = 100
MOST_TYPED: Final = 64
MOST_NAMES: Final = 300
FILTERS: Final = ("who", "act", "subject", "since", "until")
COLUMNS: Final = ("number", "at", "who", "unit", "role", "act", "subject", "reason", "address")


class AuditPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take the centre."""
        self._centre = centre

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [Door("/admin/audit", self.page, "audit"), Door("/admin/audit.csv", self.export, "audit", ("POST",))]

    async def page(self, request: Request) -> Response:
        """Return a page of what is asked for."""
        _whole_county(caller_of(request))
        typed = _typed(request)
        values = await to_thread.run_sync(self._read, typed, before_of(request.query_params))
        said = WORDS[language_of(request)]
        more = {"typed": typed, "acts": _acts(said), "acted_as": lambda entry: _as(entry, said)}
        more |= {
            "from_where": lambda entry: _where(entry, said),
            "at_second": _at,
            "csv": _address("/admin/audit.csv", typed),
        }
        return self._centre.pages.render(request, "audit.html", values | more)

    async def export(self, request: Request) -> Response:
        """Return all that is asked for, oldest first; that it was taken away is written down before.

        By a form of ours: a link from elsewhere has nobody take the log away.
        """
        await form_of(request, {})
        _whole_county(caller_of(request))
        typed = _typed(request)
        subject = " ".join(f"{name}={value}" for name, value in typed.items() if value) or "*"
        await self._centre.change(request, lambda _: None, Deed("audit.export", subject))
        table = await to_thread.run_sync(self._table, typed, WORDS[language_of(request)])
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
        return Response(table, media_type="text/csv; charset=utf-8", headers=headers)

    def _read(self, typed: Mapping[str, str], before: int | None) -> dict[str, object]:
        log = self._centre.audit
        try:
            entries, names, head = log.page(PAGE, _asked(typed), before), log.names()[:MOST_NAMES], log.head()
        except StoreError:
            return {"entries": [], "names": [], "end": None, "older": None, "unreadable": True}
        older = None
        if len(entries) == PAGE:
            older = _address("/admin/audit", {**typed, "before": str(entries[-1].number)})
        end = None if head is None or head.last == 0 else f"{head.last}:{fingerprint_of(head.link)}"
        return {"entries": entries, "names": names, "end": end, "older": older, "unreadable": False}

    def _table(self, typed: Mapping[str, str], said: Words) -> bytes:
        rows: list[list[str]] = [[said["audit"][column] for column in COLUMNS]]
        for entry in self._centre.audit.every(_asked(typed)):
            act = said["deed"].get(entry.act, entry.act)
            cells = (entry.who, entry.unit, _as(entry, said), act, entry.subject, entry.reason, _where(entry, said))
            rows.append([str(entry.number), _at(entry.at_ms), *cells])
        return file_of(rows)


def _whole_county(caller: Caller) -> None:
    """Refuse whoever is there for some towns only: an entry belongs to no town, and tells of all."""
    require(caller, "audit", "")


def _typed(request: Request) -> dict[str, str]:
    return {name: request.query_params.get(name, "").strip()[:MOST_TYPED] for name in FILTERS}


def _asked(typed: Mapping[str, str]) -> Asked:
    """Return what was typed as the log is asked; a day that is none is not asked for."""
    since_ms, until_ms = _day(typed["since"]), _day(typed["until"])
    return Asked(
        typed["who"] or None,
        typed["act"] if typed["act"] in ACTS else None,
        typed["subject"] or None,
        since_ms,
        None if until_ms is None else until_ms + DAY_MS,
    )


def _day(text: str) -> int | None:
    try:
        return moment_ms(text[:10], 0) if len(text) == 10 else None
    except UnclearError:
        return None


def _address(path: str, typed: Mapping[str, str]) -> str:
    told = {name: value for name, value in typed.items() if value}
    return path + ("?" + urlencode(told) if told else "")


def _acts(said: Words) -> list[tuple[str, str]]:
    return sorted(said["deed"].items(), key=lambda row: row[1])


def _as(entry: Entry, said: Words) -> str:
    return said["role" if entry.role in ROLES else "acted_as"].get(entry.role, entry.role)


def _where(entry: Entry, said: Words) -> str:
    return said["audit"]["command"] if entry.address == COMMAND else entry.address


def _at(at_ms: int) -> str:
    """Return a time with its date, to the second."""
    return f"{china(at_ms):%Y-%m-%d %H:%M:%S}"

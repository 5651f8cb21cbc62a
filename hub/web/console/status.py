"""`/status` and `/status.json`: for everybody, without signing in; figures alone, kept for five seconds.

However many ask, the county is looked at, and the page drawn, once in that time: nobody can load the hub by it.
"""

import hashlib
from collections import Counter
from typing import Annotated, Final, Literal

import msgspec
from anyio import to_thread
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from hub.health.availability import percent
from hub.incidents.trouble import KINDS
from hub.web.centre import Centre
from hub.web.door import Door
from hub.web.pages import THEMES, language_of
from hub.web.picture import called
from wire.scalars import Count, CountyCode, Name, UtcMs

KEPT_MS: Final = 5_000
SILENT_MS: Final = 10_000
"""After so long without a word of the ingest side the figures are none of now (`hub/web/healthz.py`)."""
MOST_NAMED: Final = 50


class Villages(Struct, frozen=True):
    """Villages by state, and shares as people read them: never rounded up to all."""

    total: Count
    online: Count
    offline: Count
    unknown: Count
    maintenance: Count
    video_ok: Count
    online_share: str
    """Of those that are online or offline."""
    known_share: str
    """Of all but those in maintenance."""


class Status(Struct, frozen=True, omit_defaults=True):
    """What everybody may know."""

    county: CountyCode
    county_name: Name
    at_ms: UtcMs
    state: Literal["ok", "trouble", "blind"]
    """`blind`: the hub itself sees no village now; `trouble`: it sees, but cannot store, or its figures are old."""
    since_ms: UtcMs
    """Since when the hub sees, or is blind."""
    villages: Villages
    incidents: dict[str, Count]
    """Open ones by kind (`hub/incidents/trouble.py`)."""
    offline: Annotated[list[str], Meta(max_length=MOST_NAMED)] = msgspec.field(default_factory=list)
    """Names of villages; only where the county wants that (`web.status_villages`)."""


class StatusPages:
    """Both, from one look at the county."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre = centre
        self._status: Status | None = None
        self._looked_ms = 0
        self._drawn: dict[tuple[str, str], bytes] = {}

    def doors(self) -> list[Door]:
        """Return both doors, open to the world."""
        return [
            Door("/status", self.page, "nothing"),
            Door("/status.json", self.data, "nothing", kind="data"),
        ]

    async def page(self, request: Request) -> Response:
        """Return the page; one for each language and theme is drawn in five seconds."""
        status, language = self._now(), language_of(request)
        theme = next((one for one in THEMES if one == request.query_params.get("theme")), "")
        if (language, theme) not in self._drawn:
            # Drawn of an address without anything of whoever asks: it is everybody's.
            bare = Request({**request.scope, "headers": [], "query_string": f"lang={language}&theme={theme}".encode()})
            bare.state.caller = None
            values = {"status": status, "kinds": KINDS}
            drawn = await to_thread.run_sync(self._centre.pages.render, bare, "status.html", values)
            self._drawn[language, theme] = bytes(drawn.body)
        return Response(self._drawn[language, theme], media_type="text/html")

    async def data(self, request: Request) -> Response:
        """Return it for programs; 304 to whoever has it."""
        body = msgspec.json.encode(self._now())
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"ETag": tag, "Access-Control-Allow-Origin": "*"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    def _now(self) -> Status:
        now_ms = self._centre.now_ms()
        if self._status is None or not 0 <= now_ms - self._looked_ms < KEPT_MS:
            self._status, self._looked_ms = self._look(now_ms), now_ms
            self._drawn.clear()
        return self._status

    def _look(self, now_ms: int) -> Status:
        view, broker = self._centre.view, self._centre.broker.state()
        county = view.county()
        fresh = now_ms - county.at_ms < SILENT_MS
        well = fresh and view.storage_trouble() is None
        known = county.online + county.offline
        named: list[str] = []
        if self._centre.settings.web.status_villages:
            away = [one for one in view.stations() if one.state == "offline"]
            named = [called(one.name, one.town) for one in away[:MOST_NAMED]]
        return Status(
            county=county.county,
            county_name=self._centre.settings.county_name,
            at_ms=county.at_ms,
            state="blind" if not broker.connected else "ok" if well else "trouble",
            since_ms=broker.since_ms,
            villages=Villages(
                total=county.stations,
                online=county.online,
                offline=county.offline,
                unknown=county.unknown,
                maintenance=county.maintenance,
                video_ok=county.video_ok,
                online_share=percent((county.online, known)),
                known_share=percent((known, county.stations - county.maintenance)),
            ),
            incidents=dict(sorted(Counter(one.kind for one in view.incidents()).items())),
            offline=named,
        )

"""The interface's own description: `/api/v1/openapi.json` for programs, `/api` for people."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from hub.web.door import Door
from hub.web.interface.described import OPERATIONS
from hub.web.interface.openapi import REFUSALS, render
from hub.web.interface.query import query_of
from hub.web.pages import Pages


class Contract:
    """Both, made once."""

    def __init__(self, pages: Pages) -> None:
        """Take what draws the page."""
        self._pages = pages
        self._document = render().encode()
        self._tag = f'"{hashlib.sha256(self._document).hexdigest()[:16]}"'

    def doors(self) -> list[Door]:
        """Return both doors: neither tells anything of the county."""
        return [
            Door("/api/v1/openapi.json", self.document, "nothing", kind="data"),
            Door("/api", self.page, "see"),
        ]

    async def document(self, request: Request) -> Response:
        """Return the document, or 304 to whoever has it."""
        query_of(request, ())
        headers = {"ETag": self._tag}
        if request.headers.get("if-none-match") == self._tag:
            return Response(status_code=304, headers=headers)
        return Response(self._document, headers=headers, media_type="application/json")

    async def page(self, request: Request) -> Response:
        """Return every operation in words."""
        return self._pages.render(
            request, "api.html", {"operations": OPERATIONS, "refusals": REFUSALS, "host": request.url.netloc}
        )

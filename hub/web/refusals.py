"""What somebody at a browser is shown when they are refused, or when something went wrong: a page, with a way on.

Programs get the document of RFC 9457 (`hub/web/problem.py`), and so do a page's own scripts.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from hub.errors import CodedError
from hub.web.pages import Pages
from hub.web.problem import API, ProblemError, on_crash, on_http_error, on_hub_error, on_problem, problem_of

Answering = Callable[[Request, Exception], Awaitable[Response]]


def refusals(pages: Pages) -> dict[Any, Answering]:
    """Return how the application answers each kind of error."""
    plain: dict[type[Exception], Answering] = {
        ProblemError: on_problem,
        CodedError: on_hub_error,
        HTTPException: on_http_error,
        Exception: on_crash,
    }
    return {kind: _shown(pages, answer) for kind, answer in plain.items()} | {ClientDisconnect: _gone}


async def _gone(_request: Request, _error: Exception) -> Response:
    """Answer nobody: whoever sent half a form hung up, which is no error of ours and fills no log."""
    return Response(status_code=400)


def _shown(pages: Pages, plain: Answering) -> Answering:
    async def answer(request: Request, error: Exception) -> Response:
        if not wants_page(request):
            return await plain(request, error)
        problem = problem_of(error)
        values = {"problem": problem, "what": str(problem.status)}
        page = pages.render(request, "refused.html", values, status=problem.status)
        page.headers.update(problem.headers or {})
        return page

    return answer


def wants_page(request: Request) -> bool:
    """Say whether somebody reads the answer: their browser asks for a page, not a script or a program for data."""
    first = request.headers.get("accept", "").partition(",")[0].partition(";")[0].strip()
    return first == "text/html" and not request.url.path.startswith(API)

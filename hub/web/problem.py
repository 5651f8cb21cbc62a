"""Errors of the interface as RFC 9457 problem documents, with a stable code and both languages."""

import json
from collections.abc import Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.errors import CodedError

API: Final = "/api/"

_BY_STATUS = {
    404: ("E-API-04", "Not found", "no such address 没有这个地址"),
    405: (
        "E-API-05",
        "Method not allowed",
        "this address takes no such method; see /api 此地址不接受这种请求方法，见 /api",
    ),
}


class ProblemError(Exception):
    """What a request was refused for; never repeats what it held."""

    def __init__(
        self, status: int, code: str, title: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Take the parts of the document."""
        super().__init__(f"{code} {title}")
        self.status, self.code, self.title, self.detail, self.headers = status, code, title, detail, headers

    def response(self) -> Response:
        """Return it as a response."""
        document = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        return Response(
            json.dumps(document, ensure_ascii=False),
            self.status,
            headers=self.headers,
            media_type="application/problem+json",
        )


def bad_query(detail: str) -> ProblemError:
    """Return the refusal of a query that cannot be meant."""
    return ProblemError(400, "E-API-03", "Bad query", detail)


def no_such_station() -> ProblemError:
    """Return the refusal of a code that is no station's."""
    detail = "the county has no station of this code 本县没有这个站点编码"
    return ProblemError(404, "E-API-02", "No such station", detail)


_UNREAD: Final = "the database cannot be read now; try again later 暂时无法读取数据，请稍后再试"
_FULL: Final = (
    "nothing can be stored now, nothing was changed; have the disk looked at, then try again"
    " 暂时无法保存，什么都没有改动；请检查磁盘后再试"
)


async def on_problem(_request: Request, error: Exception) -> Response:
    """Answer a ProblemError."""
    return problem_of(error).response()


async def on_hub_error(_request: Request, error: Exception) -> Response:
    """Answer what the database or another boundary could not give."""
    return problem_of(error).response()


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer an address or a method that does not exist."""
    problem = problem_of(error)
    if request.url.path.startswith(API):
        return problem.response()
    return PlainTextResponse(f"{problem.status} {problem.detail}\n", problem.status, headers=problem.headers)


async def on_crash(_request: Request, error: Exception) -> Response:
    """Answer an error of ours; what it was stands in the log, not in the answer."""
    return problem_of(error).response()


def problem_of(error: Exception) -> ProblemError:
    """Return what is told of an error: never what a request held, nor where of our code it was."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, CodedError):
        detail = _FULL if error.code == "E-STORE-03" else _UNREAD
        return ProblemError(503, error.code, "Not available", detail, {"Retry-After": "5"})
    if isinstance(error, HTTPException):
        code, title, detail = _BY_STATUS.get(error.status_code, ("E-API-06", "Refused", error.detail))
        return ProblemError(error.status_code, code, title, detail, error.headers)
    detail = "an error of the hub; its log says more 中心程序出错，详见日志"
    return ProblemError(500, "E-API-07", "Error", detail, {"Cache-Control": "no-store"})

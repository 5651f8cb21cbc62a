"""Cookies that hold a secret: out of reach of scripts, and of other hosts where the hub is served by TLS."""

from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import Response

HOST_ONLY: Final = "__Host-"
"""Browsers take a cookie of such a name only by TLS, from this very host (RFC 6265bis 4.1.3.2)."""


def named(name: str, request: Request) -> str:
    """Return what a cookie is called on this connection."""
    return HOST_ONLY + name if is_private(request) else name


def is_private(request: Request) -> bool:
    """Say whether nobody between browser and hub can read along."""
    return request.url.scheme == "https"


def put(
    answer: Response,
    request: Request,
    name: str,
    secret: str,
    *,
    max_age: int | None = None,
    same_site: Literal["lax", "strict"] = "lax",
) -> None:
    """Have a browser keep a secret; without `max_age` until it is closed."""
    answer.set_cookie(
        named(name, request),
        secret,
        max_age=max_age,
        httponly=True,
        samesite=same_site,
        secure=is_private(request),
    )


def take(answer: Response, request: Request, name: str) -> None:
    """Have a browser forget one."""
    answer.delete_cookie(named(name, request), httponly=True, samesite="lax", secure=is_private(request))

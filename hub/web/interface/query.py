"""Reading a request's query strictly."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from hub.web.problem import bad_query


def query_of(request: Request, known: tuple[str, ...]) -> Mapping[str, str]:
    """Return the query; a mistyped filter is refused, for without it the answer would say too much."""
    pairs = request.query_params.multi_items()
    names = [name for name, _ in pairs]
    if any(name not in known for name in names) or len(set(names)) != len(names):
        raise bad_query(f"known here, once each: {', '.join(known) or '-'} 有不认识或重复的参数")
    return dict(pairs)


def number_of(query: Mapping[str, str], name: str, default: int | None, *, most: int) -> Any:
    """Return a number of the query, or the default where it says none."""
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 1 <= int(text) <= most):
        raise bad_query(f"{name} must be a number from 1 to {most} 应为 1 到 {most} 的整数")
    return int(text)

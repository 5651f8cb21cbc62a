"""Reading a form strictly: from this site, of this session, of known fields, each one printable value of its size."""

import hmac
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse

from hub.access.caller import Caller
from hub.web.problem import ProblemError

MOST_BYTES: Final = 64 * 1024
TOKEN: Final = "form_token"


class Field(NamedTuple):
    """What a field may hold."""

    most: int
    """Characters."""
    needed: bool = False
    lines: bool = False
    """Whether it may have more than one line."""
    exact: bool = False
    """Whether it is taken as it was typed, with whatever signs and spaces: a password."""


async def form_of(request: Request, fields: Mapping[str, Field]) -> dict[str, str]:
    """Return the fields of a form that somebody signed in sent from a page of ours; one not sent is "".

    Raises ProblemError E-WEB-05 (not from a page of ours, or of another session) or E-WEB-06 (a field; says which).
    """
    check_origin(request)
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise ProblemError(413, "E-WEB-06", "Too large", f"at most {MOST_BYTES} bytes 内容过大")
    async with request.form(max_files=0, max_fields=len(fields) + 4) as sent:
        pairs = sent.multi_items()
    values = {name: value for name, value in pairs if not isinstance(value, UploadFile)}
    check_token(request, values.pop(TOKEN, ""))
    unknown = set(values) - set(fields)
    if unknown or len(pairs) != len({name for name, _ in pairs}):
        raise bad_field("?", "unknown or repeated field 有不认识或重复的字段")
    return {name: _checked(name, values.get(name, ""), field) for name, field in fields.items()}


def check_token(request: Request, sent: str) -> None:
    """Refuse a form without its session's own token; without this check nothing can be changed (`Centre.change`)."""
    caller: Caller | None = request.state.caller
    if caller is not None and not hmac.compare_digest(sent.encode(), caller.form_token.encode()):
        raise not_ours()
    request.state.from_page = True


def check_origin(request: Request) -> None:
    """Refuse what a browser sends from another site; a form of ours says where it is from."""
    origin = request.headers.get("origin")
    if origin is None or urlsplit(origin).netloc != request.headers.get("host"):
        raise not_ours()


def done(address: str, what: str) -> RedirectResponse:
    """Return to a page after a form was carried out; it says `words.done[what]` at its top."""
    return RedirectResponse(f"{address}{'&' if '?' in address else '?'}done={what}", 303)


def bad_field(name: str, why: str) -> ProblemError:
    """Return the refusal of a field."""
    return ProblemError(422, "E-WEB-06", "Not understood", f"{name}: {why}")


def needed(typed: Mapping[str, str], name: str) -> str:
    """Return a field that only some acts of a form need. Raises ProblemError E-WEB-06."""
    if not typed[name]:
        raise bad_field(name, "needed 必填")
    return typed[name]


def read_version(sent: str) -> int:
    """Return the version that whoever sent a form had read, so that nothing is done over another; -1 is none."""
    return int(sent) if sent.isascii() and sent.isdigit() else -1


def key_of(request: Request) -> int:
    """Return the `key` an address names; of one too large for any row, one that no row has."""
    return min(int(request.path_params["key"]), 2**53)


def _checked(name: str, value: str, field: Field) -> str:
    if field.exact and len(value) <= field.most:
        return value
    text = value.replace("\r\n", "\n").strip()
    text_of = text.replace("\u3000", "")  # the blank of Chinese keyboards is printable to whoever types it
    plain = text_of.replace("\n", "").replace("\t", "") if field.lines else text_of
    if len(text) > field.most or (plain and not plain.isprintable()):
        raise bad_field(name, f"at most {field.most} printable characters 最多 {field.most} 个可见字符")
    if field.needed and not text:
        raise bad_field(name, "needed 必填")
    return text


def not_ours() -> ProblemError:
    """Return the refusal of what comes from no page of ours."""
    return ProblemError(
        403, "E-WEB-05", "Not from this page", "open the page again and send it from there 请重新打开页面后再提交"
    )

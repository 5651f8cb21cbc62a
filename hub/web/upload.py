"""Taking a file from a form of ours into memory: never on a disk in the clear, for villagers may stand in it."""

from collections.abc import AsyncGenerator
from typing import Final

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from hub.exchange.reading import MOST_BYTES
from hub.web.forms import TOKEN, bad_field, check_origin, check_token
from hub.web.problem import ProblemError

AROUND: Final = 16 * 1024
"""What a form may hold besides its file."""


class _InMemory(MultiPartParser):
    """Keeps a file in memory however large it may be: `upload` bounds what is read."""

    spool_max_size = MOST_BYTES + AROUND + 1


async def upload(request: Request, name: str, known: frozenset[str]) -> tuple[bytes, dict[str, str]]:
    """Return the file `name` of a form and its other fields, which must be `known`.

    Raises ProblemError E-WEB-05 (not from a page of ours), E-WEB-06 (no such form) or E-EXC-01 (too large).
    """
    check_origin(request)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise bad_field(name, "no file 没有文件")
    parser = _InMemory(request.headers, _bounded(request), max_files=1, max_fields=len(known) + 1)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError):
        raise bad_field(name, "the form cannot be read 表单无法识别") from None
    data, fields = b"", {}
    try:
        for key, value in form.multi_items():
            if isinstance(value, UploadFile):
                if key != name:
                    raise bad_field(key, "unknown file 不认识的文件")
                data = await value.read()
            elif key in known or key == TOKEN:
                fields[key] = value.strip()
            else:
                raise bad_field("?", "unknown field 有不认识的字段")
    finally:
        await form.close()
    check_token(request, fields.pop(TOKEN, ""))
    return data, fields


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES + AROUND:
            raise ProblemError(413, "E-EXC-01", "Too large", f"at most {MOST_BYTES // 2**20} MB 文件过大，请拆分")
        yield part

"""The interface as an OpenAPI 3.1 document, from types and table; `python -m hub.web.interface.openapi` rewrites it."""

import json
import sys
from pathlib import Path
from typing import Any, Final

import msgspec

from hub.exchange.fields import FIELDS, KIND_WORDS, FieldOf
from hub.exchange.reading import MOST_ROWS
from hub.web.interface.answers import Problem
from hub.web.interface.described import OPERATIONS, Asked, Operation

DOCUMENT: Final = Path(__file__).parents[3] / "docs" / "openapi.json"
JSON: Final = "application/json"
EVERY: Final = (400, 401, 403, 429, 503)
"""What any operation may refuse with."""
REFUSALS: Final = {
    400: "A parameter cannot be meant (E-API-03). 参数有误。",
    401: "No token, or none that is valid (E-API-01). 没有有效的令牌。",
    403: "The token has not this permission or area (E-WEB-04). 令牌没有此权限。",
    404: "No such station or incident (E-API-02, E-INC-01). 没有这个站点或事件。",
    413: "The body is too large (E-EXC-01). 内容过大。",
    422: "Records are wrong, so none was taken; each is named. 有记录不合格，未导入。",
    429: "Too many requests (E-API-09): wait as Retry-After says. 请求过于频繁。",
    503: "The database cannot be read now. 暂时无法读取。",
}
_REF: Final = "#/components/schemas/{name}"


def document() -> dict[str, Any]:
    """Return the whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "村村通 cuncuntong /api/v1",
            "version": "1",
            "description": (
                "The county for other programs. Times are UTC milliseconds, shares 0 to 1; within v1 keys are added,"
                " none is taken away. Refusals are problem documents (RFC 9457) with a stable code. A token is made by"
                " an administrator, with permissions, towns and an end. Generated; examples are fictional."
                " 供其他程序使用的接口；由程序生成，请勿手改，示例均为虚构。"
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "this hub 本中心"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def render() -> str:
    """Return the document as the text of its file."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def _operation(one: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = {"200": _answer("As asked. 如所请求。", one.answer.__name__)}
    for status in sorted({*EVERY, *one.refusals}):
        if status == 422:
            answers["422"] = _answer(REFUSALS[422], one.answer.__name__)
        else:
            answers[str(status)] = _refusal(status)
    shown: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.what,
        "description": f"Permission 权限: `{one.needs}`.",
        "x-permission": one.needs,
        "parameters": [_parameter(asked) for asked in one.asked],
        "responses": answers,
    }
    if one.method == "post":
        shown["requestBody"] = _body()
    return shown


def _parameter(asked: Asked) -> dict[str, Any]:
    return {
        "name": asked.name,
        "in": asked.where,
        "required": asked.needed,
        "description": asked.what,
        "schema": dict(asked.schema),
        "example": asked.example,
    }


def _answer(what: str, name: str) -> dict[str, Any]:
    return {"description": what, "content": {JSON: {"schema": {"$ref": _REF.format(name=name)}}}}


def _refusal(status: int) -> dict[str, Any]:
    problem = {"schema": {"$ref": _REF.format(name="Problem")}}
    shown: dict[str, Any] = {"description": REFUSALS[status], "content": {"application/problem+json": problem}}
    if status in {429, 503}:
        after = {"description": "seconds to wait 等待秒数", "schema": {"type": "integer", "minimum": 1}}
        shown["headers"] = {"Retry-After": after}
    return shown


def _body() -> dict[str, Any]:
    record = {"$ref": _REF.format(name="TicketRecord")}
    example = {
        "external_id": "T-20261128-0001", "at": "2026-11-28 09:30", "channel": "phone", "service": "legal_advice",
        "matter": "neighbours", "town": "测试1镇", "name": "测试甲", "words": "虚构内容",
    }  # fmt: skip
    return {
        "required": True,
        "description": "JSON, at most 5,000 records and 8 MB; a CSV with a heading is taken too. JSON 或 CSV。",
        "content": {
            JSON: {
                "schema": {"type": "array", "items": record, "minItems": 1, "maxItems": MOST_ROWS},
                "example": [example],
            }
        },
    }


def _schemas() -> dict[str, Any]:
    kinds = [Problem, *(operation.answer for operation in OPERATIONS)]
    _, schemas = msgspec.json.schema_components(kinds, ref_template=_REF)
    told = {name: _one_line(schema) for name, schema in schemas.items()} | {"TicketRecord": _record()}
    return dict(sorted(told.items()))


def _record() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "A ticket as another platform gives it. 外部工单。",
        "properties": {field.name: _field(field) for field in FIELDS},
        "required": [field.name for field in FIELDS if field.needed],
        "additionalProperties": False,
    }


def _field(field: FieldOf) -> dict[str, Any]:
    zh, en = KIND_WORDS[field.kind]
    sealed = " Sealed before it is stored. 入库前加密。" if field.personal else ""
    shown: dict[str, Any] = {
        "type": "string",
        "maxLength": field.most,
        "description": f"{field.zh}: {zh} {en}.{sealed}",
    }
    if field.choices:
        shown["enum"] = [word for name, one in field.choices.items() for word in (name, one.zh)]
    return shown


def _one_line(schema: Any) -> Any:
    """Say in OpenAPI's dialect: `$` ends a pattern, text is on one line."""
    if isinstance(schema, list):
        return [_one_line(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    shown = {key: _one_line(value) for key, value in schema.items()}
    if isinstance(shown.get("pattern"), str):
        shown["pattern"] = shown["pattern"].replace(r"\Z", "$")
    if isinstance(shown.get("description"), str):
        shown["description"] = " ".join(shown["description"].split())
    return shown


if __name__ == "__main__":
    DOCUMENT.write_text(render(), "utf-8")
    sys.stdout.write(f"{DOCUMENT.name}: {len(OPERATIONS)} operations\n")

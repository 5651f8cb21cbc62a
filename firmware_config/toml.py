"""A settings Struct as TOML text: what the parser in wire.settings reads back to an equal value (tested)."""

import json
from collections.abc import Iterator

from msgspec import Struct, to_builtins
from msgspec.structs import fields


def to_toml(settings: Struct) -> str:
    """Return `settings` as TOML: scalars first, then tables and arrays of tables."""
    return _table(settings, "").lstrip("\n")


def _table(settings: Struct, path: str) -> str:
    lines: list[str] = []
    tables: list[str] = []
    for key, value in _given(settings):
        if isinstance(value, Struct):
            tables.append(f"\n[{path}{key}]\n{_table(value, f'{path}{key}.')}")
        elif isinstance(value, list) and any(isinstance(item, Struct) for item in value):
            tables.extend(f"\n[[{path}{key}]]\n{_table(item, f'{path}{key}.')}" for item in value)
        else:
            lines.append(f"{key} = {_scalar(to_builtins(value))}\n")
    return "".join([*lines, *tables])


def _given(settings: Struct) -> Iterator[tuple[str, object]]:
    """Yield what is to be written: not a list that is empty by default, for beside `x = []` nobody may add `[[x]]`."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value is not None and not (value == [] and field.default_factory is list):
            yield field.encode_name, value


def _scalar(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_scalar(item) for item in value) + "]"
    if isinstance(value, float):
        return repr(value)
    # JSON's strings, whole numbers and booleans are TOML's, once DEL is escaped as TOML wants it.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

"""A settings Struct as TOML text: what the parser in wire.settings reads back to an equal value (tested)."""

import json

from msgspec import Struct, to_builtins


def to_toml(settings: Struct) -> str:
    """Return `settings` as TOML: scalars first, then tables and arrays of tables."""
    return _table(to_builtins(settings), "").lstrip("\n")


def _table(table: dict[str, object], path: str) -> str:
    lines = [f"{key} = {_scalar(value)}\n" for key, value in table.items() if _is_scalar(value)]
    for key, value in table.items():
        if isinstance(value, dict):
            lines.append(f"\n[{path}{key}]\n{_table(value, f'{path}{key}.')}")
        elif isinstance(value, list) and not _is_scalar(value):
            lines.extend(f"\n[[{path}{key}]]\n{_table(item, f'{path}{key}.')}" for item in value)
    return "".join(lines)


def _is_scalar(value: object) -> bool:
    if isinstance(value, list):
        return not any(isinstance(item, dict) for item in value)
    return value is not None and not isinstance(value, dict)


def _scalar(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_scalar(item) for item in value) + "]"
    if isinstance(value, float):
        return repr(value)
    # JSON's strings, whole numbers and booleans are TOML's, once DEL is escaped as TOML wants it.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

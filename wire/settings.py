"""Settings files: TOML in, a frozen Struct out. Station and hub read theirs in this one way."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


class SettingsError(ValueError):
    """A settings file that cannot be used: says where, what it means and what to do."""


def load_settings(path: Path, kind: type[T]) -> T:
    """Read the settings file at `path`.

    A file it names beside itself is taken from systemd's credentials where they hold one of that name
    (LoadCredential=, systemd.exec(5)): a private key then need not be readable by the process's user.

    Raises SettingsError E-SET-00 (cannot be read), and those of `parse_settings`.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"E-SET-00 {path}: cannot be read 无法读取设置文件: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"E-SET-00 {path}: not UTF-8 设置文件应为 UTF-8 编码") from None
    return parse_settings(text, kind, path, _credentials())


def _credentials() -> dict[str, Path]:
    """Return the files that systemd hands this process, by name; none where it hands none."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    try:
        return {path.name: path for path in Path(folder).iterdir()} if folder else {}
    except OSError:
        return {}


def parse_settings(text: str, kind: type[T], source: Path, handed: Mapping[str, Path] | None = None) -> T:
    """Return the settings in `text`, the text of the file `source`, as `kind`.

    A value named `…_file` or `…_dir`, and the path of an `sqlite:///` address, is taken from the file's folder; a file
    whose name alone is given, and is among those `handed` in, from there.

    Raises SettingsError E-SET-01 (no TOML), E-SET-02 (a value is missing or of the wrong kind) or E-SET-03
    (an unknown key, with the nearest known one).
    """
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"E-SET-01 {source}: not TOML 不是有效的 TOML: {error}") from None
    _refuse_unknown(table, kind, source, "")
    _anchor(table, source.parent, handed or {})
    try:
        return msgspec.convert(table, kind, strict=True)
    except msgspec.ValidationError as error:
        raise SettingsError(f"E-SET-02 {source}: 设置有误，请更正: {error}") from None


def _anchor(table: dict[str, Any], folder: Path, handed: Mapping[str, Path]) -> None:
    for key, value in table.items():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                _anchor(inner, folder, handed)
        if isinstance(value, str) and key.endswith(("_file", "_dir")):
            table[key] = str(handed.get(value, folder / value) if key.endswith("_file") else folder / value)
        elif isinstance(value, str) and value.startswith("sqlite:///"):
            table[key] = "sqlite:///" + str(folder / value.removeprefix("sqlite:///"))


def _refuse_unknown(table: object, kind: type[msgspec.Struct], source: Path, path: str) -> None:
    if isinstance(table, list):
        for index, item in enumerate(table):
            _refuse_unknown(item, kind, source, f"{path.rstrip('.')}[{index}].")
        return
    if not isinstance(table, dict):
        return
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    for key, value in table.items():
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1)
            hint = f"; did you mean '{near[0]}'? 是否想写 {near[0]}" if near else ""
            raise SettingsError(f"E-SET-03 {source}: unknown key '{path}{key}' 未知设置{hint}")
        inner = _struct_in(fields[key])
        if inner is not None:
            _refuse_unknown(value, inner, source, f"{path}{key}.")


def _struct_in(annotation: object) -> type[msgspec.Struct] | None:
    """Return the Struct inside `X`, `X | None` or `list[X]`, if there is one."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if (inner := _struct_in(part)) is not None:
            return inner
    return None

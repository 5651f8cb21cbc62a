"""The example settings files name every setting, explain each in both languages, and can be read."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from firmware_config.boot.model import CardSettings
from firmware_config.bundle.settings import BundleSettings
from hub import settings as hub
from station import settings as station
from wire.settings import load_settings

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"
FILES = [
    pytest.param("station.toml", station.Settings, id="station"),
    pytest.param("hub.toml", hub.Settings, id="hub"),
    pytest.param("bundle.toml", BundleSettings, id="bundle"),
    pytest.param("card.toml", CardSettings, id="card"),
]
each_file = pytest.mark.parametrize(("name", "kind"), FILES)


def settings_of(kind: type[msgspec.Struct], path: str = "") -> set[str]:
    """Return the path of every setting of `kind`, tables and arrays of tables included."""
    found: set[str] = set()
    for field in msgspec.structs.fields(kind):
        inner = struct_in(field.type)
        found |= settings_of(inner, f"{path}{field.name}.") if inner else {path + field.name}
    return found


def struct_in(annotation: object) -> type[msgspec.Struct] | None:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := struct_in(part))), None)


def keys_of(table: dict[str, object], path: str = "") -> set[str]:
    found: set[str] = set()
    for key, value in table.items():
        for item in value if isinstance(value, list) else [value]:
            found |= keys_of(item, f"{path}{key}.") if isinstance(item, dict) else {path + key}
    return found


@each_file
def test_the_example_can_be_read(name: str, kind: type[msgspec.Struct]) -> None:
    load_settings(EXAMPLES / name, kind)


@each_file
def test_every_setting_stands_in_the_example_and_nothing_else_does(name: str, kind: type[msgspec.Struct]) -> None:
    assert keys_of(tomllib.loads((EXAMPLES / name).read_text("utf-8"))) == settings_of(kind)


@each_file
def test_a_default_in_the_example_is_the_default(name: str, kind: type[msgspec.Struct]) -> None:
    differing = dict(differences(load_settings(EXAMPLES / name, kind)))
    assert not differing


def differences(settings: msgspec.Struct, path: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for field in msgspec.structs.fields(settings):
        value = getattr(settings, field.name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, msgspec.Struct):
                found += differences(item, f"{path}{field.name}.")
            elif field.default not in (msgspec.NODEFAULT, None) and item != field.default:  # TOML cannot say None
                found.append((path + field.name, item))
    return found


@each_file
def test_every_setting_is_explained_in_chinese_and_english(name: str, kind: type[msgspec.Struct]) -> None:
    explanation = ""
    for line in (EXAMPLES / name).read_text("utf-8").splitlines():
        if line.startswith("#"):
            explanation = line
        elif line:
            # Settings that follow each other without a comment between are explained together.
            assert any("\u4e00" <= character <= "\u9fff" for character in explanation), line
            assert any(word.isascii() and word.isalpha() and len(word) > 2 for word in explanation.split()), line
        else:
            explanation = ""

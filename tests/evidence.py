"""Tests that a document names as its evidence, by file and function; whether they exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

NAMED = re.compile(r"`((?:\w+/)*test_\w+\.py)(?:::(\w+))?`")
MARK = re.compile(r"^\| [(0-9][^|]* \| (\S) \|", re.MULTILINE)


def named(document: str) -> set[tuple[str, str]]:
    """Return every test that is named, as file and function; "" for a whole file."""
    return set(NAMED.findall(document))


def lacking(document: str, tests: Path) -> list[tuple[str, str]]:
    """Return the tests named that are not there, by their files below `tests`."""
    wanted = sorted(named(document))
    there = {file: {"", *_functions(tests / file)} for file, _ in wanted}
    return [(file, name) for file, name in wanted if name not in there[file]]


def _functions(file: Path) -> Iterator[str]:
    if file.is_file():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.name

"""docs/asvs.md: every test it names exists."""

import ast
import re
from collections.abc import Iterator

from tests.test_house import ROOT

DOCUMENT = (ROOT / "docs" / "asvs.md").read_text("utf-8")
NAMED = re.compile(r"`((?:web|access|commands|exchange|reports|store)/test_\w+\.py)::(\w+)`")
ROW = re.compile(r"^\| [(0-9][^|]* \| (\S) \|", re.MULTILINE)


def named() -> Iterator[tuple[str, str]]:
    yield from NAMED.findall(DOCUMENT)


def test_every_test_it_names_exists() -> None:
    there: dict[str, set[str]] = {}
    for file, _ in named():
        if file not in there:
            tree = ast.parse((ROOT / "tests" / "hub" / file).read_text("utf-8"))
            kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
            there[file] = {node.name for node in ast.walk(tree) if isinstance(node, kinds)}
    assert [(file, name) for file, name in named() if name not in there[file]] == []
    assert len(set(named())) > 40


def test_it_says_of_everything_whether_it_is_so() -> None:
    marks = ROW.findall(DOCUMENT)
    assert len(marks) > 80
    assert set(marks) == {"✓", "◐", "✗", "–"}
    assert marks.count("✗") + marks.count("◐") >= 10, "whoever finds nothing has not looked"

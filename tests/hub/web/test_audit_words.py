"""Every act that the hub writes into its audit log has words, and fits."""

import ast
import re
from collections.abc import Iterator

from hub.web.words.audit import ACTS
from tests.test_house import MODULES, name_of, tree_of

ACT = re.compile(r"[a-z]+\.(?!html|js|css|svg|csv)[a-z_]+")
AREAS = {act.partition(".")[0] for act in ACTS}


def acts() -> Iterator[tuple[str, str]]:
    """Yield where a Deed is made, and its act; where that is worked out, every act that stands in the file.

    Of an f-string only what it begins with.
    """
    for path in MODULES:
        if "Deed(" not in path.read_text("utf-8"):
            continue
        for node in ast.walk(tree_of(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Deed"):
                continue
            match node.args[0] if node.args else None:
                case ast.Constant(value=str(act)):
                    yield name_of(path), act
                case ast.JoinedStr(values=[ast.Constant(value=str(begins)), *_]):
                    yield name_of(path), begins
                case _:
                    yield from ((name_of(path), text) for text in constants(tree_of(path)) if is_act(text))


def constants(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def is_act(text: str) -> bool:
    return ACT.fullmatch(text) is not None and text.partition(".")[0] in AREAS


def test_every_act_has_words() -> None:
    found = set(acts())
    assert len(found) > 10
    said = set(ACTS) | {f"{area}." for area in AREAS}
    assert {(where, act) for where, act in found if act not in said} == set()


def test_the_words_are_sorted_and_fit_the_column() -> None:
    assert list(ACTS) == sorted(ACTS)
    assert [act for act in ACTS if len(act) > 32] == []

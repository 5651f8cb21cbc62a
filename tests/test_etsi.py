"""docs/etsi-en-303-645.md: every test and file it names exists, and no provision is left out."""

import re

from tests.evidence import MARK, lacking, named
from tests.test_house import ROOT

DOCUMENT = (ROOT / "docs" / "etsi-en-303-645.md").read_text("utf-8")
SUB = {1: 5, 2: 3, 3: 16, 4: 4, 5: 8, 6: 9, 7: 2, 8: 3, 9: 3, 10: 1, 11: 4, 12: 3, 13: 1}
"""How many provisions each of 5.1 to 5.13 has (V3.1.3)."""


def test_every_test_and_file_it_names_exists() -> None:
    assert lacking(DOCUMENT, ROOT / "tests") == []
    assert len(named(DOCUMENT)) > 40
    files = re.findall(r"`((?:[\w-]+/)*[\w.-]+\.(?:md|json|lock|py))`", DOCUMENT)
    paths = {file for file in files if not file.rpartition("/")[2].startswith("test_")}
    assert {file for file in paths if not (ROOT / file).is_file()} == set()


def test_it_says_of_every_provision_whether_it_is_met() -> None:
    said = re.findall(r"\b5\.(\d+)-(\d+)\b", "".join(re.findall(r"^\| 5[^|]*\|", DOCUMENT, re.MULTILINE)))
    assert sorted((int(one), int(two)) for one, two in said) == [
        (one, two) for one, count in SUB.items() for two in range(1, count + 1)
    ]
    marks = MARK.findall(DOCUMENT)
    assert set(marks) == {"✓", "◐", "✗", "–"}
    assert marks.count("✗") + marks.count("◐") >= 10, "whoever finds nothing has not looked"

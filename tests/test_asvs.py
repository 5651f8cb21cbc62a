"""docs/asvs.md: every test it names exists."""

from tests.evidence import MARK, lacking, named
from tests.test_house import ROOT

DOCUMENT = (ROOT / "docs" / "asvs.md").read_text("utf-8")


def test_every_test_it_names_exists() -> None:
    assert lacking(DOCUMENT, ROOT / "tests" / "hub") == []
    assert len(named(DOCUMENT)) > 40


def test_it_says_of_everything_whether_it_is_so() -> None:
    marks = MARK.findall(DOCUMENT)
    assert len(marks) > 80
    assert set(marks) == {"✓", "◐", "✗", "–"}
    assert marks.count("✗") + marks.count("◐") >= 10, "whoever finds nothing has not looked"

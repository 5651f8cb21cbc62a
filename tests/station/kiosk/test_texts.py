"""Both languages say everything, nothing is said that nobody asks for, and the font can show it."""

import ast
import hashlib
import re
import string
import unicodedata
from pathlib import Path

import pytest

import station.kiosk.texts
from station.devices.reader.port import Trouble
from station.kiosk.events import Refusal, Store
from station.kiosk.forms import FORMS, NAME, NUMBER, PIN, VISIT_NUMBER
from station.kiosk.labels import (
    CLOSED,
    GRADES,
    NOTICE_LINES,
    REFUSALS,
    SERVICES,
    TROUBLES,
    county_line,
    link_line,
    reader_line,
    refused,
)
from station.kiosk.record import NOTICE_VERSION
from station.kiosk.state import Step
from station.kiosk.texts import LANGUAGES, read_texts
from tests.station.kiosk.fakes import READY

ZH, EN = read_texts("zh"), read_texts("en")
CODE = Path(station.kiosk.texts.__file__).parent
TEXT_ID = re.compile(r"[a-z_]+(\.[a-z_0-9]+)+")


def strings_in_code() -> set[str]:
    found = set[str]()
    for path in CODE.glob("**/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_are_complete() -> None:
    assert ZH.ids == EN.ids
    for text_id in ZH.ids:
        assert placeholders(ZH(text_id)) == placeholders(EN(text_id)), text_id


def of_forms() -> set[str]:
    """Return the ids that forms.py puts together: labels, options, and flaws an empty answer may have."""
    fields = [field for form in FORMS.values() for field in form] + [NUMBER, NAME, VISIT_NUMBER, PIN]
    labels = {field.label for field in fields}
    options = {text_id for field in fields for _, text_id in field.options}
    return labels | options | {"flaw.empty", "flaw.choose"}


def test_every_text_is_asked_for() -> None:
    assert ZH.ids - strings_in_code() - of_forms() == set()


def test_every_text_asked_for_is_there() -> None:
    known = ("app.", "station.kiosk.")  # actions of Textual, modules
    files = (".log", ".json", ".sqlite3")
    asked = {text for text in strings_in_code() if TEXT_ID.fullmatch(text)} | of_forms()
    assert {text for text in asked - ZH.ids if not text.startswith(known) and not text.endswith(files)} == set()


def test_no_word_for_people_stands_in_the_code_of_screens() -> None:
    for path in (*(CODE / "screens").glob("*.py"), *(CODE / "widgets").glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        documentation = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documentation:
                assert node.value.isascii(), f"{path.name}: {node.value}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_font_shows_every_sign_as_wide_as_the_terminal_counts(language: str) -> None:
    texts = ZH if language == "zh" else EN
    for text_id in texts.ids:
        wrong = {sign for sign in texts(text_id) if unicodedata.east_asian_width(sign) == "A"}
        assert not wrong, text_id


NOTICES = {"2026-11/2": "671ce5a24fcd7a12"}


def test_a_changed_notice_has_a_new_version() -> None:
    whole = "\n".join(texts(line) for texts in (ZH, EN) for line in NOTICE_LINES)
    assert NOTICES[NOTICE_VERSION] == hashlib.sha256(whole.encode()).hexdigest()[:16]


def test_every_value_has_its_words() -> None:
    assert set(TROUBLES) == set(Trouble)
    assert set(REFUSALS) == set(Refusal)
    assert set(CLOSED) == set(Store) - {Store.READY}
    assert set(GRADES) == {1, 2, 3, 4, 5}
    assert "call_staff" not in SERVICES


@pytest.mark.parametrize("refusal", [Refusal.FULL, Refusal.DISK, Refusal.SLOW])
def test_a_refusal_names_whom_to_call(refusal: Refusal) -> None:
    texts = refused(READY._replace(step=Step.REFUSED, refusal=refusal))
    assert "12348" in ZH(texts.next_step)
    assert "工作人员" in ZH(texts.next_step)


def test_a_full_machine_says_that_nothing_is_lost() -> None:
    assert "没有丢失" in ZH(refused(READY._replace(step=Step.CLOSED, store=Store.FULL)).text)


def test_reader_trouble_says_what_to_do_and_names_its_code_only_when_staff_must_come() -> None:
    again = reader_line(READY._replace(trouble=Trouble.PLACE_AGAIN), ZH)
    assert "请拿开再放一次" in again
    assert "E-" not in again
    fault = reader_line(READY._replace(trouble=Trouble.NO_READER), ZH)
    assert "读卡器故障" in fault
    assert "叫工作人员" in fault
    assert "不刷卡" in fault
    assert "E-READER-30" in fault
    assert reader_line(READY, ZH) == ""


def test_lines_that_change() -> None:
    saved = READY._replace(step=Step.SAVED, draft=READY.draft._replace(visit=1, seq=3))
    assert county_line(saved, ZH) == "已保存在本机，联网后自动上报"
    assert county_line(saved._replace(receipted_to=3), ZH) == "县里已收到"
    assert link_line(READY._replace(hub_online=True), ZH).endswith("在线")
    assert link_line(READY, ZH).endswith("离线")
    assert link_line(READY, ZH)[:3] != link_line(READY._replace(hub_online=True), ZH)[:3], "a sign beside the colour"

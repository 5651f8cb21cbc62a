"""What the kiosk makes of the county's documents."""

import json
import unicodedata

import pytest

from station.kiosk.content import EMPTY, library_of, notice_version, showable, words
from station.kiosk.texts import Texts
from wire.content import LongText, Text, Wording

ROSTER = json.dumps({"people": [{"name": "测试甲", "role": "staff"}]})


def wording(**texts: tuple[str, str]) -> Wording:
    return Wording({text_id.replace("__", "."): Text(zh, en) for text_id, (zh, en) in texts.items()})


def test_a_bad_document_is_left_out_and_the_others_are_there() -> None:
    library, left_out = library_of([("roster", 7, ROSTER), ("papers", 8, "{}"), ("horoscope", 9, "{}")])
    assert library.roster is not None
    assert library.roster.people[0].name == "测试甲"
    assert library.papers is None
    assert library.versions == (("roster", 7),)
    assert left_out == ["horoscope", "papers"]


def test_a_withdrawn_document_is_not_there_whatever_it_is_called() -> None:
    assert library_of([("roster", 7, "null"), ("horoscope", 8, "null")]) == (EMPTY, [])


def test_english_falls_back_to_chinese() -> None:
    assert words(Text("中文", "English"), "en") == "English"
    assert words(Text("中文"), "en") == "中文"
    assert words(LongText("中文", "English"), "zh") == "中文"


def test_signs_that_fonts_draw_too_wide_are_written_otherwise() -> None:
    said = "“问”‘答’——① 村→镇…3×4÷2·●"
    for language in ("zh", "en"):
        shown = showable(said, language)  # type: ignore[arg-type]
        assert not {sign for sign in shown if unicodedata.east_asian_width(sign) == "A"}
    assert showable("“问”", "zh") == "「问」"
    assert showable("Don’t “ask”", "en") == 'Don\'t "ask"'


class TestWording:
    plain = Texts({"home.title": "首页", "saved.number": "编号 {number}"})

    def test_the_countys_words_take_the_place_of_ours(self) -> None:
        said = self.plain.with_wording(wording(home__title=("村里的“窗口”", "Village desk")), "zh")
        assert said("home.title") == "村里的「窗口」"
        assert said("saved.number", number=3) == "编号 3"
        assert self.plain("home.title") == "首页"

    def test_without_english_ours_stay(self) -> None:
        english = Texts({"home.title": "Home"})
        assert english.with_wording(wording(home__title=("窗口", "")), "en")("home.title") == "Home"

    @pytest.mark.parametrize(
        "own",
        [
            pytest.param("编号", id="a placeholder missing"),
            pytest.param("{number} {name}", id="one too many"),
            pytest.param("{number:>99999999}", id="a width"),
            pytest.param("{number.real}", id="an attribute"),
            pytest.param("{number", id="not closed"),
        ],
    )
    def test_words_that_cannot_be_filled_in_are_not_taken(self, own: str, caplog: pytest.LogCaptureFixture) -> None:
        said = self.plain.with_wording(wording(saved__number=(own, "")), "zh")
        assert said("saved.number", number=3) == "编号 3"
        assert "saved.number" in caplog.text
        assert own not in caplog.text

    def test_an_id_that_is_not_here_is_not_taken(self) -> None:
        assert self.plain.with_wording(wording(no__such=("甲", "")), "zh").ids == self.plain.ids


def test_a_notice_in_the_countys_words_is_told_apart() -> None:
    def library(text_id: str) -> object:
        return library_of([("texts", 20261128003, json.dumps({"texts": {text_id: {"zh": "甲"}}}))])[0]

    assert notice_version(EMPTY, "2026-11/2") == "2026-11/2"
    assert notice_version(library("home.title"), "2026-11/2") == "2026-11/2"  # type: ignore[arg-type]
    assert notice_version(library("notice.what"), "2026-11/2") == "2026-11/2+20261128003"  # type: ignore[arg-type]

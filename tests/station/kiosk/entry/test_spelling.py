"""How letters are cut: every way of cutting spells the letters again, and the way that was meant is among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.kiosk.entry.spelling import (
    MOST_LETTERS,
    SYLLABLES,
    TYPED,
    clean,
    glob_of,
    loose,
    short_cuts,
    whole_cuts,
)
from station.kiosk.entry.word_list import in_gb2312, readings_of

SYLLABLE = st.sampled_from(sorted(SYLLABLES))


@pytest.mark.parametrize(
    ("typed", "letters"),
    [
        pytest.param("zhaolin", "zhaolin", id="as it is"),
        pytest.param("ZhaoLin", "zhaolin", id="capitals"),
        pytest.param("nver", "nver", id="v for ü stays where u is another sound"),
        pytest.param("jvzi", "juzi", id="v after j can only be what u is there"),
        pytest.param("zhao lin", "zhao", id="what is no letter ends it"),
        pytest.param("zhao1", "zhao", id="digits end it"),
        pytest.param("'; DROP TABLE word", "", id="hostile from the start"),
        pytest.param("ｚｈａｏ", "", id="wide letters are none"),
        pytest.param("İstanbul", "", id="nor are letters that grow when made small"),
        pytest.param("", "", id="nothing"),
        pytest.param("a" * 200, "a" * MOST_LETTERS, id="very long"),
    ],
)
def test_what_is_typed_is_read_up_to_the_first_sign_that_is_no_letter(typed: str, letters: str) -> None:
    assert clean(typed) == letters


@given(st.lists(SYLLABLE, min_size=1, max_size=4).map(tuple))
def test_the_cut_that_was_meant_is_found(meant: tuple[str, ...]) -> None:
    letters = "".join(meant)
    assert meant in {cut.slots for cut in whole_cuts(letters) if cut.letters == len(letters)}


@given(st.text("aeghinoruvzcsxlwj", max_size=48))
def test_every_cut_spells_the_letters_it_takes(letters: str) -> None:
    for cut in [*whole_cuts(letters), *short_cuts(letters)]:
        assert "".join(cut.slots) == letters[: cut.letters]
    assert all(slot in TYPED for cut in whole_cuts(letters) for slot in cut.slots)


@pytest.mark.parametrize(
    ("letters", "slots", "glob"),
    [
        pytest.param("zl", ("z", "l"), "z*'l*", id="initials"),
        pytest.param("zhl", ("zh", "l"), "zh*'l*", id="zh is one initial"),
        pytest.param("zhaol", ("zhao", "l"), "zhao'l*", id="a syllable and an initial"),
        pytest.param("zlin", ("z", "lin"), "z*'lin*", id="an initial and a syllable"),
        pytest.param("wangxiuyi", ("wang", "xiu", "yi"), "wang'xiu'yi*", id="the last still growing"),
        pytest.param("zha", ("zha",), "zha*", id="one still growing"),
    ],
)
def test_short_spellings_are_understood(letters: str, slots: tuple[str, ...], glob: str) -> None:
    cuts = {cut.slots: cut for cut in short_cuts(letters) if cut.letters == len(letters)}
    assert glob_of(cuts[slots]) == glob


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("zao", "zhao"), ("ci", "chi"), ("si", "shi"), ("nan", "lan"), ("hu", "fu"), ("gan", "gang"), ("chen", "cheng"),
        ("lin", "ling"), ("zan", "zhang"), ("shong", "song"), ("fong", "hong"), ("lu", "lv"), ("nin", "ling"),
        ("cen", "cheng"), ("lue", "lve"),
    ],
)  # fmt: skip
def test_what_the_north_of_jiangsu_mixes_up_may_be_typed_either_way(said: str, meant: str) -> None:
    assert loose(said) == loose(meant)
    assert said in TYPED


@pytest.mark.parametrize(("one", "other"), [("ba", "pa"), ("zhi", "ji"), ("lu", "lou"), ("an", "en"), ("xin", "sin")])
def test_sounds_that_nobody_mixes_up_stay_apart(one: str, other: str) -> None:
    assert loose(one) != loose(other)


def test_syllables_are_those_that_everyday_signs_are_read_by_and_no_others() -> None:
    signs = [chr(code) for code in range(0x4E00, 0xA000)]
    everyday = {reading for sign in signs if in_gb2312(sign) for reading in readings_of(sign)}
    read = {reading for sign in signs for reading in readings_of(sign)}
    assert len(everyday) > 395
    assert read == SYLLABLES

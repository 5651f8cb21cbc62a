"""Nine keys: what they may spell, and that what villagers mean is among the first."""

import pytest

from station.kiosk.entry.nine_keys import KEYS, read_as, spellings
from station.kiosk.entry.pinyin_file import PinyinFile

KEY_OF = {letter: key for key, letters in KEYS.items() for letter in letters}


def keys_of(letters: str) -> str:
    return "".join(KEY_OF[letter] for letter in letters)


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [("94", ["zi", "xi", "yi"]), ("23744", ["ceshi"]), ("9426", ["zhao", "zhan", "xian"]), ("ceshi", ["ceshi"])],
)
def test_keys_spell_every_syllable_they_may_mean(keys: str, wanted: list[str]) -> None:
    assert set(wanted) <= set(spellings(keys))


def test_spellings_stay_few_however_many_keys() -> None:
    assert 0 < len(spellings("9426" * 7)) <= 60


def test_what_spells_nothing_has_no_spelling_and_is_shown_all_the_same() -> None:
    assert spellings("vvvv") == []
    assert read_as("v2") == "va"


@pytest.mark.parametrize(
    ("letters", "wanted"),
    [
        ("jieqian", "借钱"),
        ("gongzi", "工资"),
        ("lihun", "离婚"),
        ("linju", "邻居"),
        ("tudi", "土地"),
        ("peichang", "赔偿"),
        ("nihao", "你好"),
        ("wang", "王"),
        ("qian", "钱"),
    ],
)
def test_what_villagers_mean_is_on_the_first_page(pinyin: PinyinFile, letters: str, wanted: str) -> None:
    found = pinyin.candidates(keys_of(letters))
    assert wanted in [one.text for one in found[:5]]
    assert found[0].letters == len(letters), "what takes all keys comes first"
    assert len({one.text for one in found}) == len(found)


@pytest.mark.parametrize(("letters", "wanted"), [("wang", "王"), ("zhang", "张"), ("li", "李"), ("chen", "陈")])
def test_in_a_name_the_surname_comes_first(pinyin: PinyinFile, letters: str, wanted: str) -> None:
    assert pinyin.names().candidates(keys_of(letters))[0].text == wanted


def test_fewer_keys_are_taken_by_what_comes_later(pinyin: PinyinFile) -> None:
    found = pinyin.candidates(keys_of("jieqian"))
    assert any(one.letters < 7 for one in found)


def test_letters_of_a_keyboard_are_ranked_as_ever(pinyin: PinyinFile) -> None:
    assert pinyin.candidates("lihun")[0].text == "离婚"
    assert [one.text for one in pinyin.candidates("li4un")[:3]].count("离婚") == 1, "a key among letters"

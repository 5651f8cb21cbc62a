"""The likeliest row of words, with a dictionary of a few."""

import pytest

from station.kiosk.entry.sentence import Best, sentence

WORDS = {
    "jie'qian": Best("借钱", 550),
    "bu": Best("不", 200),
    "huan": Best("还", 300),
    "bu'huan": Best("不还", 700),
    "fang'an": Best("方案", 400),
    "fan'gan": Best("反感", 500),
    "xian": Best("先", 300),
    "xi'an": Best("西安", 450),
    "shi": Best("是", 200),
}


@pytest.mark.parametrize(
    ("letters", "text"),
    [
        pytest.param("jieqianbuhuan", "借钱不还", id="two signs, likelier than a rare word"),
        pytest.param("fangan", "方案", id="the likelier of two ways to cut"),
        pytest.param("xianshi", "先是", id="one syllable or two"),
        pytest.param("jieqianq", None, id="not all letters are syllables"),
        pytest.param("jieqianma", None, id="a syllable that no word has"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_the_likeliest_words_that_take_all_letters(letters: str, text: str | None) -> None:
    assert sentence(letters, WORDS.get) == text

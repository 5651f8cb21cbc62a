"""What a villager who types pinyin is offered."""

import time
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.kiosk.entry.names import SURNAMES
from station.kiosk.entry.pinyin import Pinyin
from station.kiosk.entry.pinyin_file import PinyinFile
from station.kiosk.entry.spelling import SYLLABLES
from station.kiosk.entry.word_list import RARE_NAME_SIGNS, counted, in_gb2312, reading_of, readings_of, surnames

PAGE = 8
ALL = 400
"""So many candidates hold every sign of any syllable."""


def texts(pinyin: Pinyin, letters: str, most: int = 40) -> list[str]:
    return [candidate.text for candidate in pinyin.candidates(letters, most)]


@pytest.mark.parametrize(
    ("letters", "text"),
    [
        pytest.param("cunweihui", "村委会", id="a word in full"),
        pytest.param("cwh", "村委会", id="by initials"),
        pytest.param("zhaijidi", "宅基地", id="a word of our own list"),
        pytest.param("zhaol", "照料", id="half in full, half by initials"),
        pytest.param("shyang", "赡养", id="an initial of two letters"),
        pytest.param("xa", "西安", id="an initial before a vowel"),
        pytest.param("xian", "西安", id="two ways to cut: the word"),
        pytest.param("xian", "先", id="two ways to cut: the sign"),
        pytest.param("fangan", "方案", id="two words by two cuts: one"),
        pytest.param("fangan", "反感", id="two words by two cuts: other"),
        pytest.param("nver", "女儿", id="ü is v"),
        pytest.param("nuer", "女儿", id="ü is u for who knows no v"),
        pytest.param("lvshi", "律师", id="ü in a word"),
        pytest.param("linju", "邻居", id="spelt right"),
        pytest.param("lingju", "邻居", id="in and ing mixed up"),
        pytest.param("siqing", "事情", id="s and sh mixed up"),
        pytest.param("zanyong", "占用", id="z and zh mixed up"),
        pytest.param("niangshi", "粮食", id="n and l mixed up"),
        pytest.param("fushui", "湖水", id="f and h mixed up"),
        pytest.param("cengren", "承认", id="c and ch mixed up"),
        pytest.param("jieqianbuhuan", "借钱不还", id="four signs"),
        pytest.param("shanggangzhen", "上冈镇", id="a place around this station"),
        pytest.param("JIEQIAN", "借钱", id="capitals"),
        pytest.param("z", "在", id="a single letter"),
    ],
)
def test_it_is_on_the_first_page(pinyin: PinyinFile, letters: str, text: str) -> None:
    assert text in texts(pinyin, letters)[:PAGE]


@pytest.mark.parametrize(
    ("letters", "exact", "mixed_up"),
    [("lin", "林", "零"), ("si", "四", "是"), ("hu", "湖", "福"), ("nan", "南", "蓝"), ("linju", "邻居", "凝聚")],
)
def test_what_is_spelt_exactly_comes_before_what_is_mixed_up(
    pinyin: PinyinFile, letters: str, exact: str, mixed_up: str
) -> None:
    offered = texts(pinyin, letters, ALL)
    assert offered.index(exact) < offered.index(mixed_up)


def test_every_everyday_sign_and_the_rare_ones_of_names_are_reached_by_each_usual_reading(pinyin: PinyinFile) -> None:
    signs = [chr(code) for code in range(0x4E00, 0xA000) if in_gb2312(chr(code))]
    signs += RARE_NAME_SIGNS + "堃喆淼垚犇翀璟珺昇晟甯祎"
    by_reading = defaultdict(set)
    for sign in signs:
        assert readings_of(sign), sign
        by_reading[readings_of(sign)[0]].add(sign)
    assert len(signs) > 6763
    missing = {
        (reading, sign)
        for reading, expected in by_reading.items()
        for source in (pinyin, pinyin.names())
        for sign in expected - set(texts(source, reading, ALL))
    }
    assert missing == set()


def test_frequent_words_are_on_the_first_page_and_mostly_first(pinyin: PinyinFile) -> None:
    words = [word for word in counted(500) if 2 <= len(word) <= 4][:600]
    places = [texts(pinyin, "".join(reading_of(word)))[:PAGE].index(word) for word in words]
    assert sum(place == 0 for place in places) > 0.9 * len(words)


def test_the_longest_word_is_offered_and_the_rest_stays(pinyin: PinyinFile) -> None:
    typed, written = "linjuzhanwojiadezhaijidi", ""
    while typed:
        word = next(c for c in pinyin.candidates(typed) if c.text in {"邻居", "占", "我家", "的", "宅基地"})
        written, typed = written + word.text, typed[word.letters :]
    assert written == "邻居占我家的宅基地"


def test_a_whole_sentence_is_offered_first(pinyin: PinyinFile) -> None:
    letters = "linjudezhaijidi"
    assert pinyin.candidates(letters)[0] == ("邻居的宅基地", len(letters))


@pytest.mark.parametrize(
    ("letters", "name"),
    [
        ("wang", "王"), ("zhang", "张"), ("lv", "吕"), ("shan", "单"), ("xie", "解"), ("zeng", "曾"), ("zhai", "翟"),
        ("ouyang", "欧阳"), ("zhuge", "诸葛"), ("yuchi", "尉迟"), ("wangxiuying", "王秀英"), ("lijianguo", "李建国"),
        ("ouyanghua", "欧阳华"), ("guilan", "桂兰"), ("mei", "梅"),
    ],
)  # fmt: skip
def test_names_come_first_where_a_name_is_asked_for(pinyin: PinyinFile, letters: str, name: str) -> None:
    assert name in texts(pinyin.names(), letters)[:2]


def test_every_surname_is_on_the_first_two_pages_of_its_reading(pinyin: PinyinFile) -> None:
    late = {
        name.text for name in surnames() if name.text not in texts(pinyin.names(), "".join(name.syllables))[: 2 * PAGE]
    }
    assert late == set()
    assert len(SURNAMES) > 450


@given(st.text(), st.integers(-3, 60))
def test_anything_may_be_typed(pinyin: PinyinFile, typed: str, most: int) -> None:
    for source in (pinyin, pinyin.names()):
        source.candidates(typed, most)


@settings(max_examples=150)
@given(
    st.one_of(
        st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=60),
        st.lists(st.sampled_from(sorted(SYLLABLES)), min_size=1, max_size=9).map("".join),
    )
)
def test_candidates_are_different_texts_that_take_letters_that_are_there(pinyin: PinyinFile, letters: str) -> None:
    for source in (pinyin, pinyin.names()):
        offered = source.candidates(letters)
        assert len(offered) <= 40
        assert len({candidate.text for candidate in offered}) == len(offered)
        assert all(candidate.text and 1 <= candidate.letters <= len(letters) for candidate in offered)
        assert offered or letters[0] in "iuv"


@pytest.mark.parametrize("typed", ["", " ", "1", "; DROP TABLE word", "'", "*", "\x00", "赵", "%", "i", "u", "v"])
def test_what_no_word_begins_with_has_no_candidates(pinyin: PinyinFile, typed: str) -> None:
    assert pinyin.candidates(typed) == ()


def test_two_hundred_letters_are_answered_for_those_at_the_front(pinyin: PinyinFile) -> None:
    assert texts(pinyin, "zhaijidi" * 25)[1] == "宅基地"


def test_an_answer_takes_no_time_that_a_finger_notices(pinyin: PinyinFile) -> None:
    asked = ["".join(reading_of(word)) for word in list(counted(420))[:200]]
    asked += [one + other for one, other in zip(asked, reversed(asked), strict=True)]
    took_s = []
    for letters in asked:
        start_s = time.thread_time()
        pinyin.candidates(letters)
        took_s.append(time.thread_time() - start_s)
    assert sorted(took_s)[len(took_s) * 9 // 10] < 0.010

"""Questions and their pads: what fits, and that what is touched or typed arrives."""

import pytest

from station.kiosk.events import Pin, Signal
from station.kiosk.state import Draft, State, Step
from tests.station.kiosk.people import PERSON
from tests.station.kiosk.visitor import LARGE, PANEL, SHAPES, all_fit, at, kiosk
from wire.records import Language, Service

LONG = "对方欠钱不还。" * 50


def asked(service: Service, *answers: tuple[str, str], **changes: object) -> State:
    """Return the state that asks the question after `answers`."""
    draft = Draft(visit=1, person=PERSON, consents=frozenset({"identity"}), service=service, answers=answers)
    return at(Step.QUESTION, draft=draft._replace(**changes))  # type: ignore[arg-type]


MATTER = ("matter", "labour")
OTHER = (MATTER, ("other_name", "测试丙"))
AID = (("group", "migrant"), ("cause", "injury"))
STATES = [
    at(Step.NUMBER, draft=Draft(visit=1)),
    at(Step.NUMBER, draft=Draft(visit=1, entry="11010519491231002X", flaw="flaw.id_check")),
    at(Step.NUMBER, draft=Draft(visit=1, entry="1101051949")),
    at(Step.NAME, draft=Draft(visit=1, person=PERSON)),
    at(Step.NAME, draft=Draft(visit=1, person=PERSON, entry="测", letters="744")),
    at(Step.NAME, draft=Draft(visit=1, person=PERSON, entry="测试甲", letters="wang")),
    at(Step.NAME, draft=Draft(visit=1, person=PERSON, letters="vvvv", flaw="flaw.empty")),
    at(Step.GUARDIAN_NUMBER, draft=Draft(visit=1, entry="1", flaw="flaw.guardian")),
    at(Step.GUARDIAN_NAME, draft=Draft(visit=1)),
    at(Step.RATE_NUMBER, draft=Draft(visit=1, entry="42000073", flaw="flaw.number_unknown")),
    at(Step.PIN, draft=Draft(visit=1, entry="12345678"), pin=None),
    *(at(Step.PIN, draft=Draft(visit=1), pin=pin) for pin in (Pin.WRONG, Pin.LOCKED, Pin.NOT_SET)),
    asked("legal_advice"),
    asked("legal_advice", flaw="flaw.choose"),
    asked("legal_advice", MATTER),
    asked("legal_advice", MATTER, entry=LONG),
    asked("legal_advice", MATTER, entry=LONG, letters="743744"),
    asked("legal_advice", MATTER, flaw="flaw.empty"),
    asked("legal_advice", MATTER, ("words", "测试")),
    asked("legal_advice", MATTER, ("words", "测试"), entry="01012345678", flaw="flaw.phone"),
    asked("mediation", *OTHER, ("other_phone", ""), entry="测试"),
    asked("mediation", *OTHER, ("other_phone", "")),
    asked("mediation", *OTHER, ("other_phone", ""), ("other_place", ""), ("words", "测试")),
    asked("mediation", *OTHER, ("other_phone", ""), ("other_place", ""), ("words", "测试"), entry="pay,stop,other"),
    asked("legal_aid"),
    asked("legal_aid", AID[0]),
    asked("legal_aid", *AID, ("words", "测试"), entry="12345678"),
]


@pytest.mark.parametrize(("size", "language"), SHAPES)
async def test_everything_fits(size: tuple[int, int], language: Language) -> None:
    await all_fit(STATES, size, language)


async def test_digits_are_touched_or_typed_and_zero_is_a_digit() -> None:
    async with kiosk(state=at(Step.NUMBER, draft=Draft(visit=1))) as visitor:
        await visitor.touch("1")
        await visitor.touch("1")
        await visitor.press("0", "1")
        visitor.sees("1101")
        await visitor.touch(visitor.say("pad.erase"))
        await visitor.press("backspace", "x")
        assert visitor.app.state.draft.entry == "11X"
        await visitor.touch(visitor.say("pad.next"))
        visitor.sees(visitor.say("flaw.id_form"))
        assert visitor.choice(visitor.say("footer.back")).key == "Esc"
        await visitor.press("escape")
        assert visitor.step is Step.WAIT


@pytest.mark.parametrize("size", [PANEL, LARGE])
async def test_chinese_by_nine_keys(size: tuple[int, int]) -> None:
    async with kiosk(size, state=asked("legal_advice", MATTER)) as visitor:
        for keys in ("abc", "def", "pqrs", "ghi", "ghi"):
            await visitor.touch(keys)
        visitor.sees("[测试]_")
        await visitor.touch("测试")
        assert visitor.app.state.draft.entry == "测试"
        assert visitor.app.state.draft.letters == ""
        for keys in ("jkl", "ghi", "abc"):
            await visitor.touch(keys)
        await visitor.press("5")
        assert visitor.app.state.draft.entry == "测试甲", "the number key takes what stands beside it"


async def test_a_keyboard_types_pinyin_and_signs() -> None:
    async with kiosk(state=asked("legal_advice", MATTER)) as visitor:
        await visitor.press(*"ceshi", "space", "comma", *"qian", "2", "full_stop")
        assert visitor.app.state.draft.entry == "测试，前。"
        await visitor.press(*"jia")
        visitor.sees("测试，前。jia_")
        await visitor.press("enter")
        assert visitor.app.state.draft.entry == "测试，前。家", "Enter takes the first before it goes on"
        await visitor.press("enter")
        assert len(visitor.app.state.draft.answers) == 2


async def test_further_candidates_are_on_further_pages() -> None:
    async with kiosk(LARGE, state=asked("legal_advice", MATTER)) as visitor:
        await visitor.press(*"shi")
        assert [one.label for one in visitor.choices() if one.key in set("12345")] == list("试是时事市")
        await visitor.press("8")
        assert [one.label for one in visitor.choices() if one.key in set("12345")] == list("师十实使世")
        await visitor.press("2")
        assert visitor.app.state.draft.entry == "十"


async def test_phrases_digits_and_latin_letters() -> None:
    async with kiosk(state=asked("legal_advice", MATTER)) as visitor:
        say = visitor.say
        await visitor.press("1")
        assert visitor.app.state.draft.entry == say("phrase.owed")
        await visitor.touch(say("pad.digits"))
        await visitor.touch("5")
        await visitor.touch("0")
        await visitor.press("1")
        await visitor.touch(say("pad.latin"))
        await visitor.touch("def")
        await visitor.touch("e")
        await visitor.press("Z")
        assert visitor.app.state.draft.entry == say("phrase.owed") + "501eZ"
        await visitor.touch(say("pad.pinyin"))
        await visitor.touch("wxyz")
        assert visitor.app.state.draft.letters == "9"


async def test_a_name_in_latin_letters_begins_with_a_capital() -> None:
    async with kiosk(language="en", state=at(Step.NAME, draft=Draft(visit=1, person=PERSON))) as visitor:
        await visitor.touch("tuv")
        await visitor.touch("T")
        await visitor.touch("def")
        await visitor.touch("e")
        await visitor.press(*"st", "space", "J")
        assert visitor.app.state.draft.entry == "Test J"


async def test_nothing_typed_is_lost_by_warning_language_or_size() -> None:
    async with kiosk(state=asked("legal_advice", MATTER)) as visitor:
        await visitor.press(*"ceshi", "1", *"ji")
        await visitor.happens(Signal.TIME_UP)
        visitor.sees(visitor.say("leaving.title"))
        await visitor.press("a")
        for key in ("f4", "f2", "f4", "f2"):
            await visitor.press(key)
            visitor.sees("测试ji")
        await visitor.pilot.resize_terminal(*LARGE)
        await visitor.settle()
        visitor.sees("测试ji")
        assert (visitor.app.state.draft.entry, visitor.app.state.draft.letters) == ("测试", "ji")


async def test_a_question_that_may_be_left_out_can_be_skipped() -> None:
    async with kiosk(state=asked("legal_advice", MATTER, ("words", "测试"))) as visitor:
        say = visitor.say
        visitor.sees(say("question.optional"))
        await visitor.press("1")
        assert say("pad.skip") not in [one.label for one in visitor.choices()]
        await visitor.press("backspace")
        await visitor.touch(say("pad.skip"))
        assert visitor.step is Step.CONFIRM


async def test_options_over_several_pages_and_up_to_three_at_once() -> None:
    async with kiosk(state=asked("legal_advice")) as visitor:
        say = visitor.say
        assert say("matter.traffic") not in visitor.reads()
        await visitor.press("9", "9")
        await visitor.touch(say("matter.traffic"))
        assert visitor.app.state.draft.answers == (("matter", "traffic"),)
        await visitor.shows(asked("mediation", *OTHER, ("other_phone", ""), ("other_place", ""), ("words", "测试")))
        await visitor.press("1", "2", "3", "4")
        assert visitor.app.state.draft.entry == "pay,apologise,stop"
        assert visitor.reads().count(say("option.on")) == 3
        await visitor.touch(say("pad.next"))
        assert visitor.app.state.draft.answers[-1] == ("wishes", "pay,apologise,stop")


async def test_what_is_entered_is_not_read_aloud_unasked() -> None:
    async with kiosk(state=at(Step.NUMBER, draft=Draft(visit=1, entry="110105"))) as visitor:
        assert visitor.say("entry.id_number") in visitor.hears()
        assert not any("110105" in text for text in visitor.hears())

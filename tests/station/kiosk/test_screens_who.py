"""Who it is, and what is agreed to: each screen in both languages at every size, and what a villager does there."""

import pytest

from station.devices.reader.port import Trouble
from station.kiosk.content import Library
from station.kiosk.events import CardLifted, CardRead, CardSeen, DevicesTold, LibraryTold, Pin, PinTold, ReaderTold
from station.kiosk.state import Draft, Step
from station.kiosk.widgets.choice import Choice, TickBox
from tests.station.kiosk.people import CHILD, PERSON
from tests.station.kiosk.visitor import LANGUAGES, LARGE, SHAPES, all_fit, at, kiosk
from wire import content as c
from wire.person import Person
from wire.records import Language

TYPED = Person("测试甲乙", "11010519491231002X", birth="1949-12-31")
BY_SERVICE_CARD = Person("", "", service_card="320000012345678")
NOTICES = Library(
    notices=c.Notices(
        notices=[
            c.Notice(id="n1", title=c.Text(zh="测试通知：星期五上午律师到村里来"), text=c.LongText(zh="测试")),
            c.Notice(id="n2", title=c.Text(zh="测试二", en="A test notice of the village"), text=c.LongText(zh="测试")),
        ]
    )
)
CAMERA = DevicesTold(camera=True)
MINOR = Draft(visit=1, person=CHILD, minor=True, consents=frozenset({"identity"}))
LONG = "对方欠钱不还。" * 40
MEDIATION = Draft(
    visit=1,
    person=PERSON,
    consents=frozenset({"identity"}),
    service="mediation",
    answers=(
        ("matter", "neighbours"),
        ("other_name", "测试丙"),
        ("other_phone", "01012345678"),
        ("other_place", "测试镇测试村"),
        ("words", LONG),
        ("wishes", "pay,apologise,stop"),
        ("phone", "01012345678"),
    ),
)
NAMELESS = Draft(visit=1, service="legal_advice", answers=(("matter", "labour"), ("words", "测试"), ("phone", "")))

STATES = [
    at(Step.WAIT),
    at(Step.WAIT, trouble=Trouble.NO_READER),
    at(Step.WAIT, trouble=Trouble.PLACE_AGAIN, devices=CAMERA, library=NOTICES),
    at(Step.WAIT, card_there=True, devices=CAMERA, library=NOTICES, hub_online=True),
    at(Step.WAIT, trouble=Trouble.NO_READER, devices=CAMERA, library=NOTICES),
    at(Step.IDENTITY),
    at(Step.IDENTITY, draft=Draft(visit=1, person=TYPED)),
    at(Step.IDENTITY, draft=Draft(visit=1, person=BY_SERVICE_CARD)),
    at(Step.NOTICE),
    at(Step.NOTICE, draft=Draft(visit=1, person=PERSON)),
    at(Step.NOTICE, draft=Draft(visit=1, person=PERSON, consents=frozenset({"identity", "contact"}))),
    at(Step.GUARDIAN, draft=MINOR),
    at(Step.GUARDIAN, draft=MINOR._replace(flaw="flaw.guardian"), card_there=True),
    at(Step.GUARDIAN, draft=MINOR, trouble=Trouble.PLACE_AGAIN),
    at(Step.GUARDIAN, draft=MINOR._replace(guardian=PERSON)),
    at(Step.GUARDIAN, draft=MINOR._replace(guardian=TYPED, consents=frozenset({"identity", "guardian"}))),
    at(Step.NAME_NEEDED, devices=CAMERA),
    at(Step.NAME_NEEDED, trouble=Trouble.NO_READER),
    at(Step.NAME_NEEDED, draft=Draft(visit=1, service="legal_aid"), card_there=True),
    at(Step.CARD_NEEDED),
    at(Step.CARD_NEEDED, trouble=Trouble.NO_READER),
    at(Step.SERVICE_CARD),
    at(Step.SERVICE_CARD, draft=Draft(visit=1, card_sought=True)),
    at(Step.CONFIRM, draft=MEDIATION),
    at(Step.CONFIRM, draft=MEDIATION._replace(consents=frozenset({"identity", "words", "contact", "voluntary"}))),
    at(Step.CONFIRM, draft=NAMELESS),
    at(Step.CONFIRM, draft=MEDIATION._replace(service="legal_aid", answers=(("group", "elderly"), ("phone", "110")))),
    at(Step.SAVING),
    at(Step.CHECKING_PIN),
]


@pytest.mark.parametrize(("size", "language"), SHAPES)
async def test_everything_fits(size: tuple[int, int], language: Language) -> None:
    await all_fit(STATES, size, language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_way_with_a_card_to_the_menu(language: Language) -> None:
    async with kiosk(language=language) as visitor:
        say = visitor.say
        visitor.sees(say("wait.title"))
        await visitor.happens(CardRead(PERSON))
        visitor.sees(PERSON.name, "110105********002X", say("identity.take_card"))
        assert "19491231" not in visitor.reads()
        assert PERSON.name not in " ".join(visitor.hears())
        assert PERSON.name in " ".join(visitor.hears(personal=True))
        await visitor.press("1")
        visitor.sees(say("notice.what"), say("tick.off"), say("notice.agree.first"))
        assert say("tick.on") not in visitor.reads(), "nothing is ticked beforehand"
        await visitor.press("3")
        assert visitor.step is Step.NOTICE
        await visitor.press("1", "2")
        assert say("tick.off") not in visitor.reads()
        await visitor.press("3")
        assert visitor.step is Step.SERVICES


async def test_a_finger_quicker_than_the_screen_still_agrees() -> None:
    async with kiosk(state=at(Step.NOTICE, draft=Draft(visit=1, person=PERSON))) as visitor:
        screen = visitor.app.screen
        screen.query(TickBox).first().press()
        screen.query_one("#agree", Choice).press()  # before the tick is drawn
        await visitor.settle()
        assert visitor.step is Step.SERVICES


async def test_a_typed_person_is_said_to_be_unverified() -> None:
    async with kiosk() as visitor:
        say = visitor.say
        await visitor.press("2")
        await visitor.press(*"11010519491231002x", "enter")
        visitor.sees(say("entry.name"))
        await visitor.press(*"ceshi", "1", "enter")
        visitor.sees("测试", say("identity.unverified"))


async def test_a_service_card_that_is_not_seen_can_be_tried_again() -> None:
    async with kiosk(state=at(Step.WAIT, devices=CAMERA)) as visitor:
        say = visitor.say
        await visitor.touch(say("wait.service_card"))
        visitor.sees(say("service_card.title"))
        await visitor.happens(CardSeen(2, None))
        visitor.sees(say("service_card.none"))
        await visitor.press("1")
        visitor.sees(say("service_card.title"))
        assert visitor.handed.sought == [2, 2]
        await visitor.happens(CardSeen(2, "320000012345678"))
        visitor.sees(say("identity.service_card"), "************678", say("identity.unverified"))


async def test_ways_come_and_go_with_camera_and_notices() -> None:
    async with kiosk() as visitor:
        say = visitor.say
        assert [one.label for one in visitor.choices()][:2] == [say("wait.without_card"), say("wait.type_number")]
        await visitor.happens(LibraryTold(NOTICES))
        await visitor.touch(say("wait.notices", count=2))
        assert visitor.step is Step.NOTICES


async def test_a_guardian_places_the_card_and_ticks_alone() -> None:
    async with kiosk(state=at(Step.GUARDIAN, draft=MINOR, card_there=True)) as visitor:
        say = visitor.say
        visitor.sees(say("guardian.lift_first"))
        await visitor.happens(CardLifted())
        visitor.sees(say("guardian.place_card"))
        await visitor.happens(CardRead(CHILD, minor=True))
        visitor.sees(say("flaw.guardian"))
        await visitor.happens(CardRead(PERSON))
        visitor.sees(PERSON.name, say("consent.guardian.whole"), say("tick.off"))
        await visitor.press("2")
        assert visitor.step is Step.GUARDIAN, "the guardian's own tick is needed"
        await visitor.press("1", "2")
        assert visitor.step in {Step.SERVICES, Step.ADVICE, Step.QUESTION}


async def test_what_needs_the_card_says_whom_to_call_when_the_reader_is_broken() -> None:
    async with kiosk(state=at(Step.CARD_NEEDED)) as visitor:
        visitor.sees(visitor.say("card_needed.place_card"))
        await visitor.happens(ReaderTold(Trouble.NO_READER))
        visitor.sees("12348", Trouble.NO_READER.value)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everything_that_is_handed_in_can_be_read_and_each_tick_is_apart(language: Language) -> None:
    async with kiosk(LARGE, language, state=at(Step.CONFIRM, draft=MEDIATION)) as visitor:
        say = visitor.say
        seen = visitor.reads()
        for _ in range(12):
            await visitor.press("9")
            seen += visitor.reads()
        wanted = [say("service.mediation"), PERSON.name, "测试丙", "01012345678", "测试镇测试村", say("wish.stop")]
        for text in wanted:
            assert "".join(text.split()) in "".join(seen.split()), text
        await visitor.touch(say("confirm.yes"))
        assert visitor.step is Step.CONFIRM
        visitor.sees(say("confirm.first"))
        await visitor.touch(say("consent.words"))
        await visitor.touch(say("confirm.yes"))
        assert visitor.step is Step.CONFIRM, "the declaration is a tick of its own"
        await visitor.touch(say("declare.voluntary"))
        await visitor.touch(say("confirm.yes"))
        assert visitor.step is Step.SAVING
        ((_, visit),) = visitor.handed.visits
        assert (visit.service, visit.language) == ("mediation", language)


async def test_only_staff_know_the_door() -> None:
    async with kiosk() as visitor:
        for _ in range(4):
            await visitor.pilot.click("#village")
        await visitor.settle()
        assert visitor.step is Step.WAIT
        await visitor.pilot.click("#village")
        await visitor.settle()
        assert visitor.step is Step.PIN
        await visitor.press("1", "2", "3", "4")
        assert "1234" not in visitor.reads()
        visitor.sees("* * * *")
        await visitor.press("enter")
        assert visitor.handed.pins == ["1234"]
        visitor.sees(visitor.say("pin.checking"))
        await visitor.happens(PinTold(visitor.app.state.draft.visit, Pin.WRONG))
        visitor.sees(visitor.say("pin.wrong"))


@pytest.mark.parametrize(
    ("step", "asked"), [(Step.GUARDIAN_NUMBER, "监护人的身份证号码"), (Step.GUARDIAN_NAME, "监护人的姓名")]
)
async def test_whoever_types_is_told_that_it_is_the_guardian_who_is_asked_for(step: Step, asked: str) -> None:
    async with kiosk() as visitor:
        await visitor.shows(at(step, draft=MINOR._replace(guardian=TYPED)))
        visitor.sees(asked)

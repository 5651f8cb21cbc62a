"""What lies over a step: the warning, the call for help, the call for staff, in both languages at every size."""

import pytest

from station.kiosk.content import Library
from station.kiosk.events import CallSaved, Signal, Store, StoreTold
from station.kiosk.state import Over, Step
from tests.station.kiosk.visitor import LANGUAGES, LARGE, SHAPES, all_fit, at, kiosk
from wire import content as c
from wire.records import Language

STAFF = c.Roster(people=[c.Person(name="测试戊", role="staff", phone="010-0000000")])

STATES = [
    at(Step.WAIT, over=Over.LEAVING),
    at(Step.WAIT, over=Over.EMERGENCY_ASKED),
    *(
        at(Step.WAIT, over=Over.EMERGENCY, library=Library(roster=roster), **facts)
        for roster in (None, STAFF)
        for facts in (
            {"call_seq": None},
            {"call_seq": 0},
            {"call_seq": 3},
            {"call_seq": 3, "hub_online": True},
            {"call_seq": 3, "hub_online": True, "urgent": frozenset({3})},
            {"call_seq": 3, "withdrawn": True},
        )
    ),
    *(at(Step.WAIT, over=Over.STAFF_CALLED, staff_seq=seq, receipted_to=3) for seq in (None, 0, 3, 4)),
    at(Step.WAIT, over=Over.STAFF_CALLED, staff_seq=4, library=Library(roster=STAFF)),
]


@pytest.mark.parametrize(("size", "language"), SHAPES)
async def test_everything_fits(size: tuple[int, int], language: Language) -> None:
    await all_fit(STATES, size, language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_help_takes_two_touches_and_says_whether_the_county_has_it(language: Language) -> None:
    async with kiosk(language=language) as visitor:
        say = visitor.say
        await visitor.press("f1")
        visitor.sees(say("emergency.ask"))
        assert visitor.handed.calls == []
        await visitor.touch(say("emergency.again"))
        assert visitor.handed.calls == ["emergency"]
        visitor.sees(say("emergency.sending"))
        await visitor.happens(CallSaved(1, 3))
        visitor.sees(say("emergency.offline"), "110", "12348")
        await visitor.happens(StoreTold(Store.READY, hub_online=True))
        visitor.sees(say("emergency.sending"))
        await visitor.happens(StoreTold(Store.READY, hub_online=True, urgent=frozenset({3})))
        visitor.sees(say("emergency.received"))
        await visitor.touch(say("emergency.withdraw"))
        visitor.sees(say("emergency.withdrawing"))
        await visitor.happens(CallSaved(2, 4))
        await visitor.happens(StoreTold(Store.READY, hub_online=True, urgent=frozenset({3, 4})))
        visitor.sees(say("emergency.withdrawn"))
        assert visitor.handed.calls == ["emergency", "withdrawn"]
        assert say("emergency.withdraw") not in [one.label for one in visitor.choices()]
        await visitor.press("0")
        visitor.sees(say("wait.title"))


async def test_a_call_that_could_not_be_saved_says_whom_to_telephone() -> None:
    async with kiosk(state=at(Step.WAIT, library=Library(roster=STAFF))) as visitor:
        await visitor.press("f1", "1")
        await visitor.happens(CallSaved(1, 0))
        visitor.sees(visitor.say("emergency.not_saved"), "110", "12348", "010-0000000")


async def test_the_second_touch_is_as_large_as_the_screen_allows() -> None:
    async with kiosk(LARGE, state=at(Step.WAIT, over=Over.EMERGENCY_ASKED)) as visitor:
        region = visitor.choice(visitor.say("emergency.again")).region
        assert region.height >= 7
        assert region.width >= 58


async def test_a_first_touch_can_be_taken_back() -> None:
    async with kiosk() as visitor:
        await visitor.press("f1", "0")
        assert visitor.app.state.over is None
        assert visitor.handed.calls == []


async def test_staff_are_called_once_and_their_telephone_is_shown() -> None:
    async with kiosk(state=at(Step.SERVICES, library=Library(roster=STAFF))) as visitor:
        await visitor.press("f5")
        visitor.sees(visitor.say("staff_called.saving"), "010-0000000")
        await visitor.happens(CallSaved(1, 4))
        visitor.sees(visitor.say("staff_called.noted"))
        await visitor.happens(StoreTold(Store.READY, receipted_to=4, hub_online=True))
        visitor.sees(visitor.say("staff_called.received"))
        await visitor.press("0", "f5")
        assert visitor.handed.calls == ["staff"]


async def test_any_key_stays_and_does_nothing_else() -> None:
    async with kiosk(state=at(Step.IDENTITY)) as visitor:
        await visitor.happens(Signal.TIME_UP)
        visitor.sees(visitor.say("leaving.title"))
        await visitor.press("1")
        assert visitor.app.state.over is None
        assert visitor.step is Step.IDENTITY
        await visitor.happens(Signal.TIME_UP)
        await visitor.pilot.click(offset=(40, 10))
        await visitor.settle()
        assert visitor.app.state.over is None
        assert visitor.step is Step.IDENTITY

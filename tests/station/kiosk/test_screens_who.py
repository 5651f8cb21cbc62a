"""Who it is, and what is agreed to: each screen in both languages at every size, and what a villager does there."""

import pytest

from station.devices.reader.port import Trouble
from station.kiosk.content import Library
from station.kiosk.events import DevicesTold
from station.kiosk.state import Draft, Step
from tests.station.kiosk.people import CHILD, PERSON
from tests.station.kiosk.visitor import LANGUAGES, SIZES, all_fit, at
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("size", "large"), SIZES)
async def test_everything_fits(size: tuple[int, int], large: bool, language: Language) -> None:
    await all_fit(STATES, size, large, language)

"""Questions and their pads: what fits, and that what is touched or typed arrives."""

import pytest

from station.kiosk.events import Pin
from station.kiosk.state import Draft, State, Step
from tests.station.kiosk.people import PERSON
from tests.station.kiosk.visitor import LANGUAGES, SIZES, all_fit, at
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("size", "large"), SIZES)
async def test_everything_fits(size: tuple[int, int], large: bool, language: Language) -> None:
    await all_fit(STATES, size, large, language)

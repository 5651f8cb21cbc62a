"""What reaches the spool: only what was agreed to, sealed; and the number a villager keeps."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.kiosk.ages import is_minor
from station.kiosk.events import Ticked
from station.kiosk.forms import Answers
from station.kiosk.record import NOTICE_VERSION, fewest_fields, looked_at, person_of, sealed_visit
from station.kiosk.state import Draft
from station.kiosk.texts import read_texts
from station.number import seq_of, visit_number
from tests.station.kiosk.fakes import SEAL, opened
from tests.station.kiosk.people import CARD, CHILD, PERSON
from wire.codec import decode, encode
from wire.person import Mask, Person, Words
from wire.records import Purpose, Service, Visit

ZH = read_texts("zh")
EPOCHS = st.text("0123456789abcdef", min_size=16, max_size=16)


def draft(service: Service, *consents: Purpose) -> Draft:
    return Draft(visit=1, person=PERSON, consents=frozenset(consents), service=service)


def test_a_named_visit_carries_two_boxes_and_what_was_agreed_to() -> None:
    visit = sealed_visit(draft("legal_aid", "contact", "identity"), "zh", ZH, SEAL)("42-00007-3")
    assert (visit.who, visit.card, visit.notice, visit.consents) == (
        "card",
        "resident",
        NOTICE_VERSION,
        ["identity", "contact"],
    )
    assert visit.person is not None
    assert decode(opened(visit.person.identity), Person) == PERSON
    assert decode(opened(visit.person.mask), Mask) == Mask(name="测**", id_number="110105********002X")
    for private in (PERSON.name, PERSON.id_number, PERSON.address):
        assert private.encode() not in encode(visit)
    assert decode(encode(visit), Visit) == visit


@pytest.mark.parametrize(
    ("service", "consents", "fields"),
    [
        pytest.param("legal_aid", ("identity", "contact"), {"nation", "address"}, id="the form asks the nation"),
        pytest.param("mediation", ("identity",), {"nation"}, id="no address without its own consent"),
        pytest.param("legal_advice", ("identity", "contact"), {"address"}, id="advice asks no nation"),
        pytest.param("learning", ("identity",), set[str](), id="the least"),
    ],
)
def test_the_fewest_fields(service: Service, consents: tuple[Purpose, ...], fields: set[str]) -> None:
    person = fewest_fields(draft(service, *consents))
    assert person is not None
    assert {name for name in ("nation", "address") if getattr(person, name)} == fields
    assert (person.name, person.id_number, person.verified) == (PERSON.name, PERSON.id_number, True)


@pytest.mark.parametrize("consents", [(), ("contact",), ("guardian",)])
def test_without_consent_to_identity_the_visit_is_anonymous(consents: tuple[Purpose, ...]) -> None:
    visit = sealed_visit(draft("legal_advice", *consents), "en", ZH, SEAL)("42-00007-3")
    assert visit == Visit(number="42-00007-3", service="legal_advice", who="anonymous", language="en")


def test_what_waits_for_the_disk_holds_nothing_readable() -> None:
    make = sealed_visit(draft("mediation", "identity", "contact"), "zh", ZH, SEAL)
    held = repr([cell.cell_contents for cell in make.__closure__ or ()])
    assert PERSON.name not in held
    assert PERSON.id_number not in held


SAID = (("matter", "neighbours"), ("words", "测试的话"), ("phone", "00000000"))


def form(*consents: str, person: Person | None = None, answers: Answers = SAID) -> Visit:
    ticked: frozenset[Ticked] = frozenset(consents)  # type: ignore[arg-type]
    filled = Draft(visit=1, person=person, consents=ticked, service="legal_advice", answers=answers)
    return sealed_visit(filled, "zh", ZH, SEAL)("42-00007-3")


def test_a_message_is_sealed_and_reads_as_a_person_reads() -> None:
    visit = form("words", "contact")
    assert (visit.who, visit.matter, visit.consents, visit.person) == (
        "anonymous",
        "neighbours",
        ["contact", "words"],
        None,
    )
    assert visit.words is not None
    words = decode(opened(visit.words.box), Words)
    assert words.fields == dict(SAID)
    assert "测试的话" in words.text
    assert ZH("matter.neighbours") in words.text
    assert "测试的话".encode() not in encode(visit)
    assert b"00000000" not in encode(visit)


def test_a_telephone_number_without_its_tick_is_left_out() -> None:
    visit = form("words")
    assert visit.words is not None
    words = decode(opened(visit.words.box), Words)
    assert "phone" not in words.fields
    assert "00000000" not in words.text


def test_words_without_their_tick_are_left_out() -> None:
    visit = form("contact")
    assert (visit.words, visit.matter, visit.consents) == (None, None, [])


def test_a_named_message_says_where_to_call_back() -> None:
    visit = form("identity", "contact", "words", person=PERSON)
    assert visit.person is not None
    assert decode(opened(visit.person.identity), Person).phone == "00000000"
    assert visit.consents == ["identity", "contact", "words"]


def test_what_was_declared_goes_with_the_form() -> None:
    draft = Draft(
        visit=1, person=PERSON, consents=frozenset({"identity", "words", "voluntary"}), service="mediation",
        answers=(("matter", "house"), ("wishes", "pay,apologise")),
    )  # fmt: skip
    visit = sealed_visit(draft, "zh", ZH, SEAL)("42-00007-3")
    assert visit.words is not None
    words = decode(opened(visit.words.box), Words)
    assert words.fields["voluntary"] == "yes"
    assert f"{ZH('wish.pay')}, {ZH('wish.apologise')}" in words.text


@pytest.mark.parametrize(
    ("person", "who"),
    [
        pytest.param(PERSON, "card", id="read"),
        pytest.param(Person("测试甲", PERSON.id_number), "typed", id="typed"),
        pytest.param(Person("", "", service_card="12345678"), "service_card", id="service card"),
    ],
)
def test_how_it_is_known_who_came(person: Person, who: str) -> None:
    assert form("identity", "words", person=person).who == who


def test_a_childs_visit_says_who_agreed() -> None:
    ticked: frozenset[Ticked] = frozenset({"identity", "guardian"})
    child = Draft(visit=1, person=CHILD, minor=True, guardian=PERSON, consents=ticked, service="mediation")
    kept = fewest_fields(child)
    assert kept is not None
    assert (kept.guardian_name, kept.guardian_id_number) == (PERSON.name, PERSON.id_number)
    assert sealed_visit(child, "zh", ZH, SEAL)("42-00007-3").consents == ["identity", "guardian"]
    assert fewest_fields(child._replace(guardian=None)) is None, "nobody agreed: no name"
    assert fewest_fields(child._replace(consents=frozenset({"identity"}))) is None


def test_a_service_that_was_looked_at_is_nobodys() -> None:
    assert looked_at("learning", "en")("42-00007-3") == Visit("42-00007-3", "learning", "anonymous", "en")


@given(EPOCHS, st.integers(1, 99_999_999))
def test_a_number_leads_back_to_its_visit_and_to_no_other(epoch: str, seq: int) -> None:
    number = visit_number(epoch, seq)
    assert seq_of(number, epoch) == seq
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert seq_of(wrong, epoch) is None
    assert seq_of("42", epoch) is None


def test_no_visit_without_a_service() -> None:
    with pytest.raises(ValueError, match="without a service"):
        sealed_visit(Draft(visit=1), "zh", ZH, SEAL)


def test_of_the_card_the_authority_and_dates_are_not_kept() -> None:
    assert set(msgspec.structs.asdict(person_of(CARD))) & {"authority", "valid_from", "valid_to"} == set()
    assert person_of(CARD) == PERSON


@pytest.mark.parametrize(
    ("birth", "minor"),
    [
        pytest.param("2012-11-24", False, id="fourteen today"),
        pytest.param("2012-11-25", True, id="fourteen tomorrow"),
        pytest.param("1949-12-31", False, id="old"),
        pytest.param("2030-01-01", True, id="a clock that lags makes nobody older"),
        pytest.param("", False, id="no date on the card"),
        pytest.param("2012-02-30", False, id="no such day"),
    ],
)
def test_who_is_under_14(birth: str, minor: bool) -> None:
    assert is_minor(birth, date(2026, 11, 24)) is minor


def luhn_holds(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number.replace("-", ""))):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


@pytest.mark.parametrize(
    ("epoch", "seq", "number"),
    [
        pytest.param("0" * 16, 1, "10-00001-6", id="first of the lowest epoch"),
        pytest.param("0" * 14 + "59", 99_999, "99-99999-7", id="last of five digits"),
        pytest.param("f" * 16, 123_456_789, "25-123456789-8", id="nine digits"),
    ],
)
def test_numbers(epoch: str, seq: int, number: str) -> None:
    assert visit_number(epoch, seq) == number


@given(EPOCHS, st.integers(1, 999_999_999))
def test_a_number_fits_the_wire_and_its_check_digit_holds(epoch: str, seq: int) -> None:
    number = visit_number(epoch, seq)
    assert luhn_holds(number)
    msgspec.convert(
        {"kind": "visit", "number": number, "service": "document", "who": "anonymous", "language": "zh"}, Visit
    )


@given(EPOCHS, st.integers(1, 99_999), st.integers(0, 7), st.integers(1, 9))
def test_one_digit_read_out_wrong_is_noticed(epoch: str, seq: int, place: int, by: int) -> None:
    digits = list(visit_number(epoch, seq).replace("-", ""))
    digits[place] = str((int(digits[place]) + by) % 10)
    assert not luhn_holds("".join(digits))

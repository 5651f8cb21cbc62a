"""What the forms ask, and which answers will do."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.kiosk.forms import FORMS, MOST_CHOSEN, Answers, Field, flaw_of, next_field, template_form, with_option
from tests.station.kiosk.people import PERSON, number
from tests.station.kiosk.ways import LIBRARY

TODAY = date(2026, 11, 24)
UNBORN = number("99999920300101001")


def answered_all(form: tuple[Field, ...], *first: tuple[str, str]) -> list[str]:
    answers: Answers = ()
    given = dict(first)
    while (field := next_field(form, answers)) is not None:
        answers = (*answers, (field.id, given.get(field.id, field.options[0][0] if field.options else "1")))
    return [field for field, _ in answers]


@pytest.mark.parametrize("service", FORMS)
def test_a_form_ends_and_asks_nothing_twice(service: str) -> None:
    asked = answered_all(FORMS[service])  # type: ignore[index]
    assert len(asked) == len(set(asked)) > 2


def test_income_is_asked_of_all_but_migrant_workers_with_a_wage_claim() -> None:
    form = FORMS["legal_aid"]
    assert "income" not in answered_all(form, ("group", "migrant"), ("cause", "wages"))
    assert "income" in answered_all(form, ("group", "migrant"), ("cause", "injury"))
    assert "income" in answered_all(form, ("group", "elderly"), ("cause", "wages"))


PHONE = Field("phone", "phone", "x", optional=True)
NEEDED = Field("phone", "phone", "x")


@pytest.mark.parametrize(
    ("field", "entry", "flaw"),
    [
        pytest.param(NEEDED, "", "flaw.empty", id="nothing"),
        pytest.param(NEEDED, "  ", "flaw.empty", id="blanks"),
        pytest.param(PHONE, "", None, id="nothing, and it may be left out"),
        pytest.param(PHONE, "12", "flaw.phone", id="too short"),
        pytest.param(PHONE, "00000000000", None, id="a telephone number"),
        pytest.param(Field("d", "day", "x"), "20260230", "flaw.day", id="no such day"),
        pytest.param(Field("d", "day", "x"), "2026022", "flaw.day", id="a digit short"),
        pytest.param(Field("d", "day", "x"), "20260228", None, id="a day"),
        pytest.param(Field("n", "id_number", "x"), PERSON.id_number, None, id="a sound number"),
        pytest.param(Field("n", "id_number", "x"), "110105194912310021", "flaw.id_check", id="wrong check digit"),
        pytest.param(Field("n", "id_number", "x"), "1101051949", "flaw.id_form", id="too few digits"),
        pytest.param(Field("n", "id_number", "x"), UNBORN, "flaw.id_birth", id="not born yet"),
        pytest.param(Field("c", "choice", "x"), "", "flaw.choose", id="nothing chosen"),
        pytest.param(Field("v", "number", "x"), "4200007", "flaw.number", id="a digit short of a visit's number"),
    ],
)
def test_which_entries_will_do(field: Field, entry: str, flaw: str | None) -> None:
    assert flaw_of(field, entry, TODAY) == flaw


def test_a_birth_is_not_called_future_while_the_time_is_not_known() -> None:
    assert flaw_of(Field("n", "id_number", "x"), UNBORN, None) is None


@given(st.lists(st.sampled_from("abcde"), max_size=20))
def test_no_more_than_three_are_chosen_and_each_can_be_taken_back(options: list[str]) -> None:
    entry = ""
    for option in options:
        before = entry.split(",") if entry else []
        entry = with_option(entry, option)
        chosen = entry.split(",") if entry else []
        assert len(chosen) <= MOST_CHOSEN
        assert len(chosen) == len(set(chosen))
        assert (option in chosen) is (option not in before and len(before) < MOST_CHOSEN)


def test_a_templates_blanks_become_questions_in_the_countys_words() -> None:
    templates = LIBRARY.templates
    assert templates is not None
    who, how = template_form(templates.templates[0], "en")
    assert (who.label, who.kind, who.literal) == ("Lender", "text", True)
    assert (how.kind, how.options) == ("choice", (("现金", "现金"), ("转账", "转账")))

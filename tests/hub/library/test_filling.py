"""A row of a document to a form's fields and back; what is wrong of each field, at once."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.run import LIBRARY
from hub.library.desk import check
from hub.library.differences import differences
from hub.library.editing import Edited, EditError, edited, typed
from hub.library.filling import inputs_of, read, shown
from hub.library.shapes import SHAPES, empty, rows_of, with_own, with_rows
from wire.content import KINDS

ROSTER = SHAPES["roster"].row


def demo(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((LIBRARY / f"{name}.json").read_text("utf-8"))
    return content


@pytest.mark.parametrize("name", KINDS)
def test_a_document_goes_through_its_form_unchanged(name: str) -> None:
    shape, content = SHAPES[name], demo(name)
    rows = []
    for row in rows_of(name, content):
        back, wrong = read(shape.row, shown(shape.row, row))
        assert wrong == {}
        rows.append(back)
    own, wrong = read(shape.own, shown(shape.own, content))
    assert wrong == {}
    again = with_own(name, with_rows(name, content, rows) if shape.rows else content, own)
    assert again == content
    assert differences(name, content, again) == []


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        pytest.param("name", "", "needed", id="a name must be there"),
        pytest.param("name", "长" * 65, "long", id="and have 64 characters at most"),
        pytest.param("role", "mayor", "word", id="a role nobody has"),
        pytest.param("phone", "call me", "phone", id="letters are no telephone"),
        pytest.param("office_en", "Office", "needed", id="English without Chinese"),
        pytest.param("duties_1", "上午", "hours", id="hours nobody can read"),
        pytest.param("duties_1", "25:00-26:00", "hours", id="an hour there is not"),
        pytest.param("duties_1", "11:00-09:00", "order", id="the end before the beginning"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(field: str, value: str, why: str) -> None:
    values = shown(ROSTER, demo("roster")["people"][0]) | {field: value}
    if field == "office_en":
        values["office_zh"] = ""
    at = {"office_en": "office_zh"}.get(field, field)
    assert read(ROSTER, values)[1] == {at: why}


def test_every_wrong_field_is_said_at_once() -> None:
    wrong = read(ROSTER, {"phone": "x", "duties_3": "never", "role": "mayor"})[1]
    assert wrong == {"name": "needed", "phone": "phone", "duties_3": "hours", "role": "word"}


@pytest.mark.parametrize(
    "written", ["9:00-11:30,14:00-15:00", "9：00－11：30，14：00－15：00", "09:00至11:30；14:00到15:00"]
)
def test_hours_are_read_as_any_keyboard_writes_them(written: str) -> None:
    row = read(ROSTER, {"name": "甲", "role": "staff", "duties_2": written})[0]
    assert row["duties"] == [
        {"weekday": 2, "begins": "09:00", "ends": "11:30"},
        {"weekday": 2, "begins": "14:00", "ends": "15:00"},
    ]


@pytest.mark.parametrize("day", ["2026-02-30", "2026-2-3", "morgen", "<script>"])
def test_a_day_there_is_not_is_refused_before_a_kiosk_has_to(day: str) -> None:
    values = {"id": "a", "title_zh": "甲", "text_zh": "乙", "until": day}
    assert read(SHAPES["notices"].row, values)[1] == {"until": "day"}


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_typed_what_passes_the_form_passes_when_it_is_published(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["notices", "roster", "templates", "disclosure"]))
    parts = SHAPES[name].row
    known = shown(parts, rows_of(name, demo(name))[0])
    fields = data.draw(st.lists(st.sampled_from(sorted(inputs_of(parts))), max_size=4))
    values = known | {field: data.draw(st.text(max_size=20)) for field in fields}
    made, wrong = empty(name), {}
    try:
        made = edited(name, empty(name), Edited("row", "new", values, ""))
    except EditError as error:
        wrong = dict(error.wrong)
    assert set(wrong) <= set(inputs_of(parts))
    assert check(name, json.dumps(made)).name == name


def test_a_template_whose_text_names_a_gap_it_lacks_is_refused_at_its_text() -> None:
    content = demo("templates")
    values = shown(SHAPES["templates"].row, content["templates"][0]) | {"text": "今有 {nobody}"}
    with pytest.raises(EditError) as refused:
        edited("templates", content, Edited("row", "0", values, content["templates"][0]["title"]["zh"]))
    assert refused.value.wrong == {"text": "gap"}


def test_rows_are_moved_and_removed_only_where_they_were_seen() -> None:
    content = demo("roster")
    first, second = (one["name"] for one in content["people"][:2])
    moved = edited("roster", content, Edited("down", "0", {}, first))
    assert [one["name"] for one in moved["people"][:2]] == [second, first]
    assert first not in str(edited("roster", content, Edited("remove", "0", {}, first)))
    for row, was in (("0", second), ("99", first), ("-1", first), ("x", "")):
        with pytest.raises(EditError):
            edited("roster", content, Edited("remove", row, {}, was))


def test_a_new_row_has_an_id_that_nobody_had_to_think_of_and_none_has_twice() -> None:
    content = demo("notices")
    for _ in range(3):
        values = typed("notices", "new", {"title_zh": "停水", "text_zh": "明天"})
        content = edited("notices", content, Edited("row", "new", values, ""))
    ids = [one["id"] for one in content["notices"]]
    assert len(set(ids)) == len(ids) == 5


def test_differences_are_told_row_by_row() -> None:
    before = demo("roster")
    people = [dict(one) for one in before["people"]]
    people[0]["phone"] = "0000-0000009"
    after = {"people": [people[0], people[2], people[1], {"name": "新人", "role": "staff"}]}
    told = differences("roster", before, after)
    assert [(one.what, one.label) for one in told] == [
        ("changed", "测试工作员"), ("moved", "测试调解员"), ("moved", "测试律师"), ("added", "新人"),
        ("removed", "测试明白人"),
    ]  # fmt: skip
    assert [(one.part, one.before, one.after) for one in told[0].fields] == [("phone", "0000-0000001", "0000-0000009")]

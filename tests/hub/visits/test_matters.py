"""What a person is told of their matters, and what is left out when it is too much."""

import msgspec
import pytest
from nacl.public import PrivateKey

from hub.visits.matters import MOST_NOTE, Matter, Step, cases, fitted
from hub.visits.opening import Unsealer
from wire.asking import MOST_CASES, MOST_STEPS, Case, Cases, CaseStep

UNSEALER = Unsealer(bytes(PrivateKey(bytes(range(32)))))
OTHER = Unsealer(bytes(PrivateKey.generate()))


def step(key: int, state: str, note: str | None = None, withdrawn_ms: int | None = None) -> Step:
    return Step(key, 1, 1_000 + key, "测试员", state, None if note is None else UNSEALER.seal_note(note), withdrawn_ms)


def told(*steps: Step) -> list[CaseStep]:
    (case,) = cases([Matter(1, "12-00001-1", "mediation", 1_000)], {1: list(steps)}, 0, UNSEALER).cases
    return case.steps


def test_a_visit_is_received_and_then_what_the_county_did_with_its_notes_opened():
    assert told(step(1, "assigned"), step(2, "answered", "请周三来")) == [
        CaseStep(1_000, "received"),
        CaseStep(1_001, "assigned"),
        CaseStep(1_002, "answered", "请周三来"),
    ]


def test_what_was_taken_back_is_not_told():
    assert [one.state for one in told(step(1, "answered", "误", 5_000), step(2, "closed"))] == ["received", "closed"]


def test_a_note_of_another_key_is_left_out_and_its_step_told():
    other = step(1, "answered")._replace(note=OTHER.seal_note("别的县"))
    assert told(other)[1] == CaseStep(1_001, "answered")


def test_a_long_history_keeps_its_beginning_and_its_newest():
    steps = told(*(step(key, "assigned") for key in range(1, 30)))
    assert len(steps) == MOST_STEPS
    assert (steps[0].state, steps[1].at_ms, steps[-1].at_ms) == ("received", 1_019, 1_029)


def full(note: str) -> Cases:
    every = [
        Case(
            f"12-{row:05d}-1",
            "mediation",
            90_000 - row * 1_000,
            [CaseStep(90_000 - row * 1_000 + place, "answered", note) for place in range(MOST_STEPS)],
        )
        for row in range(MOST_CASES)
    ]
    return Cases(every, 3)


def test_what_fits_is_told_whole():
    whole = full("好")
    assert fitted(whole, 100_000) == whole


@pytest.mark.parametrize("room", [16_336, 8_000, 2_500])
def test_too_much_loses_its_oldest_notes_first(room: int):
    kept = fitted(full("请" * MOST_NOTE), room)
    assert len(msgspec.json.encode(kept)) <= room
    notes = [bool(one.note) for case in kept.cases for one in reversed(case.steps)]
    assert notes == sorted(notes, reverse=True), "a newer note is never left out for an older one"
    assert len(kept.cases) + kept.more == MOST_CASES + 3
    assert [case.number for case in kept.cases] == [f"12-{row:05d}-1" for row in range(len(kept.cases))]


def test_as_many_notes_as_fit_are_kept():
    kept = fitted(full("请" * MOST_NOTE), 16_336)
    note = len(("请" * MOST_NOTE).encode())
    assert 16_336 - len(msgspec.json.encode(kept)) < note + len('"note":"",')


def test_with_room_for_nothing_all_are_counted():
    assert fitted(full("x"), 30) == Cases([], MOST_CASES + 3)

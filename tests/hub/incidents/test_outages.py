"""A short form of `./run bench outages`: forty outages of other seeds, each told as it was."""

import pytest

from demo.villages import made_up_county
from tests.hub.incidents.scenarios import outage
from tests.hub.incidents.verdict import Verdict, verdict_on

TOWNS = {village.code: village.town for village in made_up_county()}


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return [verdict_on(outage(TOWNS, seed), seed) for seed in range(50_000, 50_040)]


def test_forty_outages_are_told_as_they_were(verdicts: list[Verdict]) -> None:
    assert [verdict for verdict in verdicts if not verdict.right] == []
    assert len({verdict.kind for verdict in verdicts}) > 12


def test_no_town_is_named_that_was_not_cut(verdicts: list[Verdict]) -> None:
    assert [verdict for verdict in verdicts if verdict.false_places] == []


def test_nobody_is_called_down_who_never_was(verdicts: list[Verdict]) -> None:
    assert sum(verdict.false_offline for verdict in verdicts) == 0


def test_an_operator_has_at_most_ten_letters_in_ten_minutes(verdicts: list[Verdict]) -> None:
    assert max(verdict.letters for verdict in verdicts) <= 10


def test_an_announced_cut_of_a_town_is_named_within_five_seconds(verdicts: list[Verdict]) -> None:
    delays = [ms for verdict in verdicts if verdict.kind.startswith("town, announced") for ms in verdict.delays_ms]
    assert delays
    assert max(delays) < 5_000

"""Bookkeeping of open troubles: what is told of those who come and go within one tick, and what is refused."""

import pytest

from hub.incidents.ledger import Leaf, Ledger, Open
from hub.incidents.trouble import Absorbed, Began, Ended, Node, Spread, Trouble

TOWN = Trouble("down", Node("town", "镇"))
COUNTY = Trouble("down", Node("county"))
LEAVES = [Leaf(code, "镇", 0) for code in "abc"]


def opened(ledger: Ledger, trouble: Trouble, leaves: list[Leaf], **more: object) -> Open:
    return ledger.begin(trouble, leaves, 5, since_ms=3, shown_ms=4, reason="why", **more)  # type: ignore[arg-type]


@pytest.fixture
def ledger() -> Ledger:
    for leaf in LEAVES:
        leaf.by.clear()
    return Ledger()


def test_who_leaves_and_joins_again_before_it_is_told_did_neither(ledger: Ledger) -> None:
    entry = opened(ledger, TOWN, LEAVES[:2])
    assert ledger.take(5) == [Began(TOWN, 3, ("a", "b"), "why")]
    ledger.leave(entry, LEAVES[:1])
    ledger.join(entry, LEAVES[:1])
    assert ledger.take(6) == []
    ledger.join(entry, LEAVES[2:])
    ledger.leave(entry, LEAVES[2:])
    assert ledger.take(7) == []


def test_a_greater_one_is_told_before_what_it_absorbs_with_whom_it_took_over(ledger: Ledger) -> None:
    small = opened(ledger, TOWN, LEAVES[:2])
    ledger.take(5)
    opened(ledger, COUNTY, LEAVES[2:], absorbs=[small])
    assert ledger.take(6) == [Began(COUNTY, 3, ("a", "b", "c"), "why"), Absorbed(TOWN, COUNTY, 5)]
    assert {leaf.by["down"].trouble for leaf in LEAVES} == {COUNTY}


def test_what_ends_tells_nothing_of_who_left_it(ledger: Ledger) -> None:
    entry = opened(ledger, TOWN, LEAVES)
    ledger.take(5)
    ledger.leave(entry, LEAVES[:1])
    ledger.end(entry, 1)
    assert ledger.take(6) == [Ended(TOWN, 3)], "and ends no earlier than it began"
    assert [leaf.by for leaf in LEAVES] == [{}, {}, {}]


def test_all_that_moved_in_one_tick_is_told_at_once(ledger: Ledger) -> None:
    entry = opened(ledger, TOWN, LEAVES[:2])
    ledger.take(5)
    ledger.leave(entry, LEAVES[:1])
    ledger.join(entry, LEAVES[2:])
    assert ledger.take(6) == [Spread(TOWN, 6, ("c",), ("a",))]


def test_of_one_key_one_is_open(ledger: Ledger) -> None:
    opened(ledger, TOWN, LEAVES)
    with pytest.raises(ValueError, match="open already"):
        opened(ledger, TOWN, LEAVES)

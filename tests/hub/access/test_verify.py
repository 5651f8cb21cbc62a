"""The audit log's chain: whatever is changed, left out, moved or cut off is found, and where."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.access.caller import by_command
from hub.access.chain import FIRST, MOST, Deed, check_digest, entry_of, fingerprint_of, link
from hub.access.verify import DIGESTS, Head, Linked, Wrong, expected, verify
from hub.errors import HubError

KEY = bytes(range(32))
AT_MS = 1_795_545_000_000
texts = st.text(st.characters(exclude_categories=("C",)), max_size=6)


def chained(deeds: list[tuple[str, str]], key: bytes = KEY, digests: str = "0") -> list[Linked]:
    """Return a log of deeds (who, subject); `digests` says of each, in turn, by which of DIGESTS."""
    rows, before = list[Linked](), FIRST
    for index, (who, subject) in enumerate(deeds):
        deed, digest = Deed("visit.open", subject, "事由"), DIGESTS[int(digests[index % len(digests)])]
        entry = entry_of(index + 1, AT_MS + index, by_command(who), deed, "command")
        before = link(key, before, entry, digest)
        rows.append(Linked(entry, digest, before))
    return rows


def head_of(rows: list[Linked]) -> Head:
    return Head(len(rows), rows[-1].link if rows else FIRST)


LOG = chained([("甲", "一"), ("乙", "二"), ("甲", "三"), ("丙", "四"), ("甲", "五")])
HEAD = head_of(LOG)


def found(rows: list[Linked], head: Head | None = HEAD, wanted: dict[int, str] | None = None) -> Wrong | None:
    return verify(KEY, rows, head, wanted).wrong


def test_a_log_nobody_touched_holds_and_says_where_it_ends() -> None:
    verdict = verify(KEY, LOG, HEAD, {3: fingerprint_of(LOG[2].link), 5: fingerprint_of(LOG[4].link)})
    assert (verdict.held, verdict.wrong, verdict.link) == (5, None, LOG[4].link)
    assert verify(KEY, [], Head(0, FIRST)).wrong is None


def test_a_log_holds_across_a_change_of_the_digest() -> None:
    log = chained([("甲", str(number)) for number in range(6)], digests="001100")
    assert verify(KEY, log, head_of(log)).wrong is None
    claimed = [*log[:2], log[2]._replace(digest="sha256"), *log[3:]]
    assert found(claimed, head_of(log)) == Wrong(3, "changed"), "another digest than it was chained by is a change"


def test_without_the_key_nobody_makes_a_log_that_holds() -> None:
    forged = chained([("甲", "一"), ("乙", "二")], key=bytes(32))
    assert found(forged, head_of(forged)) == Wrong(1, "changed")


def renumbered(rows: list[Linked]) -> list[Linked]:
    return [row._replace(entry=row.entry._replace(number=index)) for index, row in enumerate(rows, 1)]


def swapped(first: int, second: int) -> list[Linked]:
    rows = list(LOG)
    rows[first], rows[second] = rows[second], rows[first]
    return renumbered(rows)


@pytest.mark.parametrize(
    ("rows", "head", "wrong"),
    [
        pytest.param([*LOG[:1], *LOG[2:]], HEAD, Wrong(2, "missing"), id="one is gone"),
        pytest.param(LOG[1:], HEAD, Wrong(1, "missing"), id="the first is gone"),
        pytest.param(
            renumbered([*LOG[:1], *LOG[2:]]), HEAD, Wrong(2, "changed"), id="one is gone, the rest renumbered"
        ),
        pytest.param(LOG[:3], HEAD, Wrong(4, "cut"), id="its end is gone"),
        pytest.param([], HEAD, Wrong(1, "cut"), id="all of it is gone"),
        pytest.param(LOG, head_of(LOG[:3]), Wrong(4, "more"), id="its head tells of an earlier end"),
        pytest.param(LOG, None, Wrong(5, "head"), id="its head is gone"),
        pytest.param(LOG, Head(5, bytes(32)), Wrong(5, "head"), id="its head names another link"),
        pytest.param(swapped(1, 2), HEAD, Wrong(2, "moved", 3), id="two beside each other changed places"),
        pytest.param(swapped(0, 3), HEAD, Wrong(1, "moved", 4), id="two far from each other changed places"),
        pytest.param(
            [*LOG[:2], LOG[2]._replace(digest="md5"), *LOG[3:]], HEAD, Wrong(3, "digest"), id="no digest of ours"
        ),
        pytest.param([*LOG[:2], LOG[1], *LOG[2:]], HEAD, Wrong(3, "changed"), id="one stands there twice"),
    ],
)
def test_what_was_done_to_it_is_named_at_the_first_place(rows: list[Linked], head: Head | None, wrong: Wrong) -> None:
    verdict = verify(KEY, rows, head)
    assert verdict.wrong == wrong
    assert verdict.held == wrong.number - 1 or wrong.why in {"head", "more"}


def test_a_shorter_log_that_holds_is_found_by_what_was_written_down() -> None:
    cut = LOG[:3]
    assert found(cut, head_of(cut)) is None, "its end and its head were cut off together"
    assert found(cut, head_of(cut), {5: fingerprint_of(LOG[4].link)}) == Wrong(4, "cut")


def test_a_log_written_anew_with_the_key_is_found_by_what_was_written_down() -> None:
    anew = chained([("甲", "一"), ("乙", "另"), ("甲", "三"), ("丙", "四"), ("甲", "五")])
    assert found(anew, head_of(anew)) is None
    assert found(anew, head_of(anew), {4: fingerprint_of(LOG[3].link)}) == Wrong(4, "rewritten")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_single_change_anywhere_is_found(data: st.DataObject) -> None:
    deeds = data.draw(st.lists(st.tuples(texts, texts), min_size=1, max_size=8))
    log = chained(deeds, digests=data.draw(st.text("01", min_size=1, max_size=4)))
    index = data.draw(st.integers(0, len(log) - 1))
    row = log[index]
    place = data.draw(st.sampled_from([*row.entry._fields, "link", "digest"]))
    if place == "link":
        bit = data.draw(st.integers(0, 255))
        changed = row._replace(link=(int.from_bytes(row.link) ^ 1 << bit).to_bytes(32))
    elif place == "digest":
        changed = row._replace(
            digest=data.draw(st.sampled_from(["sha256", "sm3", "md5", ""]).filter(row.digest.__ne__))
        )
    else:
        was = getattr(row.entry, place)
        other = st.integers(0, 2**53) if isinstance(was, int) else texts
        changed = row._replace(entry=row.entry._replace(**{place: data.draw(other.filter(lambda new: new != was))}))
    verdict = verify(KEY, [*log[:index], changed, *log[index + 1 :]], head_of(log))
    assert verdict.wrong is not None
    assert verdict.wrong.number <= index + 1
    assert verdict.held <= index


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_other_order_and_any_part_of_it_is_found(data: st.DataObject) -> None:
    log = chained([(str(number), "") for number in range(data.draw(st.integers(2, 8)))])
    kept = data.draw(st.lists(st.sampled_from(log), max_size=len(log) + 1).filter(lambda rows: rows != log))
    rows = renumbered(kept) if data.draw(st.booleans()) else sorted(kept, key=lambda row: row.entry.number)
    if [row.entry for row in rows] != [row.entry for row in log]:
        assert verify(KEY, rows, head_of(log)).wrong is not None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("128:3f2a-91bc-0d4e-77a1", (128, "3f2a-91bc-0d4e-77a1")),
        (" 128 : 3F2A 91BC 0D4E 77A1 ", (128, "3f2a-91bc-0d4e-77a1")),
        ("0:3f2a-91bc-0d4e-77a1", None),
        ("128:3f2a-91bc", None),
        ("3f2a-91bc-0d4e-77a1", None),
        ("128:zzzz-91bc-0d4e-77a1", None),
    ],
)
def test_what_was_written_down_is_read_as_people_write(typed: str, read: tuple[int, str] | None) -> None:
    assert expected(typed) == read


def test_what_is_too_long_for_the_log_is_kept_to_where_it_fits_and_says_so() -> None:
    entry = entry_of(1, AT_MS, by_command("甲"), Deed("visit.open", "长" * 500, "事" * MOST), "command")
    assert (len(entry.subject), entry.subject[-1], entry.reason) == (MOST, "…", "事" * MOST)


def test_a_digest_this_machine_lacks_is_said_at_the_start() -> None:
    for digest in DIGESTS:
        check_digest(digest)
    with pytest.raises(HubError, match="E-AUDIT-02"):
        check_digest("sm4")

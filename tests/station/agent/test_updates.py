"""The agent and root's updater: an order is handed on, what became of it is recorded once, calls for help are told."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from station.agent.guard import GuardedSpool
from station.agent.updates import UpdateDesk
from station.clock import Clock
from station.store.handover import add_outcome, drop_order, read_order, read_told
from station.store.spool import FILE_NAME
from wire.orders import Command
from wire.records import DeviceEvent, Emergency
from wire.release import Release, UpdateOrder

HUB = "http://10.0.0.5:8080"
ORDER = {"release": "1.2", "sequence": 7, "sha256": "a" * 64, "bytes": 5}


@pytest.fixture
def slot(tmp_path: Path) -> Path:
    slot = tmp_path / "opt" / "slots" / "1.1"
    slot.mkdir(parents=True)
    (slot / "release.json").write_bytes(msgspec.json.encode(Release("1.1", 6, "3.11", "3.14", "b" * 64)))
    return slot


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[GuardedSpool]:
    spool = GuardedSpool(tmp_path / FILE_NAME, 10_000_000)
    yield spool
    spool.close()


def events(spool: GuardedSpool) -> list[tuple[str, str]]:
    found = [msgspec.json.decode(one.body, type=DeviceEvent) for one in spool.pending(0, most=50, most_bytes=10**6)]
    return [(one.code, one.note) for one in found if one.device == "software"]


def test_it_says_which_release_it_is(tmp_path: Path, slot: Path) -> None:
    release = UpdateDesk(tmp_path, HUB, slot).release
    assert release is not None
    assert release.sequence == 6
    assert UpdateDesk(tmp_path, HUB).release is None


def test_an_order_is_handed_on_and_answered_at_once(tmp_path: Path, slot: Path) -> None:
    desk = UpdateDesk(tmp_path, HUB, slot)
    answer = desk.carry_out(Command("c", "update", 1, {**ORDER, "url": f"{HUB}/"}))
    assert (answer.outcome, answer.note) == ("done", "1.2")
    assert read_order(tmp_path) == UpdateOrder("1.2", 7, "a" * 64, 5, f"{HUB}/")
    drop_order(tmp_path)
    assert read_order(tmp_path) is None


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param({"sequence": 0}, "E-CMD-05", id="no number"),
        pytest.param({"release": "../etc"}, "E-CMD-05", id="a name that leads elsewhere"),
        pytest.param({"bytes": 2**40}, "E-CMD-05", id="more than a card holds"),
        pytest.param({"url": "http://10.6.6.6"}, "E-UPD-07", id="another hub"),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused(
    tmp_path: Path, slot: Path, changed: dict[str, str | int], why: str
) -> None:
    answer = UpdateDesk(tmp_path, HUB, slot).carry_out(Command("c", "update", 1, {**ORDER, **changed}))
    assert (answer.outcome, answer.note) == ("failed", why)
    assert read_order(tmp_path) is None


def test_without_a_hub_or_a_slot_there_is_nothing_to_update(tmp_path: Path, slot: Path) -> None:
    assert UpdateDesk(tmp_path, None, slot).carry_out(Command("c", "update", 1, dict(ORDER))).note == "E-UPD-07"
    assert UpdateDesk(tmp_path, HUB).carry_out(Command("c", "update", 1, dict(ORDER))).note == "E-UPD-07"


def test_what_became_of_an_update_is_recorded_once(tmp_path: Path, slot: Path, spool: GuardedSpool) -> None:
    software, now = slot.parents[1], Clock().now()
    desk = UpdateDesk(tmp_path, HUB, slot)
    assert not desk.look(spool, now)
    add_outcome(software, "kept", "1.1")
    assert desk.look(spool, now)
    assert not desk.look(spool, now)
    add_outcome(software, "kept", "1.1")  # said again: the same word
    add_outcome(software, "E-UPD-11", "1.2")
    assert UpdateDesk(tmp_path, HUB, slot).look(spool, now)  # the next agent
    assert events(spool) == [("kept", "1.1"), ("E-UPD-11", "1.2")]


def test_the_updater_is_told_whether_the_hub_answers_and_whether_a_call_waits(
    tmp_path: Path, slot: Path, spool: GuardedSpool
) -> None:
    desk, now = UpdateDesk(tmp_path, HUB, slot), Clock().now()
    desk.look(spool, now)
    told = read_told(tmp_path)
    assert told is not None
    assert (told.online, told.welcomed_ms, told.calls) == (False, None, False)
    seq = spool.spool.append(lambda _: Emergency("call-1"), now, urgent=True)
    desk.hub(True, now)
    desk.look(spool, now)
    told = read_told(tmp_path)
    assert told is not None
    assert (told.online, told.welcomed_ms, told.calls) == (True, now.mono_ms, True)
    spool.note_urgent([seq])
    desk.look(spool, now)
    told = read_told(tmp_path)
    assert told is not None
    assert not told.calls


def test_a_link_or_a_large_file_is_not_read_as_root(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(msgspec.json.encode(ORDER))
    (tmp_path / "update.order").symlink_to("elsewhere")
    assert read_order(tmp_path) is None
    (tmp_path / "update.order").unlink()
    (tmp_path / "update.order").write_bytes(b" " * 40_000 + msgspec.json.encode(ORDER))
    assert read_order(tmp_path) is None

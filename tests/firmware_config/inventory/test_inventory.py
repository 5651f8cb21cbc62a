"""The inventory's file: whole after a cut at any write, changed by one command at a time, and what undo takes back."""

import contextlib
import datetime as dt
import json
import multiprocessing
from pathlib import Path

import pytest

from firmware_config.errors import ProvisionError
from firmware_config.inventory.entry import BuiltBundle, Entry, WrittenCard, state_of
from firmware_config.inventory.exchange import export_of, take_in
from firmware_config.inventory.inventory import Inventory
from firmware_config.inventory.storage import locked
from tests.cutting import CutError, disk
from wire.enrolment import token_digest
from wire.inventory import HubStation, HubView, IssuedCertificate

NOW = dt.datetime.now(dt.UTC)
ONE, TWO = "999999101001", "999999101002"


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    inventory = Inventory.open(tmp_path)
    with inventory.changing("import", undoable=True) as draft:
        for code in (ONE, TWO):
            draft.entries[code] = Entry(code, f"测试{code[-1]}村", "测试镇")
    return inventory


def refusal(code: str) -> pytest.RaisesExc[ProvisionError]:
    return pytest.raises(ProvisionError, match=rf"^{code} .*[\u4e00-\u9fff]")


def test_what_was_changed_is_read_by_whoever_opens_it_next(inventory: Inventory) -> None:
    inventory.change(ONE, printer="HP", what="a printer")
    again = Inventory.open(inventory.folder)
    assert [(entry.code, entry.printer, entry.plan) for entry in again.all()] == [(ONE, "HP", 1), (TWO, None, 0)]
    assert [(one.number, one.what, one.stations) for one in again.history(ONE)] == [
        (1, "import", {ONE: "added"}),
        (2, "a printer", {ONE: "printer"}),
    ]
    assert (again.folder / "inventory.json").stat().st_mode & 0o077 == 0


def put_back(inventory: Inventory) -> None:
    """Change the inventory back to how it began, after a cut too."""
    inventory.change(ONE, printer=None)
    inventory.change(ONE, plan=0)


def test_a_cut_at_any_write_leaves_the_inventory_as_it_was_or_as_it_was_to_be(inventory: Inventory) -> None:
    folder = inventory.folder
    before = Inventory.open(folder).all()
    inventory.change(ONE, printer="HP")
    after = Inventory.open(folder).all()
    seen, at, is_cut = set(), 0, True
    while is_cut:
        put_back(inventory)
        at += 1
        with disk(at) as watched, contextlib.suppress(CutError):
            inventory.change(ONE, printer="HP")
        is_cut = watched.dead
        found = Inventory.open(folder).all()
        assert found in (before, after), watched.done[-1]
        seen.add(found == after)
    assert at > 10
    assert seen == {False, True}


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"\xff", b'{"station": {"1": {"code": "x"}}}', b'{"station": {"a": {}}}', b'{"station": 1}',
        b'{"station": {"1": {"code": "999999101001", "name": "a", "town": "b", "colour": 1}}}',
        b'{"station": {"1": {"code": "999999101001", "name": "a", "town": "b"}, '
        b'"2": {"code": "888888101001", "name": "a", "town": "b"}}}',
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_damaged_file_is_told_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "inventory.json"
    file.write_bytes(content)
    with refusal("E-INV-05"):
        Inventory.open(tmp_path)
    with refusal("E-INV-05"):
        Inventory(tmp_path).change(ONE, printer="HP")
    assert file.read_bytes() == content


def test_the_file_before_the_last_change_is_beside_it(inventory: Inventory) -> None:
    before = (inventory.folder / "inventory.json").read_bytes()
    inventory.change(ONE, printer="HP")
    assert (inventory.folder / "inventory.before.json").read_bytes() == before


def _notes(folder: Path, code: str, times: int) -> None:
    for number in range(times):
        Inventory.open(folder).change(code, note=str(number))


def test_two_commands_at_once_lose_nothing(inventory: Inventory) -> None:
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=_notes, args=(inventory.folder, code, 15)) for code in (ONE, TWO)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert [entry.note for entry in inventory.all()] == ["14", "14"]
    assert [one.number for one in inventory.history()] == list(range(1, 32))


def test_a_command_that_waits_too_long_says_who_is_in_the_way(inventory: Inventory) -> None:
    with locked(inventory.folder), refusal("E-INV-06"), locked(inventory.folder, within_s=0):
        pass


def test_a_value_that_would_not_be_read_back_is_not_written(inventory: Inventory) -> None:
    before = (inventory.folder / "inventory.json").read_bytes()
    with refusal("E-INV-11"):
        inventory.change(ONE, name="")
    with refusal("E-INV-07"):
        inventory.change("999999101009", name="x")
    assert (inventory.folder / "inventory.json").read_bytes() == before


def test_undo_takes_back_the_last_change_of_plan_and_then_itself(inventory: Inventory) -> None:
    with inventory.changing("set", undoable=True) as draft:
        draft.change(ONE, printer="HP")
    assert inventory.undo().stations == {ONE: "printer"}
    assert inventory.get(ONE).printer is None
    inventory.undo()
    assert inventory.get(ONE).printer == "HP"
    assert inventory.get(ONE).plan == 3, "a bundle of an undone plan never seems current"


def test_what_came_after_a_label_is_not_undone(inventory: Inventory) -> None:
    inventory.mint(ONE, NOW)
    with refusal("E-INV-10"):
        inventory.undo()
    assert inventory.get(ONE).token is not None


def burn(inventory: Inventory, digest: str) -> None:
    with inventory.changing("enrol by stick") as draft:
        draft.burn(ONE, digest, IssuedCertificate(ONE, "pem", draft.now_ms, "laptop", digest))


def test_a_token_is_kept_as_its_digest_and_burnt_once(inventory: Inventory) -> None:
    token = inventory.mint(ONE, NOW, days=90)
    assert token not in (inventory.folder / "inventory.json").read_text()
    with refusal("E-INV-09"):
        burn(inventory, token_digest("0" * 16))
    burn(inventory, token_digest(token))
    with refusal("E-INV-09"):
        burn(inventory, token_digest(token))
    exported = export_of("999999", inventory.all(), 1)
    assert (exported.tokens, [one.station for one in exported.issued]) == ([], [ONE])


def test_an_expired_token_enrols_nobody(inventory: Inventory) -> None:
    token = inventory.mint(ONE, NOW - dt.timedelta(days=3), days=2)
    with refusal("E-INV-09"):
        burn(inventory, token_digest(token))


def test_a_station_is_as_far_as_the_last_thing_that_was_made_for_it(inventory: Inventory) -> None:
    def state(**changes: object) -> str:
        return state_of(inventory.change(ONE, **changes))

    bundle = BuiltBundle(1, 1, 2, "0" * 64, "a" * 64, plan=0)
    assert state() == "planned"
    inventory.mint(ONE, NOW)
    assert state() == "labelled"
    assert state(bundle=bundle) == "bundled"
    assert state(card=WrittenCard(5, "b" * 64)) == "bundled", "the card of another bundle"
    assert state(card=WrittenCard(5, "a" * 64)) == "carded"
    assert state(printer="HP") == "labelled", "the plan is another one now"
    assert state(issued=[IssuedCertificate(ONE, "pem", 1, "laptop")]) == "enrolled"
    assert state(accepted_ms=7) == "accepted"
    assert state(revoked_ms=8) == "revoked"


def test_what_the_hub_says_comes_back(inventory: Inventory) -> None:
    inventory.mint(ONE, NOW)
    token = inventory.get(ONE).token
    assert token is not None
    made_ms = token.made_ms
    seen = HubStation(ONE, "测试1村", "测试镇", "online", serial="0a", token=token.digest, token_burnt_ms=made_ms + 5)
    stranger = HubStation("999999101009", "别村", "测试镇", "unknown")
    view = HubView("999999", made_ms, [seen, stranger])
    with inventory.changing("from hub") as draft:
        heard = take_in(draft, view, "999999")
    assert heard == ([ONE], ["999999101009"], [TWO], [])
    assert state_of(inventory.get(ONE)) == "enrolled"
    assert export_of("999999", inventory.all(), made_ms + 9).tokens == [], "it is burnt"
    inventory.mint(ONE, NOW)
    with inventory.changing("again") as draft:
        take_in(draft, view, "999999")
    newer = inventory.get(ONE).token
    assert newer is not None
    assert newer.burnt_ms is None, "the hub spoke of the label before"
    with inventory.changing("again") as draft, refusal("E-INV-13"):
        take_in(draft, HubView("888888", 1, []), "999999")


def test_a_county_of_2500_is_changed_in_a_blink(tmp_path: Path) -> None:
    inventory = Inventory.open(tmp_path)
    with inventory.changing("import") as draft:
        for number in range(2500):
            code = f"9999991{number:05d}"
            draft.entries[code] = Entry(code, "测试村", "测试镇")
    began = dt.datetime.now(dt.UTC)
    inventory.change("999999100000", printer="HP")
    assert dt.datetime.now(dt.UTC) - began < dt.timedelta(seconds=2)
    assert len(json.loads((tmp_path / "inventory.json").read_bytes())["station"]) == 2500

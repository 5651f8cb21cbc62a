"""`hub enrolment …` and the technician's inventory, as somebody at the centre's machine uses them."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from firmware_config.broker import denied_in
from firmware_config.identity.issuing import Issuer, Revoked, read_request
from firmware_config.toml import to_toml
from hub.__main__ import main
from hub.clock import now_ms
from hub.desks.speaking import Answer
from hub.store.enrolment import EnrolmentReader
from hub.store.enrolment_doubts import DoubtsReader
from station.identity.keys import pending_key, request_pem
from tests.hub.enrolment.ground import DAY_MS, OTHER, STATION, VILLAGES, Ground, Machine
from tests.hub.enrolment.test_enrolling import asked, code, enrolled, renewed, take
from wire.enrolment import EnrolReply, new_token, token_digest
from wire.inventory import HubView, InventoryExport, InventoryStation, InventoryToken, IssuedCertificate


class Centre(Ground):
    """The ground with its commands."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        super().__init__(folder)
        self._capsys, self._patch = capsys, patch
        (folder / "hub.toml").write_text(to_toml(self.settings), "utf-8")
        self.out = self.err = ""

    def hub(self, *words: object) -> int:
        argv = ["hub", "enrolment", str(words[0]), "--config", str(self.folder / "hub.toml"), *map(str, words[1:])]
        self._patch.setattr("sys.argv", argv)
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        return status

    def json(self, *words: object) -> Any:
        self.hub(*words, "--json")
        return json.loads(self.out)

    def imports(self, export: InventoryExport, *words: object) -> Any:
        (self.folder / "export.json").write_bytes(msgspec.json.encode(export))
        return self.json("import", self.folder / "export.json", "--by", "王", *words)

    @property
    def reader(self) -> EnrolmentReader:
        return EnrolmentReader(self.database.reader)

    def denied(self) -> set[str]:
        return set(denied_in((self.folder / "trust" / "acl").read_text()))


@pytest.fixture
def centre(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    made = Centre(tmp_path / "hub", capsys, monkeypatch)
    yield made
    made.close()


def export(*tokens: tuple[str, str, int], issued: tuple[IssuedCertificate, ...] = ()) -> InventoryExport:
    """Return the inventory of all the hub's villages, with tokens (station, token, made) of 90 days."""
    return InventoryExport(
        "999999",
        now_ms(),
        [InventoryStation(*village) for village in VILLAGES],
        [InventoryToken(station, token_digest(token), made, made + 90 * DAY_MS) for station, token, made in tokens],
        list(issued),
    )


def by_stick(machine: Machine, laptop: Issuer, token: str, issued_ms: int) -> IssuedCertificate:
    """Have a laptop issue to a machine, which takes it; return what the laptop's inventory says of that."""
    request = read_request(request_pem(pending_key(machine.folder), machine.station))
    chain = laptop.issue(request, machine.station, dt.datetime.fromtimestamp(issued_ms / 1000, dt.UTC))
    take(machine, answer(chain.pem, machine.station))
    return IssuedCertificate(machine.station, chain.pem.decode(), issued_ms, "laptop 王", token_digest(token))


def answer(pem: bytes, station: str) -> Any:
    return Answer(200, EnrolReply(station, pem.decode()))


TOKEN, NEWER = new_token(bytes(10)), new_token(bytes([7] * 10))


def test_the_technicians_labels_enrol_after_an_import_and_again_it_changes_nothing(
    centre: Centre, tmp_path: Path
) -> None:
    made = now_ms() - DAY_MS
    first = centre.imports(export((STATION, TOKEN, made)))
    assert (first["tokens"], first["replaced"], first["unlisted"]) == (1, 0, [])
    again = centre.imports(export((STATION, TOKEN, made)))
    assert not any(again.values()), again
    take(Machine(tmp_path / "a", centre), asked(centre, Machine(tmp_path / "a", centre).request(TOKEN)))
    assert not any(centre.imports(export((STATION, TOKEN, made))).values()), "used meanwhile: it stays so"


def test_a_newer_label_takes_the_older_ones_place(centre: Centre, tmp_path: Path) -> None:
    made = now_ms() - DAY_MS
    centre.imports(export((STATION, TOKEN, made)))
    assert centre.imports(export((STATION, NEWER, made + 1)))["replaced"] == 1
    assert code(asked(centre, Machine(tmp_path / "a", centre).request(TOKEN))) == "E-ENR-13"
    take(Machine(tmp_path / "a", centre), asked(centre, Machine(tmp_path / "a", centre).request(NEWER)))


def test_a_label_that_the_technician_took_back_enrols_nobody(centre: Centre, tmp_path: Path) -> None:
    made = now_ms() - DAY_MS
    known, unknown = export((STATION, TOKEN, made)), export((OTHER, NEWER, made))
    centre.imports(known)
    for told, replaced in ((known, 1), (unknown, 0)):
        told.tokens[0] = msgspec.structs.replace(told.tokens[0], revoked_ms=made + 5)
        assert centre.imports(told)["replaced"] == replaced
        assert not any(centre.imports(told).values())
    assert code(asked(centre, Machine(tmp_path / "a", centre).request(TOKEN))) == "E-ENR-13"
    assert code(asked(centre, Machine(tmp_path / "b", centre, OTHER).request(NEWER))) == "E-ENR-13"


def test_what_a_laptop_issued_burns_its_label_and_renews_here(centre: Centre, tmp_path: Path) -> None:
    made, machine, laptop = now_ms() - DAY_MS, Machine(tmp_path / "a", centre), centre.laptop()
    centre.imports(export((STATION, TOKEN, made)))
    issued = by_stick(machine, laptop, TOKEN, now_ms())
    told = centre.imports(export(issued=(issued,)))
    assert (told["certificates"], told["burnt"], told["twice"]) == (1, 1, [])
    assert code(asked(centre, Machine(tmp_path / "b", centre).request(TOKEN))) == "E-ENR-15"
    take(machine, renewed(machine))
    assert not any(centre.imports(export(issued=(issued,))).values())
    assert [one.how for one in centre.reader.of_station(STATION)[1]] == ["renewal", "stick"]


def test_whose_laptop_was_revoked_needs_a_new_label_and_is_told_so(centre: Centre, tmp_path: Path) -> None:
    laptop, issuers, now = centre.laptop(), centre.folder / "issuers", dt.datetime.now(dt.UTC)
    laptop.save(issuers, "laptop")
    issued = by_stick(Machine(tmp_path / "a", centre), laptop, TOKEN, now_ms())
    centre.imports(export((STATION, TOKEN, now_ms() - DAY_MS), issued=(issued,)))
    assert centre.json("list")["orphaned"] == []
    gone = Revoked(laptop.certificate.serial_number, now)
    (issuers / "ca.crl").write_bytes(centre.ca.issuer.revocation_list([gone], now))
    assert centre.json("list")["orphaned"] == [STATION]
    centre.hub("list")
    assert f"needs a new label: {STATION}" in centre.err


def test_a_station_may_renew_before_its_laptop_told_of_it(centre: Centre, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "a", centre)
    issued = by_stick(machine, centre.laptop(), TOKEN, now_ms())
    take(machine, renewed(machine))
    assert centre.imports(export(issued=(issued,)))["certificates"] == 1
    assert [(one.how, one.ended_why) for one in centre.reader.of_station(STATION)[1]] == [
        ("renewal", None),
        ("stick", None),
    ]
    take(machine, renewed(machine))


def test_a_label_used_at_the_hub_and_at_a_laptop_is_flagged_and_the_later_certificate_not_believed(
    centre: Centre, tmp_path: Path
) -> None:
    online, stick = Machine(tmp_path / "a", centre), Machine(tmp_path / "b", centre)
    centre.imports(export((STATION, TOKEN, now_ms() - DAY_MS)))
    take(online, asked(centre, online.request(TOKEN)))
    told = centre.imports(export(issued=(by_stick(stick, centre.laptop(), TOKEN, now_ms()),)))
    assert told["twice"] == [STATION]
    assert [(one.station, one.code) for one in DoubtsReader(centre.database.reader).unseen()] == [(STATION, "E-ENR-35")]
    assert code(renewed(stick)) == "E-ENR-27"
    take(online, renewed(online))


def test_a_laptop_that_did_not_know_does_not_undo_a_revocation(centre: Centre, tmp_path: Path) -> None:
    machine = enrolled(centre, tmp_path / "a")
    assert centre.hub("revoke", STATION, "--by", "王", "--reason", "被盗") == 0
    other = Machine(tmp_path / "b", centre)
    told = centre.imports(export(issued=(by_stick(other, centre.laptop(), NEWER, now_ms()),)))
    assert told["revoked"] == [STATION]
    assert centre.denied() == {STATION}
    assert code(renewed(other)) == code(renewed(machine)) == "E-ENR-22"


def test_lists_that_differ_are_told_and_brought_up_to_date_when_asked(centre: Centre) -> None:
    new = InventoryStation("999999109001", "新村", "测试镇")
    told = msgspec.structs.replace(export(), stations=[new, InventoryStation(STATION, "改名村", "测试镇")])
    assert [one[0] for one in centre.imports(told)["unlisted"]] == [new.code]
    centre.imports(told, "--update-list")
    listed = (centre.folder / "stations.csv").read_text("utf-8")
    assert "999999109001,新村" in listed
    assert "改名村" in listed
    assert OTHER in listed, "none is taken away"
    assert centre.imports(told)["unlisted"] == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"{}", "E-ENR-41"),
        (b"\xff", "E-ENR-41"),
        (b"[" * 100_000, "E-ENR-41"),
        (msgspec.json.encode(InventoryExport("320925", 1, [])), "E-ENR-42"),
    ],
)
def test_what_is_no_inventory_of_this_county_is_refused(centre: Centre, content: bytes, expected: str) -> None:
    (centre.folder / "bad.json").write_bytes(content)
    assert centre.hub("import", centre.folder / "bad.json", "--by", "王") == 1
    assert centre.err.startswith(expected)
    assert centre.hub("import", centre.folder / "none.json", "--by", "王") == 1
    assert centre.err.startswith("E-ENR-41")


def test_a_strangers_certificate_in_an_inventory_is_left_out(centre: Centre, tmp_path: Path) -> None:
    elsewhere = Ground(tmp_path / "elsewhere")
    issued = by_stick(Machine(tmp_path / "a", elsewhere), elsewhere.laptop(), TOKEN, now_ms())
    elsewhere.close()
    garbage = msgspec.structs.replace(issued, certificate="garbage")
    assert centre.imports(export(issued=(issued, garbage)))["refused"] == [
        f"{STATION} E-CERT-02",
        f"{STATION} E-CERT-01",
    ]
    assert centre.reader.of_station(STATION)[1] == []


def test_a_station_that_is_none_is_not_shown_as_an_empty_one(centre: Centre) -> None:
    assert centre.hub("show", "999999101999") == 1
    assert centre.err.startswith("E-ENR-31")


def test_revoked_listed_shown_exported_and_restored(centre: Centre, tmp_path: Path) -> None:
    enrolled(centre, tmp_path / "a")
    centre.imports(export((OTHER, TOKEN, now_ms())))
    assert centre.hub("revoke", STATION, "--by", "王", "--reason", "被盗") == 0
    assert centre.denied() == {STATION}, "the broker's list, though no hub runs"
    states = {one["station"]: one["state"] for one in centre.json("list")["stations"]}
    assert states == {STATION: "revoked", OTHER: "open"} | {one.code: "none" for one in VILLAGES[2:]}
    assert centre.hub("list") == 0
    assert "已吊销 revoked" in centre.out
    assert centre.hub("show", STATION) == 0
    assert "被盗" in centre.out
    assert centre.json("show", STATION)["certificates"][0]["ended_why"] == "revoked"
    assert centre.hub("export", centre.folder / "view.json") == 0
    view = msgspec.json.decode((centre.folder / "view.json").read_bytes(), type=HubView)
    mine = view.stations[0]
    assert (mine.code, mine.state, mine.revoked_ms is not None, mine.token_burnt_ms is not None) == (
        STATION,
        "maintenance",
        True,
        True,
    )
    assert view.stations[1].state == "unknown", "no hub runs: nobody knows"
    assert centre.hub("restore", STATION, "--by", "王", "--reason", "找到了") == 0
    assert centre.denied() == set()
    acts = [(entry.act, entry.reason) for entry in centre.audit.page(2)]
    assert acts == [("certificate.restore", "找到了"), ("certificate.revoke", "被盗")]
    assert centre.hub("restore", STATION, "--by", "王", "--reason", "又") == 1
    assert centre.err.startswith("E-ENR-33")

"""Acceptance records at the hub: who signed is verified, each is filed once, all else is refused with a code."""

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hub.access.caller import by_command
from hub.desks import accepting
from hub.desks.accepting import AcceptanceDesk
from hub.desks.speaking import Answer
from hub.store.acceptances import AcceptancesReader
from station.identity.keys import install_certificate
from station.identity.signing import signed_message
from tests.hub.enrolment.ground import OTHER, STATION, Ground, Machine
from wire.acceptance import MAX_BYTES, Acceptance, FiledReply, Finding, Verdict, digest_of, packed
from wire.enrolment import EnrolReply, StationRefusal


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    ground = Ground(tmp_path / "hub")
    yield ground
    ground.close()


@pytest.fixture
def desk(ground: Ground) -> AcceptanceDesk:
    return AcceptanceDesk(ground.settings, ground.database, ground.audit, ground.now_ms)


@pytest.fixture
def machine(ground: Ground, tmp_path: Path) -> Machine:
    return enrolled(ground, tmp_path / "station", STATION)


def enrolled(ground: Ground, folder: Path, station: str) -> Machine:
    machine = Machine(folder, ground, station)
    answer = ground.desk.enrol(msgspec.json.encode(machine.request(ground.token(station))), "192.0.2.1")
    assert isinstance(answer.said, EnrolReply), answer
    install_certificate(folder, answer.said.certificate.encode(), ground.ca.cert_pem, station, None)
    return machine


def record(station: str = STATION, verdict: Verdict = "refused", note: str = "") -> bytes:
    findings = [Finding("clock", "bad", "时钟未校准", "not set", "E-SITE-13")]
    return msgspec.json.encode(
        Acceptance(station, "第一村", "测试镇", 1, "x", "1f", "李测试", "王测试", note, verdict, findings, [], 1.0)
    )


def message(machine: Machine, encoded: bytes, paper: bytes = b"%PDF-1.7", purpose: str = "acceptance") -> bytes:
    return msgspec.json.encode(signed_message(machine.folder, purpose, packed(encoded, paper), None))


def code_of(answer: Answer) -> str:
    return answer.said.code if isinstance(answer.said, StationRefusal) else ""


def test_a_record_is_filed_once(ground: Ground, desk: AcceptanceDesk, machine: Machine) -> None:
    encoded = record()
    reply = Answer(200, FiledReply(STATION, digest_of(encoded)))
    assert desk.file(message(machine, encoded), "192.0.2.1") == reply
    assert desk.file(message(machine, encoded), "192.0.2.1") == reply  # signed anew: the same record
    reader = AcceptancesReader(ground.database.reader)
    (one,) = reader.listed()
    assert (one.station, one.verdict, one.by, one.made_ms) == (STATION, "refused", "李测试", 1)
    assert reader.newest() == {STATION: one}
    desk.file(message(machine, record(note="again")), "192.0.2.1")
    assert [found.id for found in reader.listed(STATION)] == [2, 1]
    assert reader.newest()[STATION].id == 2
    assert reader.listed(OTHER) == []


def test_one_station_fills_no_disk(
    ground: Ground, desk: AcceptanceDesk, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "MOST_A_DAY", 2)
    many = [message(machine, record(note=str(number))) for number in range(3)]
    assert [desk.file(body, "x").status for body in many] == [200, 200, 429]
    assert desk.file(many[1], "x").status == 200, "what the hub has it says again"
    assert desk.file(many[2], "command", by_command("赵某")).status == 200, "somebody answers for what a stick brings"


def test_who_brought_it_stands_in_the_audit_log(ground: Ground, desk: AcceptanceDesk, machine: Machine) -> None:
    encoded = record()
    desk.file(message(machine, encoded), "command", by_command("赵某"))
    entries = [one for one in ground.audit.page(10) if one.act == "acceptance.file"]
    assert [(one.who, one.subject, one.reason) for one in entries] == [
        ("赵某", f"{STATION} {digest_of(encoded)[:12]}", "refused")
    ]


def test_what_is_no_record_is_refused_with_a_code(ground: Ground, desk: AcceptanceDesk, machine: Machine) -> None:
    good = message(machine, record())
    cases = {
        "E-FILED-01": [b"", b"{}", b"[" * 5000, b"\xff\xfe", message(machine, record(), purpose="renew")],
        "E-FILED-02": [bytes(MAX_BYTES + 1)],
        "E-FILED-04": [message(machine, record(OTHER))],
        "E-ACC-01": [
            message(machine, record(verdict="accepted")), message(machine, record(), b"<p>"), message(machine, b"{}"),
        ],
        "E-ID-06": [good.replace(b'"made_ms":null', b'"made_ms":1')],
    }  # fmt: skip
    got = {code: [code_of(desk.file(body, "x")) for body in bodies] for code, bodies in cases.items()}
    assert got == {code: [code] * len(bodies) for code, bodies in cases.items()}
    assert AcceptancesReader(ground.database.reader).listed() == []


def test_a_revoked_an_unknown_or_a_foreign_station_is_not_heard(
    ground: Ground, desk: AcceptanceDesk, machine: Machine, tmp_path: Path
) -> None:
    from hub.store.engine import writing
    from hub.store.enrolment import end_certificates

    foreign = enrolled(Ground(tmp_path / "elsewhere"), tmp_path / "foreign", STATION)
    assert code_of(desk.file(message(foreign, record()), "x")) == "E-CERT-02"
    body = message(machine, record())
    with writing(ground.database) as connection:
        end_certificates(connection, STATION, "revoked", 1)
    answer = desk.file(body, "x")
    assert (answer.status, code_of(answer)) == (403, "E-ENR-22")
    assert AcceptancesReader(ground.database.reader).listed() == []


def test_a_certificate_that_was_renewed_since_is_good_for_what_it_signed(
    ground: Ground, desk: AcceptanceDesk, machine: Machine
) -> None:
    body = message(machine, record())
    for _ in range(2):  # the hub ends the one before once the station has spoken by the next
        reply = ground.desk.renew(msgspec.json.encode(machine.renewal()), "x").said
        assert isinstance(reply, EnrolReply), reply
        install_certificate(machine.folder, reply.certificate.encode(), ground.ca.cert_pem, STATION, None)
    assert desk.file(body, "x").status == 200


def test_mutated_records_are_refused_and_never_raise(desk: AcceptanceDesk, machine: Machine) -> None:
    body, drawn = message(machine, record()), random.Random(7)
    filed = 0
    for _ in range(150):
        changed = bytearray(body)
        for _ in range(drawn.randint(1, 4)):
            place = drawn.randrange(len(changed))
            if drawn.random() < 0.5:
                changed[place] = drawn.randrange(256)
            else:
                del changed[place : place + drawn.randint(1, 30)]
        answer = desk.file(bytes(changed), "x")
        filed += answer.status == 200
        assert answer.status == 200 or code_of(answer).startswith("E-")
    assert filed <= 3  # a mark between values may have changed to another blank


def test_a_hub_that_cannot_read_its_authority_asks_to_come_again(
    ground: Ground, desk: AcceptanceDesk, machine: Machine
) -> None:
    body = message(machine, record())
    (ground.folder / "ca.crt").unlink()
    assert desk.file(body, "x").status == 503

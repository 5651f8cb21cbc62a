"""Stations ask for certificates: who gets one, who does not, and what the centre is told."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from firmware_config.identity.issuing import read_request
from hub.desks.speaking import Answer
from hub.store.engine import writing
from hub.store.enrolment import EnrolmentReader
from hub.store.enrolment_doubts import DoubtsReader
from hub.store.service import change_service
from station.identity.keys import load_identity, pending_key, request_pem
from tests.hub.enrolment.ground import DAY_MS, OTHER, STATION, Ground, Machine
from wire.enrolment import EnrolReply, EnrolRequest, StationRefusal, proof_of


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    made = Ground(tmp_path / "hub")
    yield made
    made.close()


def asked(ground: Ground, request: EnrolRequest) -> Answer:
    return ground.desk.enrol(msgspec.json.encode(request), "192.0.2.1")


def renewed(machine: Machine) -> Answer:
    return machine.ground.desk.renew(msgspec.json.encode(machine.renewal()), "192.0.2.1")


def take(machine: Machine, answer: Answer) -> None:
    assert isinstance(answer.said, EnrolReply), answer
    machine.take(answer.said)


def code(answer: Answer) -> str:
    assert isinstance(answer.said, StationRefusal), answer
    assert 400 <= answer.status < 600
    return answer.said.code


def enrolled(ground: Ground, folder: Path, station: str = STATION) -> Machine:
    machine = Machine(folder, ground, station)
    take(machine, asked(ground, machine.request(ground.token(station))))
    return machine


def doubts(ground: Ground) -> list[tuple[str, str, int]]:
    return [(one.station, one.code, one.times) for one in DoubtsReader(ground.database.reader).unseen()]


def test_a_label_gives_one_certificate_and_the_very_same_again_when_the_answer_got_lost(
    ground: Ground, tmp_path: Path
) -> None:
    machine, token = Machine(tmp_path / "a", ground), ground.token()
    first = asked(ground, machine.request(token))
    again = asked(ground, machine.request(token))  # same key, signed anew: the line was cut
    assert first == again
    take(machine, again)
    assert load_identity(machine.folder).station == STATION
    tokens, certificates, _ = EnrolmentReader(ground.database.reader).of_station(STATION)
    assert [(one.burnt_why, one.burnt_key is not None) for one in tokens] == [("online", True)]
    assert [(one.how, one.ended_ms) for one in certificates] == [("online", None)]
    assert [entry.act for entry in ground.audit.page(9)] == ["certificate.enrol"]
    assert ground.audit.page(1)[0].who == STATION
    assert token not in repr(ground.audit.page(9))


def test_a_used_label_shown_by_another_machine_is_refused_and_looks_wrong(ground: Ground, tmp_path: Path) -> None:
    token = ground.token()
    take(Machine(tmp_path / "a", ground), asked(ground, Machine(tmp_path / "a", ground).request(token)))
    for _ in range(2):
        assert code(asked(ground, Machine(tmp_path / "b", ground).request(token))) == "E-ENR-15"
    assert doubts(ground) == [(STATION, "E-ENR-37", 2)]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("no token of the hub's", "E-ENR-13"),
        ("another station's token", "E-ENR-13"),
        ("an expired label", "E-ENR-14"),
        ("a proof of another request", "E-ENR-16"),
        ("an unlisted station", "E-ENR-21"),
        ("another county's station", "E-ENR-21"),
        ("out of service", "E-ENR-21"),
    ],
)
def test_who_gets_none(ground: Ground, tmp_path: Path, what: str, expected: str) -> None:
    machine, token = Machine(tmp_path / "a", ground), "0123456789ABCDEF"
    if what == "another station's token":
        token = ground.token(OTHER)
    elif what == "an expired label":
        token = ground.token(made_ms=ground.now_ms() - 100 * DAY_MS)
    elif what != "no token of the hub's":
        token = ground.token()
    request = machine.request(token)
    if what == "a proof of another request":
        request = msgspec.structs.replace(request, proof=proof_of(token, STATION, "other"))
    elif what == "an unlisted station":
        request = msgspec.structs.replace(request, station="999999109999")
    elif what == "another county's station":
        request = msgspec.structs.replace(request, station="320925100001")
    elif what == "out of service":
        now_ms = ground.now_ms()
        with writing(ground.database) as connection:
            change_service(
                connection,
                [(ground.ids[STATION], now_ms)],
                starts=False,
                how="person",
                now_ms=now_ms,
                who="王",
                reason="拆",
            )
    assert code(asked(ground, request)) == expected


def test_a_station_set_up_anew_takes_the_place_of_the_old_one_which_may_do_nothing_more(
    ground: Ground, tmp_path: Path
) -> None:
    old = enrolled(ground, tmp_path / "old")
    new = enrolled(ground, tmp_path / "new")
    _, certificates, steps = EnrolmentReader(ground.database.reader).of_station(STATION)
    assert [one.ended_why for one in certificates] == [None, "replaced"]
    assert [step.act for step in steps] == ["replaced"]
    assert code(renewed(old)) == "E-ENR-27"
    assert doubts(ground) == [(STATION, "E-ENR-27", 1)]
    take(new, renewed(new))


def test_renewal_has_a_key_of_its_own_and_the_old_certificate_counts_until_the_new_one_spoke(
    ground: Ground, tmp_path: Path
) -> None:
    machine = enrolled(ground, tmp_path / "a")
    first = load_identity(machine.folder)
    answer = renewed(machine)
    assert answer == renewed(machine), "the answer got lost"
    take(machine, answer)
    second = load_identity(machine.folder)
    assert second.key.public_key() != first.key.public_key()
    reader = EnrolmentReader(ground.database.reader)
    assert [one.ended_why for one in reader.of_station(STATION)[1]] == [None, None]
    take(machine, renewed(machine))
    assert [one.ended_why for one in reader.of_station(STATION)[1]] == [None, None, "followed"]


def test_an_expired_certificate_still_renews(ground: Ground, tmp_path: Path) -> None:
    machine = enrolled(ground, tmp_path / "a")
    ground.ahead_ms = 800 * DAY_MS
    assert load_identity(machine.folder).chain.leaf.not_valid_after_utc < dt.datetime.fromtimestamp(
        ground.now_ms() / 1000, dt.UTC
    )
    take(machine, renewed(machine))
    assert load_identity(machine.folder).chain.leaf.not_valid_after_utc.timestamp() * 1000 > ground.now_ms()


def test_a_laptops_certificate_that_the_hub_never_heard_of_renews_and_is_kept(ground: Ground, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "a", ground)
    csr = read_request(request_pem(pending_key(machine.folder), STATION))
    chain = ground.laptop().issue(csr, STATION, dt.datetime.now(dt.UTC))
    take(machine, Answer(200, EnrolReply(STATION, chain.pem.decode())))
    take(machine, renewed(machine))
    assert [one.how for one in EnrolmentReader(ground.database.reader).of_station(STATION)[1]] == ["renewal", "shown"]


def test_a_stranger_and_a_message_for_another_purpose_renew_nothing(ground: Ground, tmp_path: Path) -> None:
    elsewhere = Ground(tmp_path / "elsewhere")
    machine = enrolled(elsewhere, tmp_path / "a")
    elsewhere.close()
    assert code(ground.desk.renew(msgspec.json.encode(machine.renewal()), "x")) == "E-CERT-02"
    other = enrolled(ground, tmp_path / "b")
    message = msgspec.structs.replace(other.renewal(), purpose="acceptance")
    assert code(ground.desk.renew(msgspec.json.encode(message), "x")) == "E-ENR-25"
    altered = msgspec.structs.replace(other.renewal(), payload=machine.renewal().payload)
    assert code(ground.desk.renew(msgspec.json.encode(altered), "x")) == "E-ID-06"


def test_a_hub_that_cannot_sign_says_later(ground: Ground, tmp_path: Path) -> None:
    machine, token = Machine(tmp_path / "a", ground), ground.token()
    (ground.folder / "issuers" / "hub.key").unlink()
    answer = asked(ground, machine.request(token))
    assert (answer.status, code(answer)) == (503, "E-ENR-26")
    ground.issuer.save(ground.folder / "issuers", "hub")
    take(machine, asked(ground, machine.request(token)))

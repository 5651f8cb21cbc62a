"""Enrolment by stick and by hand, as a technician at a station does it: `station identity …`."""

import datetime as dt
import json
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from nacl.public import PrivateKey, SealedBox

from station.__main__ import main
from station.errors import TrustError
from station.identity.keys import load_identity
from station.identity.stick import invited
from tests.station.identity.ground import STATION, County, county, pem
from wire.certificates import fingerprint
from wire.enrolment import (
    INVITATION_FILE,
    INVITED,
    REPLY_FILE,
    REQUEST_FILE,
    EnrolReply,
    EnrolRequest,
    Label,
    StationRefusal,
    StickInvitation,
    label_text,
    proof_of,
)

TOKEN = "0123456789ABCDEF"
UNSEAL = PrivateKey(bytes(range(32)))


@pytest.fixture(scope="module")
def of() -> County:
    return county(dt.datetime.now(dt.UTC))


def invitation(of: County, key: ec.EllipticCurvePrivateKey | None = None) -> StickInvitation:
    public = bytes(UNSEAL.public_key)
    signature = (key or of.laptop_key).sign(INVITED + public, ec.ECDSA(hashes.SHA256()))
    return StickInvitation(pem(of.laptop).decode(), public, signature)


class Station:
    """A station laid out without a certificate, a stick, and who types at it."""

    def __init__(self, folder: Path, of: County, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.folder, self.stick, self._capsys, self._patch = folder / "station", folder / "stick", capsys, patch
        self.folder.mkdir()
        (self.stick / "cuncuntong").mkdir(parents=True)
        (self.folder / "ca.crt").write_bytes(of.root_pem)
        (self.folder / "token").write_text("0123-4567-89ab-cdef\n")
        self.config = self.folder / "station.toml"
        self.config.write_text(
            f'station = "{STATION}"\nname = "一村"\ntown = "测试镇"\nstate_dir = "state"\nseal_key_file = "seal.pub"\n'
            '[broker]\nhost = "x"\nca_file = "ca.crt"\ncert_file = "station.crt"\nkey_file = "station.key"\n',
            "utf-8",
        )
        self.out = self.err = ""

    def put(self, name: str, value: object) -> None:
        (self.stick / name.format(station=STATION)).write_bytes(
            value if isinstance(value, bytes) else msgspec.json.encode(value)
        )

    def says(self, *words: object) -> int:
        argv = ["station", "identity", str(words[0]), "--config", str(self.config), *map(str, words[1:])]
        self._patch.setattr("sys.argv", argv)
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        assert TOKEN not in self.out + self.err
        return code

    def asks(self) -> EnrolRequest:
        assert self.says("request", "--stick", self.stick, "--token-file", self.folder / "token") == 0, self.err
        content = (self.stick / REQUEST_FILE.format(station=STATION)).read_bytes()
        return msgspec.json.decode(content, type=EnrolRequest)


@pytest.fixture
def station(tmp_path: Path, of: County, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Station:
    return Station(tmp_path, of, capsys, monkeypatch)


def test_a_station_without_a_line_is_enrolled_by_stick(station: Station, of: County) -> None:
    station.put(INVITATION_FILE, invitation(of))
    asked = station.asks()
    assert SealedBox(UNSEAL).decrypt(asked.token).decode() == TOKEN
    assert asked.proof == proof_of(TOKEN, STATION, asked.request)
    assert TOKEN.encode() not in (station.stick / REQUEST_FILE.format(station=STATION)).read_bytes()
    assert (station.says("take", "--stick", station.stick), station.err[:10]) == (6, "E-IDENT-11")
    station.put(REPLY_FILE, EnrolReply(STATION, of.issue(asked.request, now=dt.datetime.now(dt.UTC)).decode()))
    assert station.says("take", "--stick", station.stick, "--json") == 0, station.err
    shown = json.loads(station.out)
    assert (shown["station"], shown["trouble"], shown["asked_for_another"]) == (STATION, "", False)
    assert load_identity(station.folder).station == STATION
    assert station.says("take", "--stick", station.stick) == 0, "again, it is in use already"
    assert station.says("show") == 0
    assert "到期 valid until" in station.out


def test_a_label_scanned_whole_is_as_good_as_its_letters_and_anothers_is_refused(station: Station, of: County) -> None:
    station.put(INVITATION_FILE, invitation(of))
    label = Label(STATION, fingerprint(of.root), TOKEN)
    (station.folder / "token").write_text(label_text(label) + "\n")
    assert SealedBox(UNSEAL).decrypt(station.asks().token).decode() == TOKEN
    for wrong, code in (
        (label._replace(station="999999101009"), "E-FIRST-07"),
        (label._replace(fingerprint="0" * 64), "E-FIRST-06"),
    ):
        (station.folder / "token").write_text(label_text(wrong))
        assert station.says("request", "--stick", station.stick, "--token-file", station.folder / "token") == 6
        assert station.err.startswith(code)


def test_a_refusal_and_garbage_on_the_stick_are_said(station: Station, of: County) -> None:
    station.put(INVITATION_FILE, invitation(of))
    station.asks()
    station.put(REPLY_FILE, StationRefusal("E-ENR-15", "this label was used already 标签已用过"))
    assert station.says("take", "--stick", station.stick) == 1
    assert station.err.startswith("E-ENR-15")
    station.put(REPLY_FILE, b"\xff{")
    assert station.says("take", "--stick", station.stick) == 1
    assert station.err.startswith("E-IDENT-06")
    assert station.says("show") == 6
    assert station.err.startswith("E-IDENT-01")
    assert station.says("renew") == 6
    assert station.err.startswith("E-IDENT-10")


def test_no_token_is_sealed_to_a_stranger(station: Station, of: County) -> None:
    ca, now = station.folder / "ca.crt", dt.datetime.now(dt.UTC)
    stranger = county(now)
    bad = {
        "nothing": None,
        "garbage": b"{}",
        "another county's": invitation(stranger),
        "not signed by it": invitation(of, stranger.laptop_key),
        "another key in it": msgspec.structs.replace(invitation(of), seal_key=bytes(32)),
        "a station's certificate": msgspec.structs.replace(
            invitation(of), certificate=of.issue_for(of.laptop_key.public_key()).decode()
        ),
    }
    for value in bad.values():
        if value is not None:
            station.put(INVITATION_FILE, value)
        with pytest.raises(TrustError, match="E-IDENT-08"):
            invited(station.stick, ca, now)
    station.put(INVITATION_FILE, invitation(of))
    assert invited(station.stick, ca, None) == bytes(UNSEAL.public_key)
    with pytest.raises(TrustError, match="E-IDENT-08"):
        invited(station.stick, ca, now + dt.timedelta(days=900))
    (station.folder / "token").write_text("short")
    assert station.says("request", "--stick", station.stick, "--token-file", station.folder / "token") == 6
    assert station.err.startswith("E-ENR-01")

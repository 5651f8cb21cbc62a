"""The acceptance record: whole or not at all, signed, kept until the hub has it, and nobody's face in it."""

import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

from firmware_config.identity.messages import speaker
from station.doctor import acceptance
from station.doctor.acceptance import Kept, People, confirmed, make, send, send_all, waiting, write_out
from station.doctor.codes import AIM_NOT_CONFIRMED, CLOCK_NOT_SYNCHRONISED, fine, wrong
from station.errors import StationError
from tests.cutting import CutError, disk
from tests.station.doctor.ground import Asked, Site
from tests.station.identity.ground import STATION
from wire.acceptance import MAX_BYTES, MOST_PICTURES, PICTURE_BYTES, CameraPicture, FiledReply, read_filed
from wire.enrolment import SignedMessage

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
FINDINGS = [
    fine("power", "供电正常", "the supply is well"),
    wrong("clock", "bad", CLOCK_NOT_SYNCHRONISED, "时钟未校准", "not set"),
]
PEOPLE = People("李测试", "王测试", "试装")


def made(site: Site) -> Kept:
    return make(site.ground(), FINDINGS, [], PEOPLE, 12.0)


def test_a_record_is_signed_and_says_what_was_found(site: Site) -> None:
    kept = made(site)
    message = msgspec.json.decode(kept.message, type=SignedMessage)
    root = x509.load_pem_x509_certificate((site.folder / "ca.crt").read_bytes())
    assert (speaker(message, root, None), message.purpose) == (STATION, "acceptance")
    read = read_filed(message.payload)
    assert (read.digest, read.record.verdict, read.record.by) == (kept.digest, "refused", "李测试")
    assert read.record.findings == FINDINGS
    assert read.record.certificate


def test_the_paper_says_it_in_chinese_with_people_and_verdict(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(made(site).paper)
    shown = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True).stdout
    words = "".join(shown.split())
    said = (
        "村村通站点验收单",
        "不合格",
        "李测试",
        "王测试",
        "试装",
        STATION,
        "E-SITE-13",
        "下一步",
        "签名",
        made(site).digest[:8],
    )
    assert [word for word in said[:-1] if word not in words] == []


def test_only_what_somebody_confirmed_leaves_the_station(site: Site) -> None:
    pictures = {"hall": JPEG, "yard": JPEG}
    kept, findings = confirmed(site.ground(talk=Asked(True), interactive=True), pictures)
    assert ([one.camera for one in kept], findings) == (["hall", "yard"], [])
    for answer in (False, None):
        kept, findings = confirmed(site.ground(talk=Asked(answer)), pictures)
        assert (kept, [one.code for one in findings]) == ([], [AIM_NOT_CONFIRMED.code] * 2)
    assert list(site.folder.glob("*.jpg")) == []


def test_the_largest_record_is_one_the_hub_takes(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = JPEG[:-2] + bytes(PICTURE_BYTES - len(JPEG)) + JPEG[-2:]
    pictures = [CameraPicture(f"c{number}", picture, aim_confirmed=True) for number in range(MOST_PICTURES)]
    monkeypatch.setattr(
        acceptance, "pdf_of", lambda *_: b"%PDF-" + bytes(sum(len(one.jpeg) for one in pictures) + 60_000)
    )
    assert len(make(site.ground(), FINDINGS * 60, pictures, PEOPLE, 1.0).message) < MAX_BYTES


def test_a_cut_leaves_a_whole_record_or_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceptance, "pdf_of", lambda *_: b"%PDF-1.7")
    with disk() as whole:
        made(site)
    for cut_at in range(1, len(whole.done) + 1):
        shutil.rmtree(site.folder / "state/acceptance")
        with disk(cut_at), pytest.raises(CutError):
            made(site)
        for kept in waiting(site.ground()):
            assert read_filed(msgspec.json.decode(kept.message, type=SignedMessage).payload).digest == kept.digest
        made(site)
        assert any(waiting(site.ground()))


@contextmanager
def hub(status: int, answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    came: list[bytes] = []

    class Doors(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status if self.path == "/station/acceptance" else 404)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Doors)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", came
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_record_waits_until_the_hub_has_filed_it(site: Site) -> None:
    kept = made(site)
    with pytest.raises(StationError, match="E-SITE-44"):
        send(site.ground(), kept)
    for status, answer in (
        (503, b'{"code":"E-FILED-03","what":"x"}'),
        (200, b"<html>"),
        (403, b'{"code":"E","what":"x"}'),
    ):
        with hub(status, answer) as (url, _):
            filed, error = send_all(site.ground(hub=url))
        assert (filed, error is not None, len(list(waiting(site.ground())))) == (0, True, 1)
    with hub(200, msgspec.json.encode(FiledReply(STATION, kept.digest))) as (url, came):
        assert send_all(site.ground(hub=url)) == (1, None)
    assert came == [kept.message]
    assert list(waiting(site.ground())) == []
    assert sorted(file.suffixes[0] for file in kept.file.parent.iterdir()) == [".filed", ".pdf"]


def test_a_stick_gets_record_and_paper_where_the_hub_looks(site: Site, tmp_path: Path) -> None:
    kept = made(site)
    message, paper = write_out(tmp_path / "stick", kept, stick=True)
    assert (
        message.relative_to(tmp_path / "stick").as_posix() == f"cuncuntong/{STATION}.{kept.digest[:12]}.acceptance.json"
    )
    assert (message.read_bytes(), paper.read_bytes()) == (kept.message, kept.paper)
    with pytest.raises(StationError, match="E-SITE-43"):
        write_out(paper, kept, stick=True)

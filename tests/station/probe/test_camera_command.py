"""`station probe rtsp://…` as a technician sees it; the password is in nothing that is printed."""

import json
import subprocess

from demo.processes import tool
from tests.station.devices.camera.streams import LOGIN, Behaviour, served
from tests.station.probe.test_rtsp import Locked, nobody_listens


def run(*words: str, typed: str = "") -> tuple[int, str, str]:
    done = subprocess.run(
        [str(tool("station")), "probe", *words], input=typed, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


def test_a_camera_that_plays_one_that_refuses_and_one_that_is_not_there() -> None:
    with served(Locked, Behaviour(b"")) as port:
        address = f"rtsp://{LOGIN}@127.0.0.1:{port}/s"
        code, out, _ = run(address)
        assert code == 0
        assert "有画面 it plays" in out
        assert "首包 first packet" in out
        code, out, err = run("-", "--json", typed=address.replace("secret-word", "wrong-word"))
        told = json.loads(out)
        assert (code, told["verdict"], told["code"], told["detail"]) == (4, "denied", "E-PROBE-13", "DESCRIBE 401")
        assert told["rtsp_options_ms"] >= 0
        assert err.startswith("E-PROBE-13")
        assert "word" not in out.replace("password", "") + err.replace("password", "")
    code, out, err = run(f"rtsp://{LOGIN}@127.0.0.1:{nobody_listens()}/")
    assert (code, out) == (4, "无应答 no answer\n")
    assert err.startswith("E-PROBE-11")
    assert "secret" not in err


def test_what_is_no_address_is_explained() -> None:
    code, _, err = run("rtsp://")
    assert code == 2
    assert "rtsp://user:password@host:port/path" in err

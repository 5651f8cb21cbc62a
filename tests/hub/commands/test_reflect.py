"""`hub reflect` as a process of its own, probed by a sender, ended with Ctrl-C."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from demo.processes import tool
from hub.__main__ import app
from hub.errors import HubError
from stamp.sender import SessionSender
from stamp.udp import StampSocket
from tests.waiting import wait_for

KEY = "ab" * 32


def test_it_answers_until_ctrl_c_and_tells_how_many(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(KEY)
    command = [
        tool("hub"),
        "reflect",
        "--port",
        "0",
        "--listen",
        "127.0.0.1",
        "--key",
        str(key),
        "--ssid",
        "7",
        "--json",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = json.loads(process.stdout.readline())["port"]
            with StampSocket("127.0.0.1") as line:
                known = SessionSender(ssid=7, key=bytes.fromhex(KEY))
                for sender in (SessionSender(ssid=7), known):  # the unauthenticated first: its reply would be here too
                    line.send(sender.packet(time.time_ns()), ("127.0.0.1", port))
                [packet] = wait_for(lambda: list(line.packets()), "the reply")
                assert known.take(packet.payload, packet.at_ns)
            process.send_signal(signal.SIGINT)
            told = json.loads(process.stdout.readline())
            assert process.wait(10) == 0
        finally:
            process.kill()
    assert (told["answered"], told["unknown"]) == (1, 1)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        pytest.param(["--allow", "village"], "E-STAMP-12", id="no network"),
        pytest.param(["--key", "no-such-file"], "E-STAMP-13", id="no key"),
        pytest.param(["--listen", "203.0.113.77"], "E-STAMP-11", id="not our address"),
    ],
)
def test_what_cannot_be_says_why(options: list[str], code: str) -> None:
    result = CliRunner().invoke(app, ["reflect", "--port", "0", *options])
    assert isinstance(result.exception, HubError)
    assert result.exception.code == code

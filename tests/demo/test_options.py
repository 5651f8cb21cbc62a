"""Options that cannot be end the demo at once, with one clear line and the exit code the README names."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from demo.__main__ import app, main
from demo.processes import ProcessError, start, wait_for_port


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Give this process back what the demo takes of its own: signals and umask."""
    signs = (signal.SIGTERM, signal.SIGHUP)
    handlers = [signal.getsignal(sign) for sign in signs]
    umask = os.umask(0o022)
    os.umask(umask)
    yield
    os.umask(umask)
    for sign, handler in zip(signs, handlers, strict=True):
        signal.signal(sign, handler)


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["demo", "--no-kiosk", *options])
    with pytest.raises(SystemExit) as end:
        main()
    assert isinstance(end.value.code, int)
    return end.value.code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--stations", "0"), 2, "✗ E-DEMO-05"),
        (("--stations", "249"), 2, "✗ E-DEMO-05"),
        (("--faults", "gibberish"), 2, "✗ E-FLEET-02"),
        (("--faults", "town:建阳镇@1+5", "--stations", "3"), 2, "✗ E-FLEET-02"),
        (("--villages", "no-such.csv"), 3, "✗ E-INV-01"),
        (("--state", "/proc/no-such"), 1, "✗ E-DEMO-06"),
        (("--mqtt-port", "99999"), 2, "--mqtt-port"),
        (("--web-port", "0"), 2, "--web-port"),
        (("--for", "-1"), 2, "--for"),
        (("--colour",), 2, "Usage: ./run demo"),
    ],
)
def test_what_cannot_be_is_said(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    code: int,
    says: str,
) -> None:
    ended, text = refused(monkeypatch, capsys, *options)
    assert ended == code
    assert says in text
    assert "Traceback" not in text


def test_a_port_in_use_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended, text = refused(monkeypatch, capsys, "--stations", "1", "--web-port", port)
    assert (ended, text.startswith(f"✗ E-DEMO-04 --web-port {port}")) == (1, True)


def test_help_names_the_command_as_people_type_it() -> None:
    shown = CliRunner().invoke(app, ["--help"], prog_name="./run demo")
    assert "Usage: ./run demo" in shown.output


def test_a_part_that_ends_at_once_is_quoted_for_its_log_may_be_gone(tmp_path: Path) -> None:
    log = tmp_path / "broker.log"
    process = start(["sh", "-c", "echo why it ended; exit 3"], log)
    process.wait()
    with pytest.raises(ProcessError, match=r"E-DEMO-02 broker ended at once with 3(?s:.*)why it ended"):
        wait_for_port(1, process, log)


def test_nothing_of_the_demo_stays_in_this_process() -> None:
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL

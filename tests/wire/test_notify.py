import socket
from pathlib import Path

import pytest

from wire.notify import Notifier


def test_words_reach_the_socket_of_systemd(tmp_path: Path) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(path))
        systemd.settimeout(1)
        notifier = Notifier(str(path))
        notifier.ready()
        notifier.alive()
        notifier.stopping()
        notifier.close()
        assert [systemd.recv(99) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_an_abstract_socket_is_understood() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0cuncuntong-test-notify")
        systemd.settimeout(1)
        notifier = Notifier("@cuncuntong-test-notify")
        notifier.ready()
        notifier.close()
        assert systemd.recv(99) == b"READY=1"


def test_without_systemd_it_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notifier = Notifier.from_environment()
    notifier.ready()
    notifier.close()


def test_a_systemd_that_is_gone_or_busy_does_no_harm(tmp_path: Path) -> None:
    gone = Notifier(str(tmp_path / "nobody"))
    gone.ready()
    gone.close()
    path = tmp_path / "busy"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(path))
        busy = Notifier(str(path))
        for _ in range(10_000):
            busy.alive()
        busy.close()

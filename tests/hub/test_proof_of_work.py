"""The hub's watchdog is fed by work: not by a writer alone, not by a web alone, and not by a timer."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.ingest.beside import Chore
from hub.proof_of_work import EVERY_S, ProofOfWork
from tests.county import County
from wire.notify import Notifier


class Systemd:
    """What systemd hears, on its socket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))

    def next(self, within_s: float) -> str | None:
        self._socket.settimeout(within_s)
        try:
            return self._socket.recv(99).decode()
        except (TimeoutError, BlockingIOError):
            return None

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    heard = Systemd(tmp_path / "notify")
    yield heard
    heard.close()


def test_both_must_come_round_for_each_word(systemd: Systemd) -> None:
    now_s = 0.0
    notifier = Notifier(str(systemd.path))
    proof = ProofOfWork(notifier, lambda: now_s)
    chore: Chore = proof
    for _ in range(1_000):
        proof.came_round("web")
    assert systemd.next(0) is None, "the web turns, the writer hangs"
    chore.round(0, connected=False)
    assert systemd.next(1) == "WATCHDOG=1"
    for _ in range(1_000):
        chore.round(0, connected=True)
    now_s = EVERY_S
    chore.round(0, connected=True)
    assert systemd.next(0) is None, "the writer turns, the web hangs"
    proof.came_round("web")
    assert systemd.next(1) == "WATCHDOG=1"
    proof.came_round("web")
    chore.round(0, connected=True)
    assert systemd.next(0) is None, "no more often than needed"
    notifier.close()


def test_a_running_hub_says_that_it_is_ready_alive_and_stopping(county: County, systemd: Systemd) -> None:
    hub = subprocess.Popen(
        [Path(sys.executable).parent / "hub", "run", "--config", county.hub_config],
        env={**os.environ, "NOTIFY_SOCKET": str(systemd.path)},
        stderr=subprocess.DEVNULL,
    )
    try:
        assert systemd.next(20) == "READY=1"
        assert systemd.next(EVERY_S + 3) == "WATCHDOG=1"
        hub.terminate()
        heard = [systemd.next(5)]
        while heard[-1] == "WATCHDOG=1":
            heard.append(systemd.next(5))
        assert heard[-1] == "STOPPING=1"
        assert hub.wait(10) == 0
    finally:
        hub.kill()
        hub.wait()

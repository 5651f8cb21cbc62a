"""Programs of others, each in a group of its own, so that one that hangs is ended with all it started."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

REAP_WITHIN_S: Final = 1.0
"""How long a killed process is waited for; one that hangs in the kernel does not die of SIGKILL at once."""


class Ended(NamedTuple):
    """How a program ended: its exit code, None when it never began or had to be killed, and what it wrote."""

    code: int | None
    out: bytes = b""

    def __repr__(self) -> str:
        return f"Ended({self.code}, {len(self.out)} bytes)"


def run(command: Sequence[str], data: bytes, within_s: float, env: Mapping[str, str] | None = None) -> Ended:
    """Run `command` with `data` on its standard input for no longer than `within_s`; never raises."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=None if env is None else {**os.environ, **env},
            start_new_session=True,
        )
    except OSError:
        return Ended(None)
    try:
        out, _ = process.communicate(data, timeout=max(0.0, within_s))
    except subprocess.TimeoutExpired:
        kill(process)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=REAP_WITHIN_S)
        return Ended(None)
    return Ended(process.returncode, out)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End `process` and all of its group at once; nothing happens when it has ended."""
    if process.poll() is None:
        _signal_group(process, signal.SIGKILL)


def end_group(process: "subprocess.Popen[bytes]", grace_s: float) -> None:
    """Ask `process` and all of its group to end, and end what has not after `grace_s`; also what it left behind."""
    _signal_group(process, signal.SIGTERM)
    reap(process, grace_s)
    _signal_group(process, signal.SIGKILL)
    reap(process)


def _signal_group(process: "subprocess.Popen[bytes]", sign: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, sign)


def reap(process: "subprocess.Popen[bytes]", within_s: float = REAP_WITHIN_S) -> bool:
    """Say whether `process` ends `within_s`; no zombie is left of it then."""
    try:
        process.wait(max(0.0, within_s))
    except subprocess.TimeoutExpired:
        return False
    return True

"""Starting the parts of a county on this machine and stopping them without a trace; used by demo and tests."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

READY_WITHIN_S = 20.0


class ProcessError(Exception):
    """A part that did not come up: says which, and where its log is."""


def free_port() -> int:
    """Return a TCP port of the loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def own_user() -> str | None:
    """Return whom a broker started by us should stay: root, or None where it has no choice."""
    return "root" if os.geteuid() == 0 else None


ENDS_WITH_US = ("setpriv", "--pdeathsig", "TERM", "--")
"""In front of a command: it is told to end when we die, even without a chance to stop our parts."""


def start(command: Sequence[str | Path], log: Path) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, its output appended to `log`.

    It ends with us: nothing is left running.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [*ENDS_WITH_US, *(str(part) for part in command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def tool(name: str) -> str:
    """Return the path of one of our own commands in this environment."""
    return str(Path(sys.executable).parent / name)


def start_broker(county: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    """Start the county's mosquitto and wait until it listens.

    Raises ProcessError E-DEMO-01 (not installed) or E-DEMO-02 (did not come up).
    """
    mosquitto = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if mosquitto is None:
        raise ProcessError("E-DEMO-01 mosquitto is not installed; ./run setup installs it 未安装 mosquitto")
    process = start([mosquitto, "-c", county / "broker" / "mosquitto.conf"], log)
    wait_for_port(port, process, log)
    return process


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once `process` listens on `port`.

    Raises ProcessError E-DEMO-02 when it ends first or takes longer than READY_WITHIN_S.
    """
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ProcessError(f"E-DEMO-02 {log.stem} ended at once with {process.returncode}; see {tail(log)}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise ProcessError(f"E-DEMO-02 nothing listens on {port} after {READY_WITHIN_S:.0f} s; see {tail(log)}")


def tail(log: Path) -> str:
    """Return where the log is and its last words: the log of a temporary demo is gone when one reads this."""
    try:
        return "\n  ".join([f"{log}:", *log.read_text("utf-8", "replace").splitlines()[-5:]])
    except OSError:
        return str(log)


def stop(process: subprocess.Popen[bytes], within_s: float = 5.0) -> None:
    """Ask the process and its children to end, and end them when they do not."""
    for sign, patience_s in ((signal.SIGTERM, within_s), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            continue
    process.wait()

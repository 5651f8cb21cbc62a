"""What `./run demo` was asked for, checked before anything starts."""

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.processes import ProcessError, free_port
from demo.villages import COUNTY_NAME, made_up_county
from firmware_config.county import Ports, Village, read_villages
from station.errors import StationError
from station.fleet.faults import read_faults


class PlanError(Exception):
    """Options that cannot be: says which, and what would do."""


@dataclass(frozen=True)
class Plan:
    """One county on this machine."""

    state: Path
    villages: Sequence[Village]
    """The first is the real station, the others are the fleet."""
    county_name: str
    ports: Ports
    kiosk: bool
    reader: str | None
    """A real reader's port; None runs the simulated one."""
    camera: str
    seconds: float | None
    faults: str

    @property
    def county(self) -> Path:
        """The folder of keys, certificates and settings."""
        return self.state / "county"

    @property
    def log(self) -> Path:
        """The folder of the parts' logs."""
        return self.state / "log"

    @property
    def reader_link(self) -> Path:
        """Where the simulated reader's pty is found."""
        return self.state / "reader"

    @property
    def reader_control(self) -> Path:
        """Where the simulated reader is told what to do."""
        return self.state / "reader.control"


def villages_for(file: Path | None, stations: int | None) -> tuple[list[Village], str]:
    """Return the villages and the county's name.

    Raises InventoryError for a bad file, PlanError E-DEMO-05 for a number of stations that cannot be.
    """
    villages = made_up_county() if file is None else read_villages(file)
    name = COUNTY_NAME if file is None else f"{villages[0].code[:6]} {file.stem}"[:64]
    if stations is None:
        return villages, name
    if not 1 <= stations <= len(villages):
        raise PlanError(
            f"E-DEMO-05 --stations {stations}: the county has 1 to {len(villages)} 站点数应在 1 到 {len(villages)} 之间"
        )
    return villages[:stations], name


def check_faults(script: str, fleet: Sequence[Village]) -> None:
    """Refuse a script of faults that the fleet would refuse, before anything runs.

    Raises PlanError E-FLEET-02.
    """
    towns: dict[str, list[str]] = {}
    for village in fleet:
        towns.setdefault(village.town, []).append(village.code)
    try:
        read_faults(script, dict(towns))
    except StationError as error:
        raise PlanError(str(error)) from None


def port_or_free(wanted: int | None, option: str) -> int:
    """Return `wanted` if it can be listened on, or any free port for None.

    Raises ProcessError E-DEMO-04 when another program has it.
    """
    if wanted is None:
        return free_port()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise ProcessError(
                f"E-DEMO-04 {option} {wanted}: cannot be used ({error.strerror}); choose another 端口不可用，请换一个"
            ) from None
    return wanted


@contextmanager
def state_folder(wanted: Path | None) -> Iterator[Path]:
    """Give the folder of one demo: `wanted`, kept, or a temporary one, removed at the end.

    Raises ProcessError E-DEMO-03 when another demo runs in it, E-DEMO-06 when it cannot be made.
    """
    if wanted is None:
        with tempfile.TemporaryDirectory(prefix="cuncuntong-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)
        return
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        lock = os.open(wanted / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ProcessError(f"E-DEMO-06 --state {wanted}: {error.strerror} 无法使用该目录") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise ProcessError(f"E-DEMO-03 {wanted}: another demo is running there 该目录中已有演示在运行") from None
    try:
        yield wanted.resolve()
    finally:
        (wanted / "demo.json").unlink(missing_ok=True)
        os.close(lock)

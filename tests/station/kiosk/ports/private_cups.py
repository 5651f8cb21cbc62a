"""A cupsd of a test's own: its own folder, socket and backend, which puts paper into a folder."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import wait_for

FILES = """
ServerRoot {here}
RequestRoot {here}/spool
CacheDir {here}/cache
StateDir {here}/state
TempDir {here}/tmp
ServerBin {here}/bin
AccessLog {here}/access
ErrorLog {here}/error
PageLog {here}/page
"""
DAEMON = """
Listen {here}/sock
PreserveJobFiles No
Browsing Off
DirtyCleanInterval 0
ErrorPolicy retry-job
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
<Limit All>
Order allow,deny
Allow all
</Limit>
</Policy>
"""
PRINTER = """
<Printer {name}>
DeviceURI paper:/{here}/paper
State {state}
Accepting {accepting}
</Printer>
"""

BACKEND = """#!/bin/sh
[ $# -gt 0 ] || exit 0
[ "$PRINTER" != jammed ] || exec sleep 60
[ "$PRINTER" != broken ] || exit 1
cat ${{6:+"$6"}} > "{here}/paper/$PRINTER.new" && mv "{here}/paper/$PRINTER.new" "{here}/paper/$PRINTER.pdf"
"""


class Cups:
    """A print system in `here`."""

    def __init__(self, here: Path) -> None:
        self.here = here
        self.socket = here / "sock"

    def paper(self, name: str) -> bytes:
        """Return what the printer `name` has printed last."""
        path = self.here / "paper" / f"{name}.pdf"
        return path.read_bytes() if path.exists() else b""

    def spooled(self) -> list[Path]:
        """Return the documents that CUPS keeps at the moment."""
        return sorted((self.here / "spool").glob("d*"))

    def jobs(self, which: str) -> str:
        """Return the list of the jobs that are `completed`, or `not-completed`."""
        run = subprocess.run(["lpstat", "-W", which, "-o"], capture_output=True, text=True, check=True)
        return run.stdout


@contextmanager
def private_cups() -> Iterator[Cups]:
    """Run one with the printers `village` (works), `stopped`, `refusing`, `jammed` (never gets done), `broken`."""
    # The path of a socket is short, and so pytest's folders do not do.
    here = Path(tempfile.mkdtemp(prefix="cups"))
    here.chmod(0o755)
    for folder in ("spool", "cache", "state", "tmp", "paper"):
        (here / folder).mkdir()
    (here / "cups-files.conf").write_text(FILES.format(here=here), "utf-8")
    (here / "cupsd.conf").write_text(DAEMON.format(here=here), "utf-8")
    backend = here / "bin" / "backend" / "paper"
    backend.parent.mkdir(parents=True)
    backend.write_text(BACKEND.format(here=here), "utf-8")
    backend.chmod(0o755)
    # Started by root, cupsd runs backends as another user.
    (here / "paper").chmod(0o777)
    (here / "bin" / "daemon").symlink_to("/usr/lib/cups/daemon")
    printers = [
        ("village", "Idle", "Yes"),
        ("stopped", "Stopped", "Yes"),
        ("refusing", "Idle", "No"),
        ("jammed", "Idle", "Yes"),
        ("broken", "Idle", "Yes"),
    ]
    (here / "printers.conf").write_text(
        "".join(PRINTER.format(here=here, name=name, state=state, accepting=yes) for name, state, yes in printers),
        "utf-8",
    )
    path = os.pathsep.join([os.environ["PATH"], "/usr/sbin"])
    cupsd = shutil.which("cupsd", path=path)
    assert cupsd, "cups-daemon is installed by ./run"
    command = [cupsd, "-f", "-c", str(here / "cupsd.conf"), "-s", str(here / "cups-files.conf")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for((here / "sock").exists, "cupsd listens")
        yield Cups(here)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(here, ignore_errors=True)

"""`--fix` does what is safe, says each thing, and the second time there is nothing left to do."""

import os
import time

from station.doctor.mend import WATCHDOG_FILE, mend
from station.firstboot.card_secrets import secrets_on_card
from tests.station.doctor.ground import Site

OLD = time.time() - 3600


def broken(site: Site) -> None:
    site.put("boot/firmware/cuncuntong/token", "ABCD-EFGH-JKMN-PQRS")
    site.put("sys/class/watchdog/watchdog0/state", "inactive")
    (site.folder / "station.key").chmod(0o644)
    (site.folder / "station.crt.next").write_bytes((site.folder / "station.crt").read_bytes())
    left = site.folder / ".station.key.4194303.tmp"
    left.write_text("half a key")
    os.utime(left, (OLD, OLD))
    (site.folder / ".fresh.1.tmp").write_text("somebody writes this now")


def test_what_is_safe_is_put_right_once(site: Site) -> None:
    broken(site)
    called = site.program("systemctl", 'case "$*" in show*) echo ActiveState=failed;; esac')
    ground = site.ground()
    before = {path: path.read_bytes() for path in site.folder.rglob("*") if path.is_file()}
    planned = mend(ground, dry_run=True)
    assert {path: path.read_bytes() for path in site.folder.rglob("*") if path.is_file()} == before
    done = mend(ground, dry_run=False)
    assert [one.zh for one in done] == [one.zh for one in planned]
    assert [one.failed for one in done] == [""] * len(done)
    assert secrets_on_card(ground.layout) == []
    assert (site.folder / "station.key").stat().st_mode & 0o777 == 0o600
    assert not (site.folder / "station.crt.next").exists()
    assert [path.name for path in site.folder.glob(".*.tmp")] == [".fresh.1.tmp"]
    assert "RuntimeWatchdogSec=15s" in (site.root / WATCHDOG_FILE).read_text()
    asked = called.read_text()
    assert [word in asked for word in ("daemon-reexec", "restart cuncuntong-agent", "restart cuncuntong-kiosk")] == [
        True
    ] * 3
    site.put("sys/class/watchdog/watchdog0/state", "active")
    site.program("systemctl", "echo ActiveState=active")
    assert mend(ground, dry_run=False) == []


def test_what_cannot_be_done_is_told_and_the_rest_goes_on(site: Site) -> None:
    site.put("sys/class/watchdog/watchdog0/state", "inactive")
    (site.folder / "station.key").chmod(0o644)
    done = mend(site.ground(), dry_run=False)  # there is no systemctl
    assert ["E-SITE-41" in one.failed for one in done] == [False, True]

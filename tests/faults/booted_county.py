"""A centre and stations that boot: what people do to them, by the commands that people have."""

import json
import random
import shutil
from pathlib import Path
from typing import Final

from demo.processes import free_port
from tests.end_to_end.life import command
from tests.faults.booted import Booted, Debian
from tests.hub_api import HubApi

COUNTY: Final = "/var/lib/cuncuntong"
ENROLLED: Final = "var/lib/cuncuntong/station/.enrolled"


class BootedCounty:
    """The machines of a county, and their folders as this one sees them."""

    centre: Booted
    image: Booted
    first: Booted
    """The station that lives through all of it."""
    county: Path
    wheels: Path
    release: Path
    api: HubApi

    def __init__(self, debian: Debian, folder: Path, seed: int) -> None:
        self.debian, self.folder, self.random = debian, folder, random.Random(seed)
        self.machines: list[Booted] = []
        self.mqtt, self.web, self.probe = free_port(), free_port(), free_port()
        self.labels: dict[str, str] = {}
        self.rollout: str | None = None

    def end(self) -> None:
        for one in self.machines:
            one.cut()

    def enrolled(self, machine: Booted) -> bool:
        return (machine.root / ENROLLED).exists()

    def machine(self, name: str) -> Booted:
        made = Booted(self.debian, self.folder, name)
        self.machines.append(made)
        return made

    def station(self, code: str, *, with_token: bool) -> Booted:
        """Return the image with that station's card in it."""
        made = self.image.another(f"station-{code[-2:]}")
        self.machines.append(made)
        card = made.root / "boot/firmware"
        card.mkdir(parents=True)
        (card / "config.txt").write_text("dtparam=audio=on\n")
        (card / "cmdline.txt").write_text("console=tty1 root=PARTUUID=0-02 rootfstype=ext4 rootwait\n")
        written = ["card", "write", code, "--to", card, "--folder", self.county, "--yes-it-is", code]
        command("firmware-config", *written, *(["--with-token"] if with_token else []), typed=self.labels[code] + "\n")
        for one in card.rglob("*"):
            one.chmod(0o755)  # as a FAT partition shows everything
        return made

    def seeded(self, machine: Booted) -> None:
        """Start it as the card says: the seed's script runs, and starts the machine anew."""
        line = (machine.root / "boot/firmware/cmdline.txt").read_text().split()
        machine.on(*(word for word in line if word.startswith("systemd.")), settled=False)
        machine.comes_up_again()
        told = (machine.root / "boot/firmware/cuncuntong/firstrun.log").read_text()
        assert "FAILED" not in told, told
        assert "systemd.run" not in (machine.root / "boot/firmware/cmdline.txt").read_text()

    def hub(self, *words: str) -> str:
        hub = ["runuser", "-u", "cuncuntong-hub", "--", "/usr/local/bin/hub"]
        return self.centre.run(*hub, *words, "--config", f"{COUNTY}/hub/hub.toml")

    def take_in(self, folder: Path) -> None:
        """Have the hub know what a technician's folder knows."""
        exported = self.centre.root / "var/tmp/inventory.json"
        exported.unlink(missing_ok=True)
        command("firmware-config", "station", "export", "--folder", folder, "--out", exported)
        exported.chmod(0o644)
        self.hub("enrolment", "import", "/var/tmp/inventory.json", "--by", "测试修")

    def somewhere(self, root: Path, secret: str) -> bool:
        """Say whether a file outside Debian's own folders has it."""
        looked = [root / "boot", root / "etc", root / "var", root / "root", root / "opt/cuncuntong/slots"]
        files = (one for folder in looked for one in folder.rglob("*") if one.is_file() and not one.is_symlink())
        return any(secret.encode() in one.read_bytes() for one in files)

    def ordered(self, release: Path) -> None:
        """Have the hub order it, as people do; the machine sees its own /var/tmp."""
        version = release.stem.removeprefix("cuncuntong-")
        given = self.centre.root / "var/tmp" / release.name
        shutil.copyfile(release, given)
        given.chmod(0o644)
        self.hub("release", "add", f"/var/tmp/{release.name}", "--by", "测试管")
        reason = ["--by", "测试管", "--reason", "演练"]
        if self.rollout is not None:  # those that are off would be waited for
            self.hub("rollout", "cancel", self.rollout, *reason)
        waves = ["--waves", "100%", "--soak", "1m", "--most-failed", "9"]
        self.rollout = self.hub("rollout", "start", version, *reason, *waves).strip()

    def _update(self, machine: Booted) -> dict[str, object]:
        told: dict[str, object] = json.loads(
            machine.run("/opt/cuncuntong/current/bin/station", "update", "status", "--json")
        )
        return told

    def running(self, machine: Booted) -> str:
        return Path(machine.root, "opt/cuncuntong/current").readlink().name

    def outcome(self, machine: Booted, release: str) -> str | None:
        outcomes = self._update(machine)["outcomes"]
        assert isinstance(outcomes, list)
        return next((one["code"] for one in reversed(outcomes) if one["release"] == release), None)

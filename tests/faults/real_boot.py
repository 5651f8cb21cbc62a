"""`./run faults boot`: a centre and stations as Debian machines that boot, from blank cards to a revoked station.

Everything is done by the units and commands that people run; nothing stands for anything but the screen (drawn without
one) and the card's FAT partition (a folder).
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from station.firstboot import label
from station.layout import Layout
from tests.end_to_end.life import another, command, on_label
from tests.faults.booted import MADE_FOR, Debian, why_not
from tests.faults.booted_county import COUNTY, BootedCounty
from tests.faults.booted_software import have_wheels, install_centre, install_station
from tests.hub_api import HubApi
from wire.enrolment import read_label

TOKEN_ON_CARD, BY_STICK, CUT_OFF = "999999101001", "999999101002", "999999101003"
VILLAGES: Final = {TOKEN_ON_CARD: "测试一村", BY_STICK: "测试二村", CUT_OFF: "测试三村"}
AGENT, KIOSK = "cuncuntong-agent.service", "cuncuntong-kiosk.service"
CUTS: Final = 5
ENROLS_WITHIN_S, ONLINE_WITHIN_S, TRIAL_WITHIN_S = 60, 45, 420


class Campaign(BootedCounty):
    """What is done with the machines, in order; each step says what it proved."""

    def centre_stands(self) -> str:
        """docs/host.md: software by pip from wheels, `hub init`, units enabled."""
        self.wheels = have_wheels(self.debian)
        self.centre = self.machine("centre")
        install_centre(self.centre, self.wheels)
        self.centre.on()
        (self.centre.root / "var/tmp/villages.csv").write_text(
            "code,name,town\n" + "".join(f"{code},{name},测试镇\n" for code, name in VILLAGES.items()), "utf-8"
        )
        self.centre.run(
            "firmware-config", "hub", "init", "--villages", "/var/tmp/villages.csv", "--county-name", "测试县",
            "--host", "127.0.0.1", "--mqtt-port", str(self.mqtt), "--web-port", str(self.web),
            "--probe-port", str(self.probe), "--web-listen", "0.0.0.0",
            "--admin", "zhangsan", "--admin-name", "张三", "--admin-unit", "测试县司法局",
        )  # fmt: skip
        self.centre.run("firmware-config", "hub", "check")
        self.centre.run("systemctl", "restart", "mosquitto.service")
        services = ("mosquitto.service", "cuncuntong-hub.service", "cuncuntong-broker-trust.service")
        self.centre.run("systemctl", "enable", "--now", *services, "cuncuntong-broker-trust.path")
        self.county = self.centre.root / COUNTY.lstrip("/")
        self.api = HubApi(f"http://127.0.0.1:{self.web}", (self.county / "hub/api.token").read_text().strip())
        self.centre.wait(lambda: self.api.get_or_none("/healthz"), "the centre to be healthy", 30)
        return "hub init, hub check, healthz"

    def image_is_made(self) -> str:
        """The county's release laid out as the first slot of a system that is no station yet."""
        sheet = self.folder / "sheet.csv"
        rows = "".join(f"{code},{name},测试镇,{self.debian.suite},simulated:,hall\n" for code, name in VILLAGES.items())
        sheet.write_text(f"code,name,town,os,camera_1,camera_1_name\n{rows}", "utf-8")
        for words in (
            ["station", "import", sheet], ["label", "mint", "--all", "--form", "png"], ["bundle", "build", "--all"],
            ["release", "build", "--sequence", 1, "--version", "1.0", "--wheels", self.wheels,
             "--python", self.debian.python],
        ):  # fmt: skip
            command("firmware-config", *words, "--folder", self.county)
        self.release = self.county / "releases" / "cuncuntong-1.0.ccr"
        self.image = self.machine("image")
        install_station(self.image, self.release, self.wheels, self.county / "ca.crt")
        for code in VILLAGES:
            (picture,) = self.county.glob(f"labels/*/{code}*.png")
            self.labels[code] = on_label(picture)
        self.take_in(self.county)
        return "release 1.0 verified, laid out, packages from its own wheels"

    def token_on_the_card(self) -> str:
        """The system's own seed enables our unit; that enrols by the token on the card, and hands over."""
        self.first = self.station(TOKEN_ON_CARD, with_token=True)
        self.seeded(self.first)
        self.first.wait(lambda: self.enrolled(self.first), "its certificate", ENROLS_WITHIN_S)
        self.api.wait_state(TOKEN_ON_CARD, "online", ONLINE_WITHIN_S)
        assert not (self.first.root / "boot/firmware/cuncuntong/token").exists(), "the token stays on the card"
        assert not self.somewhere(self.first.root, read_label(self.labels[TOKEN_ON_CARD]).token), "the token stays"
        return "seed → unit → enrolled → online; no token left anywhere"

    def starts_again(self) -> str:
        self.first.reboot()
        self.first.wait(lambda: self.first.shows(AGENT, "ActiveState") == "active", "its agent", ONLINE_WITHIN_S)
        self.api.wait_for(f"/api/v1/stations/{TOKEN_ON_CARD}", lambda one: one["state"] == "online", ONLINE_WITHIN_S)
        self.first.wait(lambda: self.first.shows(KIOSK, "ActiveState") == "active", "its kiosk", 30)
        seen = f"/api/v1/stations/{TOKEN_ON_CARD}"
        self.api.wait_for(seen, lambda one: one["video"] == "ok", ONLINE_WITHIN_S)
        failed = self.first.run("systemctl", "--failed", "--no-legend", "--plain").split("\n")
        assert not [line for line in failed if "cuncuntong" in line], failed
        return "agent and kiosk up again, no unit failed"

    def power_cuts(self) -> str:
        """Cut anywhere in the first boot; the next start goes on, and the last one ends it."""
        cut = self.station(CUT_OFF, with_token=True)
        self.seeded(cut)
        for _ in range(CUTS):
            time.sleep(self.random.uniform(0.05, 2.5))
            cut.cut()
            assert not (self.enrolled(cut) and not (cut.root / "var/lib/cuncuntong/station/station.key").exists())
            cut.on()
        cut.wait(lambda: self.enrolled(cut), "its certificate", ENROLS_WITHIN_S)
        self.api.wait_state(CUT_OFF, "online", ONLINE_WITHIN_S)
        cut.cut()
        self.machines.remove(cut)
        return f"{CUTS} cuts, then enrolled and online"

    def by_stick(self) -> str:
        """The centre is off: request and certificate go by a stick and a laptop that was delegated."""
        laptop, stick = self.folder / "laptop", "media/stick"
        command("firmware-config", "ca", "delegate", "van1", BY_STICK, "--to", laptop, "--folder", self.county)
        self.centre.run("systemctl", "stop", "cuncuntong-hub.service")
        second = self.station(BY_STICK, with_token=False)
        place = second.root / stick
        place.mkdir(parents=True)
        command("firmware-config", "stick", "prepare", place, "--folder", laptop)
        self.seeded(second)
        answer = label.scanned(self.labels[BY_STICK])
        assert answer is not None
        second.wait((second.seen() / "run/cuncuntong").is_dir, "first boot to begin", 30)
        label.give(Layout(second.seen()), answer)
        request = place / "cuncuntong" / f"{BY_STICK}.request.json"
        second.wait(request.exists, "its request on the stick", 45)
        command("firmware-config", "stick", "sign", place, "--folder", laptop)
        second.wait(lambda: self.enrolled(second), "the stick's certificate", 45)
        self.take_in(laptop)
        self.centre.run("systemctl", "start", "cuncuntong-hub.service")
        self.api.wait_healthy()
        self.api.wait_state(BY_STICK, "online", ONLINE_WITHIN_S)
        second.cut()
        self.machines.remove(second)
        return "request → laptop → certificate; the centre trusts it once it was told; online"

    def watchdog(self) -> str:
        """An agent that stands still is killed by systemd and started anew."""
        before = self.first.shows(AGENT, "MainPID")
        self.first.run("systemctl", "kill", "--kill-whom=main", "--signal=STOP", AGENT)
        self.first.wait(
            lambda: self.first.shows(AGENT, "MainPID") not in {before, "0", ""}
            and self.first.shows(AGENT, "ActiveState") == "active", "another agent", 75,
        )  # fmt: skip
        self.api.wait_state(TOKEN_ON_CARD, "online", ONLINE_WITHIN_S)
        return "a stopped agent was killed and started anew"

    def good_release(self) -> str:
        """Without packages in it, as most releases are: the station has them."""
        command("firmware-config", "release", "build", "--sequence", 2, "--version", "1.1",
                "--python", self.debian.python, "--folder", self.county)  # fmt: skip
        self.ordered(self.county / "releases" / "cuncuntong-1.1.ccr")
        self.first.wait(lambda: self.outcome(self.first, "1.1") == "kept", "it to be kept", TRIAL_WITHIN_S)
        assert self.running(self.first) == "1.1"
        self.api.wait_state(TOKEN_ON_CARD, "online", ONLINE_WITHIN_S)
        return "roll-out → order → path unit → fetched, staged, tried, kept"

    def bad_release(self) -> str:
        bad = self.folder / "cuncuntong-1.2.ccr"
        good = self.county / "releases" / "cuncuntong-1.1.ccr"
        bad.write_bytes(another(good, self.county, "1.2", 3, broken=True))
        self.ordered(bad)
        self.first.wait(lambda: self.outcome(self.first, "1.2") == "E-UPD-11", "it to be taken back", TRIAL_WITHIN_S)
        assert self.running(self.first) == "1.1"
        self.api.wait_state(TOKEN_ON_CARD, "online", ONLINE_WITHIN_S)
        return "its agent dies: taken back by itself (E-UPD-11), online with 1.1"

    def revoked(self) -> str:
        """The hub writes lists, the path unit gives them to the broker; nobody else does anything."""
        self.hub("enrolment", "revoke", TOKEN_ON_CARD, "--by", "测试管", "--reason", "终端被盗")
        acl = self.county / "broker/acl"
        self.centre.wait(lambda: f"user {TOKEN_ON_CARD}" in acl.read_text(), "the broker's list", 30)
        self.first.run("systemctl", "restart", AGENT)
        said = lambda: self.first.run("journalctl", "-u", AGENT, "--no-pager", "-n", "60", may_fail=True).lower()  # noqa: E731
        self.first.wait(lambda: "revoked" in said() or "refused" in said(), "the broker's refusal", 60)
        self.api.wait_for(f"/api/v1/stations/{TOKEN_ON_CARD}", lambda one: one["state"] != "online", 60)
        return "path unit → broker refuses its certificate; no more online"

    def without_a_screen(self) -> str:
        """No cage: the machine goes on with everything else, and is not eaten by restarts."""
        self.first.run("mv", "/usr/bin/cage", "/usr/bin/cage.away")
        self.first.run("systemctl", "restart", KIOSK, may_fail=True)
        starts, began = int(self.first.shows(KIOSK, "NRestarts")), time.monotonic()
        time.sleep(10)
        per_minute = 60 * (int(self.first.shows(KIOSK, "NRestarts")) - starts) / (time.monotonic() - began)
        assert self.first.shows(AGENT, "ActiveState") in {"active", "activating"}
        return f"the kiosk is tried {per_minute:.0f} times a minute, and the agent goes on"


STEPS: Final[tuple[tuple[str, Callable[[Campaign], str]], ...]] = (
    ("centre 中心", Campaign.centre_stands),
    ("image 镜像", Campaign.image_is_made),
    ("token on the card 卡上密码", Campaign.token_on_the_card),
    ("start again 重启", Campaign.starts_again),
    ("power cuts 断电", Campaign.power_cuts),
    ("by stick 优盘登记", Campaign.by_stick),
    ("watchdog 看门狗", Campaign.watchdog),
    ("good release 好版本", Campaign.good_release),
    ("bad release 坏版本", Campaign.bad_release),
    ("revoked 吊销", Campaign.revoked),
    ("no screen 无屏", Campaign.without_a_screen),
)


GROUND: Final = (Campaign.centre_stands, Campaign.image_is_made, Campaign.token_on_the_card)


def main(args: list[str]) -> int:
    """Run the campaign and print what was proved; 0 as well where this machine cannot, with the reason."""
    parser = argparse.ArgumentParser(prog="./run faults boot", description=__doc__)
    parser.add_argument("--suite", choices=sorted(MADE_FOR), default="bookworm")
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--keep", type=Path, help="leave machines and logs in this folder 保留现场")
    chosen = parser.parse_args(args)
    debian = Debian(chosen.suite)
    began = time.monotonic()
    why = why_not(debian)
    if why is not None:
        _say(f"skipped 未运行: {why}")
        return 0
    _say(f"Debian {chosen.suite} is there 系统就绪: {time.monotonic() - began:.1f} s")
    # Of this folder's file system, so that copies of a whole machine cost nothing where it can do that.
    with tempfile.TemporaryDirectory(dir=debian.cache) as scratch:
        folder = Path(scratch) if chosen.keep is None else chosen.keep
        folder.mkdir(parents=True, exist_ok=True)
        return _run(Campaign(debian, folder, chosen.seed))


def _run(campaign: Campaign) -> int:
    """Take each step; without the ground of all others there is no going on."""
    began, flaws = time.monotonic(), 0
    try:
        for name, step in STEPS:
            since = time.monotonic()
            try:
                mark, told = "✓", step(campaign)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
                mark, told, flaws = "✗", f"{type(error).__name__}: {error}", flaws + 1
            _say(f"{mark} {name:<24} {time.monotonic() - since:6.1f} s  {told}")
            if mark == "✗" and step in GROUND:
                break
    finally:
        campaign.end()
    _say(f"{len(STEPS)} steps 步, {time.monotonic() - began:.0f} s, {flaws} flaws 问题")
    return 1 if flaws else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

"""First boot cut at each thing it does to the disk, then run again: whatever the cut, the same station comes of it."""

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from nacl.public import PrivateKey

from station.firstboot.card_secrets import secrets_on_card
from station.firstboot.install import installed
from station.identity.keys import load_identity
from station.identity.token_box import seal_with_token
from station.layout import Layout
from tests.cutting import CutError, disk
from tests.station.firstboot.county import STATION, TOKEN, WIFI, Hub, Told, county, hub_of, written_card
from wire.enrolment import (
    INVITATION_FILE,
    REPLY_FILE,
    REQUEST_FILE,
    EnrolRequest,
    StickInvitation,
    token_digest,
)

Prepare = Callable[[Path, Hub], Layout]
INVITED = b"cuncuntong invitation 1\0"
PASSWORD = b"not-a-real-one-either\n"
CAMERA = {"sealed/camera-gate": seal_with_token(TOKEN, PASSWORD)}


class Outcome(NamedTuple):
    """What came of so many cuts."""

    cuts: int
    writes: int
    flaws: list[str]

    def line(self) -> str:
        return f"{self.cuts} cuts 断电 at {self.writes} writes 写操作: {len(self.flaws)} flaws 问题"


def by_line(root: Path, hub: Hub) -> Layout:
    """A card with a token, and a hub that answers."""
    return written_card(root, county().bundle(hub.url, more=CAMERA))


def newer(root: Path, hub: Hub) -> Layout:
    """A station that runs, and a newer bundle on its card that brings, changes and takes away."""
    layout = written_card(root, county().bundle(hub.url, more=CAMERA | {"etc/cuncuntong/old.conf": b"old"}))
    assert Told(layout).run()
    changed = {"station/foot.ini": b"font=2\n", "etc/cuncuntong/new.conf": b"new"}
    (layout.card / "station.ccb").write_bytes(county().bundle(hub.url, sequence=2, more=CAMERA | changed))
    return layout


def pulled(root: Path, hub: Hub) -> Layout:
    """A station that runs, and a stick with a newer bundle, which whoever restores the power pulls out."""
    layout = newer(root, hub)
    (layout.media / "usb/cuncuntong").mkdir(parents=True)
    (layout.card / "station.ccb").rename(layout.media / f"usb/cuncuntong/{STATION}.ccb")
    return layout


def by_stick(root: Path, hub: Hub) -> Layout:
    """A card with a token, no line, and a technician's stick."""
    layout = written_card(root, county().bundle(None, more=CAMERA))
    stick = layout.media / "usb"
    (stick / "cuncuntong").mkdir(parents=True)
    seal_key = bytes(PrivateKey(bytes(hub.county.seal_key)).public_key)
    issuer = hub.county.hub
    invitation = StickInvitation(issuer.pem.decode(), seal_key, issuer.sign(INVITED + seal_key))
    (stick / INVITATION_FILE).write_bytes(msgspec.json.encode(invitation))
    return layout


def laptop(layout: Layout, hub: Hub) -> None:
    """Answer the request on the stick, if there is a whole one."""
    stick = layout.media / "usb"
    path = stick / REQUEST_FILE.format(station=STATION)
    if path.exists():
        request = msgspec.json.decode(path.read_bytes(), type=EnrolRequest)
        answer = hub.decide(request, hub.county.hub)
        (stick / REPLY_FILE.format(station=STATION)).write_bytes(msgspec.json.encode(answer))


SCENES: dict[str, Prepare] = {"by_line": by_line, "newer": newer, "pulled": pulled, "by_stick": by_stick}


def boot(layout: Layout, hub: Hub) -> bool:
    """Make one run of a few rounds; a laptop is at hand between them."""
    return Told(layout, rounds=3, between=lambda _: laptop(layout, hub)).run()


def writes_of(scene: str, folder: Path) -> list[str]:
    """Return all that a whole first boot does to the disk."""
    with hub_of(county()) as hub:
        layout = SCENES[scene](folder / "counted", hub)
        with disk() as watched:
            assert boot(layout, hub)
    shutil.rmtree(folder / "counted")
    return watched.done


def run_cuts(
    scene: str,
    folder: Path,
    *,
    every: int = 1,
    first: int = 1,
    again: random.Random | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Cut at each `every`-th write from `first` on, run again, and judge what came of it.

    With `again` the second run is cut too, somewhere, and a third one has to do.
    """
    writes = writes_of(scene, folder)
    flaws, cuts = [], 0
    for at in range(first, len(writes) + 1, every):
        root = folder / f"{scene}-{at}"
        with hub_of(county()) as hub:
            layout = SCENES[scene](root, hub)
            with disk(at), pytest.raises(CutError):
                boot(layout, hub)
            if again is not None:
                with disk(again.randint(1, len(writes))), suppress(CutError):
                    boot(layout, hub)
            cuts += 1
            if scene == "pulled":
                shutil.rmtree(layout.media)
            flaws += [f"{scene}, cut at {at} ({writes[at - 1]}): {flaw}" for flaw in _flaws(scene, layout, hub)]
        shutil.rmtree(root)
        if at % 50 == 0:
            say(f"{scene}: {at} of {len(writes)}")
    return Outcome(cuts, len(writes), flaws)


def _flaws(scene: str, layout: Layout, hub: Hub) -> list[str]:
    """Run it again and return what is wrong then."""
    flaws = []
    if not boot(layout, hub):
        return ["not finished by the next run"]
    if len(hub.issued) != 1:
        flaws.append(f"the token brought {len(hub.issued)} certificates")
    if load_identity(layout.station).station != STATION:
        flaws.append("another's certificate")
    flaws += _set_flaws(scene, layout)
    if (layout.root / "etc/NetworkManager/system-connections/cuncuntong.nmconnection").read_bytes() != WIFI:
        flaws.append("no Wi-Fi")
    if (layout.station / "secrets/camera-gate").read_bytes() != PASSWORD:
        flaws.append("no password of a camera")
    flaws += [f"half a file: {path.name}" for path in layout.root.rglob(".*") if path.suffix in {".next", ".tmp"}]
    flaws += [f"half a file: {path.name}" for path in layout.station.glob("*.next")]
    files = [path for path in layout.root.rglob("*") if path.is_file()]
    flaws += [f"the token is left in {path.name}" for path in files if TOKEN.encode() in path.read_bytes()]
    flaws += [f"{secret.kind} in {secret.file.name}" for secret in secrets_on_card(layout)]
    if [one.burnt_key is not None for one in hub.tokens if one.digest == token_digest(TOKEN)] != [True]:
        flaws.append("the token is not burnt")
    return flaws


def _set_flaws(scene: str, layout: Layout) -> list[str]:
    """Return what is wrong with the files of the bundle: all of one, and none of another."""
    now = installed(layout)
    wanted = {"by_line": {1}, "by_stick": {1}, "newer": {2}, "pulled": {1, 2}}[scene]
    if now is None or now.sequence not in wanted:
        return ["another bundle than it should be"]
    if scene not in {"newer", "pulled"}:
        return []
    there = [(layout.root / "etc/cuncuntong" / name).exists() for name in ("new.conf", "old.conf")]
    whole = there == [now.sequence == 2, now.sequence == 1]
    font = (layout.station / "foot.ini").read_bytes() == b"font=2\n"
    return [] if whole and font is (now.sequence == 2) else ["neither the old set nor the new"]

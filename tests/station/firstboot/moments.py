"""The states the setup screen can be in, each a status; named as their pictures are."""

from collections.abc import Iterator

from msgspec import structs

from station.firstboot.bundles import LACKING
from station.firstboot.status import Said, Status, StepName, StepNow, StepState, first_status
from tests.station.firstboot.county import NAME, STATION, TOWN

FINGERPRINT = "".join(f"{number:02x}" for number in range(7, 256, 8))[:64]


def at(step: StepName, state: StepState, said: Said | None = None, **more: object) -> Status:
    """Return the status of a station of which all before `step` is done."""
    steps, before = [], True
    for one in first_status().steps:
        before = before and one.name != step
        steps.append(StepNow(one.name, "done") if before else one)
    steps = [StepNow(step, state, said) if one.name == step else one for one in steps]
    status = Status(steps, STATION, NAME, TOWN, FINGERPRINT)
    return structs.replace(status, **more)


def moments() -> Iterator[tuple[str, Status | None]]:
    """Yield each state by its name."""
    yield "starting", None
    yield "no-bundle", structs.replace(at("bundle", "waits", LACKING), station="", name="", town="", fingerprint="")
    tampered = Said("E-ARC-03", "altered after it was signed 文件在签名后被改动")
    yield "tampered", structs.replace(at("bundle", "failed", tampered), station="", name="", town="", fingerprint="")
    yield "label", at("label", "waits", wants_label=True)
    other = Said("E-FIRST-07", f"the label is of 999999101002, the card of {STATION} 标签属于另一站点，请核对标签与卡")
    yield "wrong-label", at("label", "waits", wants_label=True, label_refused=other)
    refused = Said(
        "E-ENR-13", "not the code of this station's label: scan the newest one 不是本站标签上的码，请用最新的标签"
    )
    yield "hub-refuses", at("enrol", "failed", refused, wants_label=True, label_refused=refused)
    away = Said("E-IDENT-04", "http://10.32.0.5:8080: the hub is not reached 无法连接县级中心: No route to host")
    yield "hub-away", at("enrol", "waits", away)
    yield "stick-asked", at("enrol", "waits", asked=True)
    older = Said("E-ARC-06", "number 4 is older than 5, which is installed 比已安装的旧")
    yield "older-bundle", at("enrol", "waits", away, newer_refused=older)
    yield "finished", structs.replace(at("handover", "done"), finished=True)
    kept = Said("E-FIRST-10", "a used secret stays on the card 卡上用过的密码文件无法删除: Read-only file system")
    yield "card-kept", structs.replace(at("card", "failed", kept), finished=True)

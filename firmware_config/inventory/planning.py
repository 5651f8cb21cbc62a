"""From rows of a sheet to entries, and what that adds and changes: everything or nothing (pure)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, get_args

import msgspec

from firmware_config.inventory.entry import PLANNED, Entry, Os, Panel, StaticNetwork
from firmware_config.inventory.spreadsheet import CAMERAS, Flaw, Row, tidy_code, why_no_code
from station.settings import CameraSettings, ReaderSettings
from wire.topics import county_of, is_station_id, village_of

BAUDS: Final = (115200, 57600, 38400, 19200, 9600)
_ADDRESS: Final = re.compile(
    r"(?:rtsps?|https?)://(?:[^/?#@:\s]+@)?(?:\[[0-9A-Fa-f:.]+\]|[^/?#@:\[\]\s]+)(?::[0-9]{1,5})?(?:[/?][^@\s]*)?", re.I
)
"""Before the host a user name alone; after it no `@`, lest it ends a password with a slash in it."""
_PASSWORD_IN: Final = re.compile(r"(?:pass|passwd|password|pwd)=[^&_]", re.I)


class Edit(NamedTuple):
    """One station of a plan: as it is (None: not yet), and as it will be."""

    before: Entry | None
    after: Entry

    @property
    def fields(self) -> list[str]:
        """The fields of the plan that change."""
        if self.before is None:
            return []
        return [name for name in PLANNED if getattr(self.before, name) != getattr(self.after, name)]


class Plan(NamedTuple):
    """What a sheet does to an inventory."""

    added: list[Edit]
    changed: list[Edit]
    unchanged: list[Edit]
    flaws: list[Flaw]


def plan_of(rows: Sequence[Row], entries: Mapping[str, Entry], county: str | None) -> Plan:
    """Return what `rows` do to `entries`; where there is a flaw nothing may be done.

    A column that the sheet has not stays as it is, an empty cell empties. Stations that the sheet has not stay.
    `county` is the six digits of the county, None to take those of the first row.

    Flaws: E-INV-03 (a value), E-INV-04 (a code twice, another county, none at all).
    """
    plan = Plan([], [], [], [])
    lines: dict[str, int] = {}
    for row in rows:
        code = tidy_code(row.cells.get("code", ""))
        if not is_station_id(code):
            plan.flaws.append(Flaw(row.line, "E-INV-03", why_no_code(code)))
            continue
        if code in lines:
            second = f"{village_of(code)}-2"
            hint = "" if "-" in code else f"; a second kiosk of the village is {second} 同村第二台请写 {second}"
            plan.flaws.append(Flaw(row.line, "E-INV-04", f"{code} stands in line {lines[code]} too 编码重复{hint}"))
            continue
        lines[code] = row.line
        county = county or county_of(code)
        if county_of(code) != county:
            plan.flaws.append(Flaw(row.line, "E-INV-04", f"{code} is not of county {county} 不属于本县"))
            continue
        before = entries.get(code)
        after, wrong = _entry(code, row.cells, before)
        plan.flaws.extend(Flaw(row.line, "E-INV-03", f"{code}: {what}") for what in wrong)
        if after is not None:
            edit = Edit(before, after)
            (plan.added if before is None else plan.changed if edit.fields else plan.unchanged).append(edit)
    if not rows:
        plan.flaws.append(Flaw(1, "E-INV-04", "no station in it 没有站点"))
    plan.flaws.extend(_shared_addresses(plan, entries, lines))
    return plan


def cells_of(entry: Entry) -> dict[str, str]:
    """Return the cells that make this entry's plan: what an exported sheet says of it."""
    cells = {"code": entry.code, **{name: getattr(entry, name) for name in ("name", "town", "os", "panel", "note")}}
    cells |= {"printer": entry.printer or "", "wifi_ssid": entry.wifi_ssid}
    if entry.reader is not None:
        cells |= {"reader": entry.reader.port, "reader_baud": str(entry.reader.baud)}
    for number, camera in enumerate(entry.cameras, start=1):
        cells |= {f"camera_{number}": camera.source, f"camera_{number}_name": camera.name}
    if entry.network is not None:
        network = entry.network
        cells |= {"address": network.address, "gateway": network.gateway, "dns": " ".join(network.dns)}
    return cells


def _shared_addresses(plan: Plan, entries: Mapping[str, Entry], lines: Mapping[str, int]) -> list[Flaw]:
    """Return a flaw for each station of the sheet that would have another's address."""
    after = dict(entries) | {edit.after.code: edit.after for edit in (*plan.added, *plan.changed)}
    users: dict[str, list[str]] = {}
    for code, entry in after.items():
        if entry.network is not None:
            users.setdefault(entry.network.address.partition("/")[0], []).append(code)
    return [
        Flaw(lines[code], "E-INV-04", f"{code}: {address} is {other}'s too 地址与其他站点重复")
        for address, codes in users.items()
        for code, other in zip(codes, [*codes[1:], codes[0]], strict=True)
        if code in lines and code != other
    ]


def _entry(code: str, cells: Mapping[str, str], before: Entry | None) -> tuple[Entry | None, list[str]]:
    """Return the entry as the cells make it, and what is wrong with them."""
    long = [column for column in cells if not _is_line(cells[column])]
    if long:
        return None, [f"{column}: not printable or too long 含不可打印字符或过长" for column in long]
    base = before or Entry(code, "", "")
    changes: dict[str, Any] = {}
    wrong = list[str]()
    for read in (_words, _machine, _reader, _cameras, _network):
        changed, flaws = read(cells, base)
        changes |= changed
        wrong += flaws
    if wrong:
        return None, wrong
    try:
        after = msgspec.structs.replace(base, **changes)
        msgspec.convert(msgspec.to_builtins(after), Entry, strict=True)
    except msgspec.ValidationError as error:
        return None, [f"{error} 取值有误"]
    return after, []


def _words(cells: Mapping[str, str], base: Entry) -> tuple[dict[str, Any], list[str]]:
    changes: dict[str, Any] = {name: cells[name] for name in ("name", "town", "wifi_ssid", "note") if name in cells}
    if "printer" in cells:
        changes["printer"] = cells["printer"] or None
    wrong = [
        f"no {name} 缺少{zh}"
        for name, zh in (("name", "村名"), ("town", "镇名"))
        if not changes.get(name, getattr(base, name))
    ]
    if len(cells.get("wifi_ssid", "").encode()) > 32:
        wrong.append("wifi_ssid: more than 32 bytes 无线名称超过 32 字节")
    return changes, wrong


def _machine(cells: Mapping[str, str], _base: Entry) -> tuple[dict[str, Any], list[str]]:
    changes, wrong = dict[str, Any](), list[str]()
    for name, known, usual in (("os", get_args(Os), "trixie"), ("panel", get_args(Panel), "1024x600")):
        if name in cells:
            changes[name] = re.sub(r"[*×]", "x", cells[name].lower()) or usual
            if changes[name] not in known:
                wrong.append(f"{name} '{cells[name][:20]}': one of {', '.join(known)} 只能是其中之一")
    return changes, wrong


def _reader(cells: Mapping[str, str], base: Entry) -> tuple[dict[str, Any], list[str]]:
    if not {"reader", "reader_baud"} & cells.keys():
        return {}, []
    had = base.reader
    port = cells.get("reader", had.port if had else "")
    baud = cells.get("reader_baud", str(had.baud) if had else "") or "115200"
    if baud not in map(str, BAUDS):
        return {}, [f"reader_baud '{baud[:20]}': one of {', '.join(map(str, BAUDS))} 只能是其中之一"]
    if port and not re.match(r"/dev/|socket://|hwgrep://", port):
        return {}, [f"reader '{port[:40]}': e.g. /dev/ttyUSB0 应为串口设备路径"]
    return {"reader": ReaderSettings(port, int(baud)) if port else None}, []  # type: ignore[arg-type]  # looked up


def _cameras(cells: Mapping[str, str], base: Entry) -> tuple[dict[str, Any], list[str]]:
    if not any(name.startswith("camera_") for name in cells):
        return {}, []
    cameras, wrong = list[CameraSettings](), list[str]()
    for number in range(1, CAMERAS + 1):
        had = base.cameras[number - 1] if number <= len(base.cameras) else None
        source = cells.get(f"camera_{number}", had.source if had else "")
        name = cells.get(f"camera_{number}_name", had.name if had else "") or f"camera-{number}"
        if not source:
            continue
        is_address = _ADDRESS.fullmatch(source) is not None
        if _PASSWORD_IN.search(source) if is_address else "://" in source and "@" in source:
            wrong.append(
                f"camera_{number}: a password does not belong in the list, which everybody can read: write the user "
                "name alone (rtsp://admin@…), and give the password by 'station camera-secret' "
                "清单中不得写摄像机口令，只写用户名，口令用 station camera-secret 录入"
            )
        elif not is_address and not re.match(r"/dev/|simulated:", source):
            wrong.append(f"camera_{number} '{source[:40]}': /dev/video0, rtsp://… or http://… 视频源有误")
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,32}", name):
            wrong.append(f"camera_{number}_name '{name[:40]}': letters, digits, - and _ only 只能用字母数字")
        if name in (camera.name for camera in cameras):
            wrong.append(f"two cameras are named '{name}' 摄像机名称重复")
        kept = had or CameraSettings(name, source)
        cameras.append(msgspec.structs.replace(kept, name=name, source=source))
    return {"cameras": cameras}, wrong


def _network(cells: Mapping[str, str], base: Entry) -> tuple[dict[str, Any], list[str]]:
    if not {"address", "gateway", "dns"} & cells.keys():
        return {}, []
    had = base.network
    address = cells.get("address", had.address if had else "")
    gateway = cells.get("gateway", had.gateway if had else "")
    dns = re.split(r"[\s;,、]+", cells["dns"]) if "dns" in cells else list(had.dns) if had else []
    if not address or address.lower() == "dhcp":
        if gateway or any(dns):
            return {}, ["gateway or dns without an address 有网关或 DNS 而没有地址"]
        return {"network": None}, []
    try:
        network = msgspec.convert(
            {"address": address, "gateway": gateway, "dns": [one for one in dns if one]}, StaticNetwork
        )
    except msgspec.ValidationError as error:
        return {}, [
            f"address '{address[:20]}', gateway '{gateway[:20]}': e.g. 10.32.4.17/24, 10.32.4.1 地址有误: {error}"
        ]
    return {"network": network}, []


def _is_line(text: str) -> bool:
    return len(text) <= 512 and (not text or text.isprintable())

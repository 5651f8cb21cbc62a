"""What is judged of certificates, files, units and software (pure)."""

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

from station.doctor import codes
from station.doctor.codes import fine, wrong
from wire.acceptance import Finding, State

ENDS_SOON_DAYS: Final = 30
"""A station renews at half of its certificate's life; with so little left of two years that has failed for one. One
from a laptop lasts a month in all: of that it is the last quarter."""
STOPPED_BY_DOCTOR: Final = "stopped"


class Certificate(NamedTuple):
    """The station's own certificate, as it lies in its folder."""

    trouble: str | None = None
    """E-CERT-… or why it cannot be read; None when it leads to the county's authority."""
    common_name: str = ""
    not_before: dt.datetime | None = None
    not_after: dt.datetime | None = None
    serial: str = ""
    """Hex digits."""
    key_belongs: bool = True
    half_installed: bool = False
    """Another certificate was being put in place when the power went."""


class Unit(NamedTuple):
    """A unit of systemd."""

    name: str
    active: str
    """ActiveState: `active`, `activating`, `failed`, `inactive`, …"""
    enabled: bool = True


class Software(NamedTuple):
    """What runs."""

    version: str
    release: str | None
    """The slot in use; None where the software is not installed in slots."""
    slot_there: bool = True
    waiting: bool = False
    """A release was put in place and its health is still being looked at."""


def certificate(seen: Certificate, station: str, now: dt.datetime | None) -> list[Finding]:
    """Judge the certificate at a time; None while the clock is not trusted."""
    if seen.trouble is not None:
        what = f"本站证书不可用（{seen.trouble}）", f"the station's certificate cannot be used ({seen.trouble})"
        return [wrong("certificate", "bad", codes.CERTIFICATE_WRONG, *what)]
    if seen.common_name != station:
        what = (
            f"证书属于 {seen.common_name}，不是本站",
            f"the certificate is of {seen.common_name}, not of this station",
        )
        return [wrong("certificate", "bad", codes.CERTIFICATE_WRONG, *what)]
    if not seen.key_belongs:
        return [wrong("certificate", "bad", codes.KEY_WRONG, "私钥与证书不符", "the key is not the certificate's")]
    found = []
    if seen.half_installed:
        what = "有一份换了一半的证书", "a certificate was being put in place and is not yet"
        found.append(wrong("certificate", "warn", codes.KEY_WRONG, *what))
    return [*found, _dates(seen, now)]


def _dates(seen: Certificate, now: dt.datetime | None) -> Finding:
    if seen.not_before is None or seen.not_after is None:
        return wrong("certificate", "bad", codes.CERTIFICATE_WRONG, "证书没有有效期", "the certificate has no dates")
    until = f"{seen.not_after:%Y-%m-%d}"
    if now is None:
        what = (
            f"时钟未校准，无法核对有效期（至 {until}）",
            f"the clock is not right: its dates (until {until}) were not looked at",
        )
        return wrong("certificate", "skipped", codes.CLOCK_NOT_SYNCHRONISED, *what)
    days = (seen.not_after - now) / dt.timedelta(days=1)
    figures = {"days_left": round(days, 1)}
    if not seen.not_before <= now <= seen.not_after:
        what = f"证书不在有效期内（至 {until}）", f"the certificate is not valid now (until {until})"
        return wrong("certificate", "bad", codes.CERTIFICATE_ENDS, *what, figures=figures)
    life = seen.not_after - seen.not_before
    if seen.not_after - now < min(dt.timedelta(days=ENDS_SOON_DAYS), life / 4):
        what = f"证书 {days:.0f} 天后到期", f"the certificate ends in {days:.0f} days"
        return wrong("certificate", "bad", codes.CERTIFICATE_ENDS, *what, figures=figures)
    if now > seen.not_before + life / 2:
        what = (
            f"证书已过半期，应自动更换（至 {until}）",
            f"past half of its life it should renew by itself (until {until})",
        )
        return wrong("certificate", "warn", codes.CERTIFICATE_ENDS, *what, figures=figures)
    return fine("certificate", f"证书有效至 {until}", f"the certificate is valid until {until}", figures=figures)


def files(open_to_others: Sequence[str], foreign: Sequence[str] = ()) -> list[Finding]:
    """Judge who may read the station's secrets, and whether its files are its user's; the names are of those not so."""
    found = []
    if open_to_others:
        names = "、".join(open_to_others)
        what = f"他人可读的密钥文件：{names}", f"others may read: {names}"
        found.append(wrong("files", "bad", codes.FILES_OPEN, *what))
    if foreign:
        names = "、".join(foreign)
        what = f"不属于本站用户的文件：{names}"[:300], f"of another user, so the agent cannot write them: {names}"[:300]
        found.append(wrong("files", "bad", codes.FILES_OPEN, *what))
    return found or [fine("files", "密钥文件只有本站可读", "only the station reads its keys")]


def card(secrets: Sequence[str] | None) -> Finding:
    """Judge the FAT partition, which everybody who takes the card can read; None where there is none."""
    if secrets is None:
        return fine("card", "没有启动分区上的部署文件", "no boot partition with our files is there")
    if not secrets:
        return fine("card", "启动分区上没有口令或密钥", "no secret lies on the boot partition")
    names = "、".join(secrets)
    return wrong(
        "card", "bad", codes.SECRETS_ON_CARD, f"启动分区上留有机密：{names}", f"secrets on the boot partition: {names}"
    )


def units(seen: Sequence[Unit] | None) -> list[Finding]:
    """Judge the units; None where systemd could not be asked."""
    if seen is None:
        return [wrong("units", "skipped", codes.NOT_MEASURED, "无法询问 systemd", "systemd cannot be asked")]
    found = []
    for unit in seen:
        if unit.active == STOPPED_BY_DOCTOR or (unit.active in {"active", "activating", "reloading"} and unit.enabled):
            continue
        state: State = "warn" if unit.active == "active" else "bad"
        what = f"{unit.name} 未运行或未设开机启动（{unit.active}）", f"{unit.name} is {unit.active}, or not enabled"
        found.append(wrong("units", state, codes.UNIT_NOT_RUNNING, *what, subject=unit.name))
    return found or [fine("units", "各服务运行正常", "all units run")]


def software(seen: Software) -> Finding:
    """Judge the release in use."""
    if seen.release is None:
        return fine("software", f"软件 {seen.version}", f"software {seen.version}")
    if not seen.slot_there:
        what = f"当前版本 {seen.release} 的目录不存在", f"the slot of {seen.release} is not there"
        return wrong("software", "bad", codes.SOFTWARE_UNCLEAR, *what)
    if seen.waiting:
        what = f"版本 {seen.release} 正在试运行", f"{seen.release} is being tried out"
        return wrong("software", "warn", codes.SOFTWARE_UNCLEAR, *what)
    return fine("software", f"软件版本 {seen.release}", f"release {seen.release}")

"""Whether a county's centre could run as it is laid out: its files, owners, certificates, ports, and its broker's word.

Nothing is changed. The broker is the real one: it reads a copy of its configuration on a port of its own, for a moment.
"""

import datetime as dt
import http.client
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from firmware_config.host.laying import OWNED, Host
from firmware_config.host.machine import USER
from firmware_config.identity.standing import standing_of
from hub.settings import Settings
from wire.settings import SettingsError, load_settings

PRIVATE: Final = (
    "ca.key", "signer.key", "issuers/*.key", "broker/broker.key", "hub/*.key", "hub/api.token", "hub/issuers/*.key",
    "monitor/monitor.key",
)  # fmt: skip
NEEDED: Final = (
    "broker/mosquitto.conf", "broker/acl", "broker/crl.pem", "broker/broker.crt", "broker/broker.key", "hub/hub.toml",
    "hub/stations.csv", "hub/unseal.key", "hub/hub.crt", "hub/hub.key", "hub/api.token", "hub/issuers/hub.key",
)  # fmt: skip
SOON: Final = dt.timedelta(days=60)
STARTS_WITHIN_S: Final = 10.0
MOSQUITTO: Final = "mosquitto"


AGAIN: Final = "run hub init --yes 请运行 hub init --yes"
BACK: Final = {
    "broker/acl": "run hub apply-trust 请运行 hub apply-trust",
    "hub/stations.csv": "run hub init --villages FILE --yes 请运行 hub init --villages 名单 --yes",
    **dict.fromkeys(
        ("broker/broker.key", "hub/unseal.key", "hub/hub.key", "hub/api.token"),
        "keys are made once: put back the copy you kept 密钥只做一次，请从另存处放回",
    ),
}
"""What brings a file back that `hub init` does not make again."""


class Finding(NamedTuple):
    """One thing that was looked at; `code` None where it is well."""

    about: str
    what: str
    code: str | None = None


def check(host: Host, now: dt.datetime) -> Iterator[Finding]:
    """Yield what was found, one after the other; raises nothing for what it finds."""
    missing = [one for one in NEEDED if not (host.folder / one).exists()]
    if missing:
        for one in missing:
            yield Finding("files", f"missing 缺少: {one}; {BACK.get(one, AGAIN)}", "E-HOST-10")
        return
    yield Finding("files", f"{len(NEEDED)} 个文件齐全 all there")
    yield from _rights(host)
    yield from _certificates(host.folder, now)
    try:
        settings = load_settings(host.folder / "hub" / "hub.toml", Settings)
    except SettingsError as error:
        yield Finding("settings", str(error), "E-HOST-11")
        return
    yield Finding("settings", "hub.toml 有效 can be used")
    yield _reached(settings.broker.host)
    yield from _ports(settings)
    yield broker_accepts(host)


def _rights(host: Host) -> Iterator[Finding]:
    open_ = [
        str(one.relative_to(host.folder))
        for pattern in PRIVATE
        for one in sorted(host.folder.glob(pattern))
        if one.stat().st_mode & 0o077
    ]
    if open_:
        what = f"others may read 他人可读: {', '.join(open_)}; chmod 600 them 请改为 600"
        yield Finding("rights", what, "E-HOST-12")
    if host.root == Path("/"):
        wrong = [
            f"{path} → {user}" for path, user in (("hub", USER), ("broker", MOSQUITTO)) if not _is(host, path, user)
        ]
        if wrong:
            what = f"wrong owner 归属不对: {', '.join(wrong)}; systemd-tmpfiles --create cuncuntong-hub.conf"
            yield Finding("rights", what, "E-HOST-12")
            return
    if not open_:
        yield Finding("rights", "私钥仅所有者可读 private keys are their owner's alone")


def _is(host: Host, path: str, user: str) -> bool:
    try:
        return (host.folder / path).stat().st_uid == pwd.getpwnam(user).pw_uid
    except (OSError, KeyError):
        return False


def _certificates(folder: Path, now: dt.datetime) -> Iterator[Finding]:
    root = (folder / "ca.crt").read_bytes()
    for path, _, usage in OWNED:
        file = folder / f"{path}.crt"
        says = standing_of(file.read_bytes(), root, usage) if file.exists() else None
        if says is None or not says.trusted:
            yield Finding("certificate", f"{file.name}: not of this county 不是本县签发; hub init --yes", "E-HOST-13")
        elif says.ends - now < SOON:
            yield Finding(
                "certificate", f"{file.name}: ends 到期 {says.ends:%Y-%m-%d}; hub init --yes 即重签", "E-HOST-13"
            )
        else:
            yield Finding("certificate", f"{file.name}: 至 until {says.ends:%Y-%m-%d}")


def _reached(host: str) -> Finding:
    """Say whether the name that stations are given leads somewhere from here too: the hub goes by it to its broker."""
    try:
        found = addresses_of(host)
    except OSError:
        what = f"{host}: unknown on this machine; put it into /etc/hosts 本机无法解析，请写入 /etc/hosts 或 DNS"
        return Finding("name", what, "E-HOST-16")
    return Finding("name", f"{host}: {', '.join(found)}")


def addresses_of(host: str) -> list[str]:
    """Return what this machine takes `host` for. Raises OSError."""
    return sorted({str(one[4][0]) for one in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})


def _ports(settings: Settings) -> Iterator[Finding]:
    ours = _is_our_hub(settings)
    for name, port, kind, is_ours in (
        ("mqtt", settings.broker.port, socket.SOCK_STREAM, _is_our_broker(settings)),
        ("web", settings.web.port, socket.SOCK_STREAM, ours),
        ("probe", settings.probe.port, socket.SOCK_DGRAM, ours),
    ):
        if is_ours:
            yield Finding("port", f"{name} {port}: 本中心正在使用 in use by this centre")
        elif _is_free(port, kind):
            yield Finding("port", f"{name} {port}: 空闲 free")
        else:
            what = (
                f"{name} {port}: another program has it; stop that, or choose another 被其他程序占用，请停止它或换端口"
            )
            yield Finding("port", what, "E-HOST-14")


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def _is_our_broker(settings: Settings) -> bool:
    """Say whether a broker of this county answers there: with its certificate, to the hub's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    try:
        context.load_verify_locations(settings.broker.ca_file)
        context.load_cert_chain(settings.broker.cert_file, settings.broker.key_file)
        with socket.create_connection(("127.0.0.1", settings.broker.port), 2) as plain, context.wrap_socket(plain):
            return True
    except (OSError, ValueError):
        return False


def _is_our_hub(settings: Settings) -> bool:
    """Say whether the hub of this county answers there."""
    address = "127.0.0.1" if settings.web.host in {"0.0.0.0", "::"} else settings.web.host
    connection = http.client.HTTPConnection(address, settings.web.port, timeout=2)
    if settings.web.cert_file is not None:  # whether it works is asked here, not whom it shows to browsers
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(address, settings.web.port, timeout=2, context=context)
    try:
        connection.request("GET", "/status.json")
        return f'"county":"{settings.county}"'.encode() in connection.getresponse().read(4096)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def broker_accepts(host: Host) -> Finding:
    """Have the real broker read its configuration, on a port of its own and without keeping anything."""
    program = shutil.which(MOSQUITTO, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        return Finding("broker", "mosquitto is not installed 未安装: apt install mosquitto", "E-HOST-15")
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "mosquitto.conf")
        port = _free_port()
        copy.write_text(_tried((host.folder / "broker" / "mosquitto.conf").read_text("utf-8"), host, port), "utf-8")
        with Path(scratch, "log").open("w+b") as log:
            broker = subprocess.Popen([program, "-c", copy], stdout=log, stderr=log)
            try:
                well = _opens(broker, port)
            finally:
                broker.terminate()
                broker.wait(10)
            log.seek(0)
            errors = [line for line in log.read().decode("utf-8", "replace").splitlines() if "rror" in line]
    if well:
        return Finding("broker", "mosquitto 接受此配置 takes its configuration")
    return Finding("broker", f"mosquitto refuses it 不接受此配置: {(errors or ['?'])[0][:200]}", "E-HOST-15")


def _tried(conf: str, host: Host, port: int) -> str:
    """Return a broker's configuration that listens on `port` of this machine alone, and stores nothing."""
    conf = re.sub(r"(?m)^listener .*$", f"listener {port} 127.0.0.1", conf)
    conf = re.sub(r"(?m)^(?:persistence|persistence_location|autosave_interval|user|log_dest) .*\n", "", conf)
    conf = conf.replace(str(host.seen), str(host.folder.absolute()))
    return f"{conf}persistence false\nlog_dest stderr\nuser {pwd.getpwuid(os.geteuid()).pw_name}\n"


def _opens(broker: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + STARTS_WITHIN_S
    while broker.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.02)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""`station identity …`: this station's key and certificate."""

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, NamedTuple, TypeVar

import msgspec
import typer

from station.clock import Clock
from station.errors import TrustError
from station.output import print_out
from station.settings import Settings
from wire.errors import WireError
from wire.owner import as_owner
from wire.settings import load_settings

SCHEMA: Final = 1
T = TypeVar("T")
app = typer.Typer(help="this station's certificate 本站证书", no_args_is_help=True)

Config = Annotated[Path, typer.Option("--config", help="settings file of this station 本站设置文件 (TOML)")]
Stick = Annotated[Path, typer.Option("--stick", help="where the stick is 优盘目录")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of lines 输出 JSON")]


class _Here(NamedTuple):
    """This station's settings, the folder of its key and certificate, and the county's authority."""

    settings: Settings
    folder: Path
    ca: Path


@app.command()
def show(config: Config, as_json: AsJson = False) -> None:
    """Show the certificate in use: whose, by whom, until when, due when 显示证书."""
    from station.identity.keys import NEXT, load_identity, read_root
    from station.identity.renewal import half_life
    from wire.certificates import CLIENT, common_name, fingerprint, read_chain, verify_chain

    here = _here(config)
    chain = load_identity(here.folder).chain
    root = _said(lambda: read_chain(read_root(here.ca))).leaf
    trouble: WireError | None = None
    try:
        verify_chain(chain, root, CLIENT, _now())
    except WireError as error:
        trouble = error
    said = {
        "schema": SCHEMA,
        "station": common_name(chain.leaf),
        "serial": f"{chain.leaf.serial_number:x}",
        "issued_by": common_name(chain.between[0] if chain.between else root),
        "valid_from": chain.leaf.not_valid_before_utc.isoformat(),
        "valid_until": chain.leaf.not_valid_after_utc.isoformat(),
        "renew_from": half_life(chain).isoformat(),
        "authority": fingerprint(root),
        "asked_for_another": (here.folder / f"station.key{NEXT}").exists(),
        "trouble": "" if trouble is None else str(trouble),
    }
    if as_json:
        print_out(msgspec.json.encode(said).decode())
    else:
        words = {
            "station": "站点",
            "serial": "序列号",
            "issued_by": "签发者",
            "valid_from": "生效",
            "valid_until": "到期",
            "renew_from": "续证",
            "authority": "县级证书指纹",
        }
        for name, word in words.items():
            print_out(f"{word} {name.replace('_', ' ')}: {said[name]}")
    if trouble is not None:
        raise TrustError(trouble.code, trouble.what)


@app.command()
def renew(config: Config, as_json: AsJson = False) -> None:
    """Have the hub renew the certificate now; the agent goes on with it by itself 立即续证."""
    from station.identity.renewal import renew as renew_at

    here = _here(config)
    if here.settings.hub is None:
        raise TrustError("E-IDENT-10", "no [hub] in the settings: enrol again by stick 没有中心地址，请用优盘重新登记")
    url = here.settings.hub.url
    with as_owner(here.folder):
        _said(lambda: renew_at(here.folder, here.settings.station, url, here.ca, Clock().now().at_ms))
    show(config, as_json)


@app.command()
def request(
    config: Config,
    stick: Stick,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="a file with the label's 16 letters 标签码文件")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write this station's request onto a stick; the label's code is asked for, or read from a file 申请写入优盘."""
    from station.identity.keys import pending_key
    from station.identity.stick import ask

    here = _here(config)
    token = _token(token_file, here)
    with as_owner(here.folder):
        pending_key(here.folder)
    path = _said(lambda: ask(stick, here.folder, here.settings.station, token, here.ca, _now()))
    if as_json:
        print_out(msgspec.json.encode({"schema": SCHEMA, "request": str(path)}).decode())
    else:
        print_out(f"{path}: now sign it on the laptop ('firmware-config stick sign') 请在笔记本上签发后拿回")


@app.command()
def take(config: Config, stick: Stick, as_json: AsJson = False) -> None:
    """Take the laptop's answer from a stick into use 取用优盘上的证书."""
    from station.identity.enrol import take_reply
    from station.identity.stick import reply

    here = _here(config)
    answer = _said(lambda: reply(stick, here.settings.station))
    if answer is None:
        raise TrustError(
            "E-IDENT-11", f"{stick}: no answer for this station yet 优盘上还没有本站的证书，请先在笔记本上签发"
        )
    with as_owner(here.folder):
        _said(lambda: take_reply(here.folder, answer, here.ca, here.settings.station, _now()))
    show(config, as_json)


def _here(config: Path) -> _Here:
    """Return where this station keeps what proves it, with whatever a cut left put right."""
    from station.identity.keys import CERTIFICATE, finish_install

    settings = load_settings(config, Settings)
    certificate = Path(settings.broker.cert_file)
    if certificate.name != CERTIFICATE:
        raise TrustError(
            "E-IDENT-01", f"{certificate}: not '{CERTIFICATE}': laid out by hand 证书文件名不符，由人工部署"
        )
    if not certificate.parent.is_dir():
        raise TrustError("E-IDENT-01", f"{certificate.parent}: not there 没有本站目录，请重新部署")
    with as_owner(certificate.parent):
        finish_install(certificate.parent)
    return _Here(settings, certificate.parent, Path(settings.broker.ca_file))


def _now() -> dt.datetime | None:
    at_ms = Clock().now().at_ms
    return None if at_ms is None else dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC)


def _token(file: Path | None, here: _Here) -> str:
    """Return the code of the label, scanned whole or typed; never an argument, which every process could read."""
    from station.identity.keys import read_root
    from wire.certificates import fingerprint, read_chain
    from wire.enrolment import read_label, read_token

    if file is not None:
        try:
            text = file.read_text("ascii", "replace")
        except OSError as error:
            raise typer.BadParameter(f"{file}: {error.strerror}", param_hint="--token-file") from None
    elif sys.stdin.isatty():
        text = typer.prompt("code of the label 标签码", hide_input=True)
    else:
        text = sys.stdin.readline()
    if not text.strip().upper().startswith("CCT1:"):
        return _said(lambda: read_token(text))
    label = _said(lambda: read_label(text.upper()))
    if label.station != here.settings.station:
        raise TrustError("E-FIRST-07", f"the label is of {label.station} 标签属于另一站点，请核对标签")
    if label.fingerprint != fingerprint(_said(lambda: read_chain(read_root(here.ca))).leaf):
        raise TrustError("E-FIRST-06", "the label is of another county 标签与本站的县级指纹不一致，请勿使用")
    return label.token


def _said(work: Callable[[], T]) -> T:
    """Do it; what the wire refuses is said as the station says its own."""
    try:
        return work()
    except WireError as error:
        raise TrustError(error.code, error.what) from None

"""`hub verify-audit`: does the log of who did what and who read what still hold, and to where."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from hub.access.verify import Verdict, Why, Wrong, expected
from hub.desks.auditing import audit_log
from hub.errors import HubError
from hub.options import AsJson, Config, opened
from hub.visits.opening import Unsealer

EXIT_BROKEN: Final = 4
WHYS: Final[dict[Why, str]] = {
    "changed": "is not as it was written 与写入时不符",
    "missing": "is missing 缺失",
    "moved": "was moved here from {other} 由第 {other} 条移来",
    "cut": "and all after it are missing: the log went on further 及其后缺失，日志原本更长",
    "more": "is after the end the log tells of 在日志所记末尾之后",
    "head": "the end: what the log says of its own end is not so 日志末尾记录不符或缺失",
    "digest": "has no digest of ours 摘要算法标记不符",
    "rewritten": "is not the one that was written down 与抄录的指纹不符，日志曾被重写",
}


class AuditError(HubError):
    """A log that does not hold."""

    exit_code = EXIT_BROKEN


def _expected(value: str) -> tuple[int, str]:
    found = expected(value)
    if found is None:
        raise typer.BadParameter("as it was printed, e.g. 128:3f2a-91bc-0d4e-77a1 应如打印所示")
    return found


def verify_audit(
    config: Config,
    expect: Annotated[
        list[str] | None,
        typer.Option("--expect", help="NUMBER:FINGERPRINT written down earlier; may be repeated 以前抄录的编号与指纹"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Walk the audit log's chain from its first entry: any that was changed, moved or left out is found 核验审计日志.

    Says how many entries hold and the last one's fingerprint. Write both down away from this machine, and give them
    back by --expect: a log that was cut off at its end, or written anew by somebody who had the key, shows only so.
    Exit code 4: it does not hold.
    """
    wanted = dict(_expected(one) for one in expect or ())
    with opened(config) as (settings, database):
        unsealer = Unsealer.from_file(Path(settings.unseal_key_file))
        verdict = audit_log(settings, database, unsealer).verdict(wanted)
    if as_json:
        typer.echo(msgspec.json.encode(_object(verdict)))
    elif verdict.wrong is None:
        typer.echo(f"OK 完好: {verdict.held} 条 entries, {written(verdict)}")
    else:
        typer.echo(f"前 {verdict.held} 条完好 the first {verdict.held} hold, {written(verdict)}", err=True)
    if verdict.wrong is not None:
        raise AuditError("E-AUDIT-01", _sentence(verdict.wrong))


def written(verdict: Verdict) -> str:
    """Return what is to be written down of a log: `NUMBER:FINGERPRINT` of the last entry that holds."""
    return f"{verdict.held}:{verdict.fingerprint}"


def _sentence(wrong: Wrong) -> str:
    why = WHYS[wrong.why].format(other=wrong.other)
    return (
        f"entry 第 {wrong.number} 条: {why}; keep this database as it is, compare backups, tell whoever answers for it"
        " 请保留数据库原样，与备份比对并上报"
    )


def _object(verdict: Verdict) -> dict[str, object]:
    wrong = verdict.wrong
    return {
        "ok": wrong is None,
        "entries": verdict.held,
        "fingerprint": verdict.fingerprint,
        "wrong": None if wrong is None else {"number": wrong.number, "why": wrong.why, "from": wrong.other or None},
    }

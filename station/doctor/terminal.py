"""What a technician reads: findings as lines, each state a mark and a word: colour alone says nothing (pure)."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import typer
from rich.cells import cell_len

from station.doctor.examine import ALL
from station.doctor.mend import Done
from wire.acceptance import Finding, State, Verdict, verdict_of


class Mark(NamedTuple):
    """How a state looks."""

    sign: str
    zh: str
    colour: str


MARKS: Final[dict[State, Mark]] = {
    "ok": Mark("[ OK ]", "正常", "green"),
    "warn": Mark("[ !! ]", "注意", "yellow"),
    "bad": Mark("[XXXX]", "故障", "red"),
    "skipped": Mark("[ -- ]", "未查", "cyan"),
}
VERDICTS: Final[dict[Verdict, tuple[str, str]]] = {
    "accepted": ("合格", "accepted"),
    "conditional": ("有条件合格", "accepted on conditions"),
    "refused": ("不合格", "not accepted"),
}
NAME_CELLS: Final = 10


def lines_of(finding: Finding, *, colour: bool) -> list[str]:
    """Return one finding: mark, what was looked at, what was found; below it the next step with its code."""
    mark = MARKS[finding.state]
    head = f"{mark.sign} {mark.zh}"
    shown = typer.style(head, fg=mark.colour, bold=finding.state != "ok") if colour else head
    name = ALL[finding.check].zh if finding.check in ALL else finding.check
    subject = f" {finding.subject}" if finding.subject and finding.check == "camera" else ""
    first = f"{shown}  {_padded(name)} {finding.zh}{subject}"
    if finding.state == "ok":
        return [f"{first}  {finding.en}"]
    said = [first, f"{' ' * 24}{finding.en}"]
    if finding.code is not None:
        said += [f"{' ' * 13}下一步 {finding.code}  {finding.next_zh}", f"{' ' * 24}{finding.next_en}"]
    return said


def _padded(name: str) -> str:
    return name + " " * max(0, NAME_CELLS - cell_len(name))


def summary(findings: Sequence[Finding], *, colour: bool) -> list[str]:
    """Return the last lines: how many of each state, and the verdict with what stands against it once more."""
    verdict = verdict_of(findings)
    zh, en = VERDICTS[verdict]
    counts = "  ".join(f"{mark.zh} {sum(one.state == state for one in findings)}" for state, mark in MARKS.items())
    tint = {"accepted": "green", "conditional": "yellow", "refused": "red"}[verdict]
    said = f"结论 {zh} {en}"
    against = [one for state in ("bad", "warn") for one in findings if one.state == state]
    listed = [f"  {number}. {one.zh}：{one.next_zh}（{one.code}）" for number, one in enumerate(against, start=1)]
    return [
        "",
        typer.style(said, fg=tint, bold=True) if colour else said,
        counts,
        *(["请依次处理：", *listed] if listed else []),
    ]


def done_lines(done: Sequence[Done], *, dry_run: bool) -> list[str]:
    """Return what `--fix` did, or would do."""
    if not done:
        return ["没有需要自动修复的项目 nothing to put right"]
    head = "将会修复（未改动） would be put right" if dry_run else "已修复 put right"
    return [head, *(_done(one) for one in done)]


def _done(one: Done) -> str:
    return f"  - {one.zh} {one.en}" + (f"：失败 failed {one.failed}" if one.failed else "")

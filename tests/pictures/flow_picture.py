"""The kiosk's flow drawn from its table: docs/kiosk-flow.md (diagram and table) and docs/pictures/kiosk-flow.svg.

`./run pictures --only flow` writes both; the picture needs graphviz's `dot`.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple

from station.kiosk.covers import COVERS
from station.kiosk.flow import ROUTES, Go, Trigger
from station.kiosk.guards import always
from station.kiosk.rules import keep
from station.kiosk.state import Step
from tests.pictures.flow_words import CONDITIONS, HAPPENS, SERVICES, STEPS

DOCS = Path(__file__).parents[2] / "docs"
PAGE, PICTURE = DOCS / "kiosk-flow.md", DOCS / "pictures" / "kiosk-flow.svg"
PARTS: Final = (
    ("是谁 Who it is", Step.NUMBER, Step.CARD_NEEDED),
    ("什么事 What it is about", Step.SERVICES, Step.CASE),
    ("结束 The end", Step.RATE_NUMBER, Step.REFUSED),
    ("工作人员 For staff", Step.PIN, Step.STAFF),
)
"""Groups of the picture: name, first and last step in the order of `Step`."""
HOMEWARD = {Step.WAIT, Step.CLOSED}


class Way(NamedTuple):
    """One way as the table has it."""

    step: Step
    happens: str
    when: str
    does: str
    to: Step | None


def ways() -> Iterator[Way]:
    """Yield every way of the table, in its order."""
    for (step, trigger), here in ROUTES.items():
        for go in here:
            yield Way(step, both(*happening(trigger)), condition(go), "" if go.do is keep else go.do.__name__, go.to)


def both(chinese: str, english: str) -> str:
    """Return a thing's name in both languages."""
    return f"{chinese} {english}"


def happening(trigger: Trigger) -> tuple[str, str]:
    """Return what a trigger is called; KeyError where flow_words.py does not know it."""
    if isinstance(trigger, Enum):
        return HAPPENS[trigger.name]
    if isinstance(trigger, type):
        return HAPPENS[trigger.__name__]
    chinese, english = SERVICES[trigger.service]
    return f"选“{chinese}”", f"choose {english}"


def condition(go: Go) -> str:
    """Return when a way is open, empty for always; a guard without words in flow_words.py by its own name."""
    if go.when is always:
        return ""
    names = go.when.__name__.split(", ")
    return both("，".join(_chinese(name) for name in names), ", ".join(name.replace("_", " ") for name in names))


def _chinese(name: str) -> str:
    kind, _, rest = name.partition(" ")
    if kind == "wants":
        return f"要办{SERVICES[rest][0]}"
    if kind == "from":
        return f"来自{STEPS[rest.upper()][0]}"
    return CONDITIONS.get(name, name)


def conditions() -> set[str]:
    """Return the names of all guards of the table that need words."""
    guards = (go.when for here in ROUTES.values() for go in here if go.when is not always)
    names = (name for guard in guards for name in guard.__name__.split(", "))
    return {name for name in names if not name.startswith(("wants ", "from "))}


def name_of(step: Enum) -> str:
    """Return a step's name in both languages."""
    return both(*STEPS[step.name])


def arrows() -> dict[tuple[Step, Step], list[str]]:
    """Return what leads from one step to another, each once; what stays is left out."""
    found: dict[tuple[Step, Step], list[str]] = {}
    for (step, trigger), here in ROUTES.items():
        for go in here:
            if go.to is not None and go.to is not step:
                words = found.setdefault((step, go.to), [])
                if (chinese := happening(trigger)[0]) not in words:
                    words.append(chinese)
    return found


def page() -> str:
    """Return docs/kiosk-flow.md."""
    steps = "\n".join(f"  {step.name}: {name_of(step)}" for step in Step)
    lines = "\n".join(f"  {a.name} --> {b.name}: {' / '.join(words)}" for (a, b), words in arrows().items())
    return f"""# 终端流程 The kiosk's flow

由 `station/kiosk/flow.py` 的表生成（`./run pictures --only flow`），测试核对它没有过时。
*Generated from the table in `station/kiosk/flow.py`; a test says when it is stale.*

![流程图 the flow](pictures/kiosk-flow.svg)

## 每一步都有的 On every step
| 盖着什么 what covers the step | 发生什么 what happens | 然后盖着什么 what covers it then |
|---|---|---|
{_covers()}

## 全表 The whole table
自上而下，第一条成立的路生效；“不变”是停在本步。*From top to bottom the first way that is open is taken; “stays” is the
same step.*

| 步骤 step | 发生什么 what happens | 条件 when | 下一步 next step | 改变 changes |
|---|---|---|---|---|
{_table()}

## 图 Diagram
```mermaid
stateDiagram-v2
  direction LR
{steps}
  [*] --> CLOSED
{lines}
```
"""


def _table() -> str:
    rows = []
    before: Step | None = None
    for way in ways():
        step = "" if way.step is before else f"**{name_of(way.step)}**"
        to = "不变 stays" if way.to is None else name_of(way.to)
        rows.append(f"| {step} | {way.happens} | {way.when} | {to} | {f'`{way.does}`' if way.does else ''} |")
        before = way.step
    return "\n".join(rows)


def _covers() -> str:
    def cover(over: Enum | None) -> str:
        return "无 nothing" if over is None else name_of(over)

    def rows() -> Iterator[str]:
        for (over, signal), lay in COVERS.items():
            then = "回首页 home" if lay.home else cover(lay.over)
            yield f"| {cover(over)} | {both(*HAPPENS[signal.name])} | {then} |"

    return "\n".join(rows())


def dot() -> str:
    """Return the picture in graphviz's language; ways home are told by colour: as arrows they would hide the rest."""
    order = list(Step)
    homeward = {a for a, b in arrows() if b in HOMEWARD}
    lines = [
        'digraph kiosk { rankdir=LR; ranksep=0.9; nodesep=0.25; fontname="Noto Sans CJK SC";',
        'node [shape=box style="rounded,filled" fontname="Noto Sans CJK SC" fillcolor="#ffffff" color="#1f4e8c"];',
        'edge [fontname="Noto Sans CJK SC" fontsize=10 color="#1f4e8c"];',
    ]
    for number, (title, first, last) in enumerate(PARTS):
        members = order[order.index(first) : order.index(last) + 1]
        lines.append(f'subgraph cluster_{number} {{ label="{title}"; color="#c3ccd8";')
        lines += [f"{step.name};" for step in members]
        lines.append("}")
    for step in order:
        fill = "#ffc145" if step in HOMEWARD else "#d3f0da" if step in homeward else "#ffffff"
        label = "\\n".join(STEPS[step.name])
        lines.append(f'{step.name} [label="{label}" fillcolor="{fill}"];')
    for (a, b), words in arrows().items():
        if b not in HOMEWARD or a in HOMEWARD:
            back = words == ["返回"]
            style = ' style=dashed color="#9aa7b8" constraint=false' if back else f' label="{" / ".join(words)}"'
            lines.append(f"{a.name} -> {b.name} [{style.strip()}];")
    lines += ['note [shape=note label="绿色：有路回首页\\ngreen: a way leads home\\n虚线：返回 dashed: back"];', "}"]
    return "\n".join(lines) + "\n"


def mark() -> str:
    """Return the comment by which the picture says of which table it is."""
    return f"<!-- flow {hashlib.sha256(dot().encode()).hexdigest()[:16]} -->"


def write() -> None:
    """Write page and picture."""
    PAGE.write_text(page(), "utf-8")
    if shutil.which("dot") is None:
        raise SystemExit("dot is not installed (package graphviz) 未安装 graphviz")
    svg = subprocess.run(["dot", "-Tsvg"], input=dot().encode(), capture_output=True, check=True).stdout.decode()
    PICTURE.write_text(f"{svg.rstrip()}\n{mark()}\n", "utf-8")


if __name__ == "__main__":
    write()

"""The acceptance record (验收单) as paper: A4, Chinese, English small. All text goes in as data, not markup."""

import datetime as dt
import json
import re
from collections.abc import Sequence
from typing import Any, Final

import segno
import typst

from station.clock import CHINA
from station.doctor.examine import ALL
from station.doctor.terminal import MARKS, VERDICTS
from station.errors import StationError
from wire.acceptance import Acceptance, Finding, qr_text

FONT: Final = "Noto Sans CJK SC"
TEMPLATE: Final = """
#let d = json(bytes(sys.inputs.record))
#let small(body) = text(size: 7.5pt, fill: luma(80), body)
#set document(title: d.title, date: none)
#set page(
  paper: "a4", margin: (x: 17mm, top: 15mm, bottom: 17mm),
  footer: context {
    set text(size: 7.5pt)
    let pages = str(counter(page).final().first())
    grid(columns: (1fr, auto), d.digest, "第 " + str(here().page()) + " 页，共 " + pages + " 页")
  },
)
#set text(font: d.font, size: 9.5pt, lang: "zh", region: "cn", hyphenate: false)
#set par(leading: 0.5em, spacing: 0.6em)
#grid(columns: (1fr, 30mm), gutter: 4mm, align: (left + horizon, right + top),
  { text(size: 20pt, weight: "bold", d.title)
    linebreak()
    small("Acceptance record of a station")
    v(2mm)
    box(stroke: 1.4pt, inset: (x: 5mm, y: 2.6mm), radius: 1mm, {
      text(size: 15pt, weight: "bold", d.verdict.at(0)); h(3mm); text(size: 9pt, d.verdict.at(1)) })
    h(4mm)
    text(size: 9pt, d.counts) },
  image(bytes(d.qr), format: "svg", width: 30mm))
#v(1mm)
#table(columns: (auto, 1fr, auto, 1fr), stroke: 0.4pt + luma(150), inset: (x: 2mm, y: 1.5mm),
  ..d.facts.map(f => ([#f.at(0) #small(f.at(1))], text(weight: "medium", f.at(2)))).flatten())
#if d.pictures.len() > 0 {
  v(1mm)
  grid(columns: (1fr, 1fr), gutter: 3mm,
    ..d.pictures.map(p => block(breakable: false, {
      image(bytes(p.jpeg), format: "jpg", width: 100%, height: 46mm, fit: "contain")
      align(center, { text(size: 8.5pt, p.zh); h(2mm); small(p.en) }) })))
}
#v(1mm)
#show table.cell.where(y: 0): set text(weight: "bold")
#table(columns: (auto, auto, 1fr), stroke: (x, y) => (bottom: if y == 0 { 0.9pt } else { 0.35pt + luma(160) }),
  inset: (x: 1.6mm, y: 1.25mm),
  table.header([项目 #small("check")], [结果 #small("result")], [所见与下一步 #small("what was found, next step")]),
  ..d.findings.map(f => (
    [#f.name.at(0) #linebreak() #small(f.name.at(1))],
    text(weight: if f.state == "ok" { "regular" } else { "bold" }, f.mark),
    { f.zh; linebreak(); small(f.en)
      if f.code != "" {
        linebreak()
        text(size: 8.5pt, "下一步：" + f.next_zh + " " + f.code)
        linebreak()
        small(f.next_en) } },
  )).flatten())
#if d.note != "" { v(1mm); [备注 #small("remarks")：#d.note] }
#block(breakable: false, {
  v(4mm)
  grid(columns: (1fr, 1fr), gutter: 8mm,
    ..d.signs.map(s => { [#s.at(0) #small(s.at(1))：#s.at(2)]; v(9mm); line(length: 100%, stroke: 0.5pt)
      small("签名 signature　　　　　　　　　　　　日期 date") }))
})
"""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def pdf_of(record: Acceptance, digest: str) -> bytes:
    """Return the record as PDF; `digest` names it and stands in its QR code.

    Raises StationError E-SITE-42 when the font for Chinese is not installed.
    """
    fonts = typst.Fonts()
    if FONT not in fonts.families():
        raise StationError("E-SITE-42", "缺少中文字体：请安装 fonts-noto-cjk install fonts-noto-cjk: no Chinese font")
    given = {
        "font": FONT,
        "title": "村村通站点验收单",
        "digest": f"{record.station}　{digest}",
        "qr": segno.make(qr_text(record.station, digest), micro=False, error="m").svg_inline(border=2),
        "verdict": VERDICTS[record.verdict],
        "counts": _counts(record.findings),
        "facts": [[_plain(part) for part in fact] for fact in _facts(record)],
        "pictures": _pictures(record),
        "findings": [_row(finding) for finding in record.findings],
        "note": _plain(record.note),
        "signs": [["安装人员", "technician", _plain(record.by)], ["现场见证", "witness", _plain(record.witness)]],
    }
    made = typst.compile(
        TEMPLATE.encode(), format="pdf", font_paths=fonts, sys_inputs={"record": json.dumps(given)}, pdf_tags=False
    )
    assert isinstance(made, bytes)
    return made


def _facts(record: Acceptance) -> list[tuple[str, str, str]]:
    made = "时钟未校准 undated"
    if record.made_ms is not None:
        made = f"{dt.datetime.fromtimestamp(record.made_ms / 1000, CHINA):%Y-%m-%d %H:%M}"
    return [
        ("站点", "station", record.station),
        ("名称", "name", f"{record.town} {record.name}"),
        ("时间", "time", made),
        ("用时", "took", f"{record.took_s:.0f} s"),
        ("软件", "software", record.software),
        ("证书编号", "certificate", record.certificate[:20] + ("…" if len(record.certificate) > 20 else "")),
    ]


def _pictures(record: Acceptance) -> list[dict[str, Any]]:
    return [
        {
            "jpeg": list(one.jpeg),
            "zh": f"{one.camera}：" + ("已确认对准，画面无人" if one.aim_confirmed else "未确认对准"),
            "en": "aim confirmed, nobody in it" if one.aim_confirmed else "aim not confirmed",
        }
        for one in record.pictures
    ]


def _row(finding: Finding) -> dict[str, Any]:
    check = ALL.get(finding.check)
    name = [finding.check, ""] if check is None else [check.zh, check.en]
    if finding.check == "camera" and finding.subject:
        name[0] += f" {finding.subject}"
    return {
        "name": [_plain(part) for part in name],
        "state": finding.state,
        "mark": MARKS[finding.state].zh,
        "zh": _plain(finding.zh),
        "en": _plain(finding.en),
        "code": finding.code or "",
        "next_zh": finding.next_zh,
        "next_en": finding.next_en,
    }


def _counts(findings: Sequence[Finding]) -> str:
    return "　".join(f"{mark.zh} {sum(one.state == state for one in findings)}" for state, mark in MARKS.items())


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text)

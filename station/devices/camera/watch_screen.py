"""Draws the technician's screen for any size of terminal: picture, verdict, scores, stream (pure)."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.style import Style
from rich.text import Text

from station.devices.camera.codes import MEANINGS
from station.devices.camera.reports import Looked
from station.devices.camera.watch_view import View
from station.devices.camera.watch_words import WORDS, Language, duration, fault_word, light_word
from station.vision.kinds import KINDS
from wire.video import FAULTS

BARS: Final = "▁▂▃▄▅▆▇█"
SHOWN_MOST: Final = 1.5
"""The score at the upper end of sparklines and gauges: the limit, 1, stands at two thirds."""
NEAR: Final = 0.7
GAUGE_CELLS: Final = 9
BESIDE_FROM_COLUMNS: Final = 56
GAP: Final = "  "
BAND: Final = {"bad": "bold white on #a61e1e", "well": "bold white on #1d6b35", "waiting": "bold white on #23508a"}
BLUE, DIM = "#6ea8e0", "#8a939c"


def screen(view: View, columns: int, rows: int, language: Language) -> Text:
    """Return exactly `rows` lines of at most `columns` cells."""
    band = verdict(view, columns, 3 if rows >= 16 else 1, language)
    above = [_title(view, columns, language), *band]
    below = [*_stream(view, columns, language), _line(WORDS[language]["keys"], columns, DIM)]
    middle = _middle(view, columns, rows - len(above) - len(below), language)
    return Text("\n").join([*above, *middle, *below][:rows])


def verdict(view: View, columns: int, rows: int, language: Language) -> list[Text]:
    """Return the verdict as a band of colour in large words."""
    words = WORDS[language]
    status, faults = view.status, view.faults
    if faults:
        first, others = faults[0], faults[1:]
        large, mood = _spaced(fault_word(first.kind, language)), "bad"
        details = [words["since"].format(duration(view.at_s - first.since_mono_s))]
        details.append(words["severity"].format(first.severity))
        if first.kind == "no_frames" and status.code is not None:
            details.append(f"{status.code} {_in(MEANINGS.get(status.code, ''), language)}")
        if others:
            details.append(f"{words['also']} " + " ".join(fault_word(other.kind, language) for other in others))
    elif view.learnt_share is not None:
        large, mood = f"{_spaced(words['learning'])}  {view.learnt_share:.0%}", "waiting"
        details = [_bar(view.learnt_share, max(10, columns // 4)), words["judged_later"]]
    elif view.looked is None or status.state == "unknown":
        large, mood, details = _spaced(words["opening"]), "waiting", []
    else:
        large, mood, details = _spaced(words["well"]), "well", []
        if status.code is not None:
            details = [f"{status.code} {_in(MEANINGS.get(status.code, ''), language)}"]
    detail = "  ".join(details)
    shown = [f"{large}  {detail}"] if rows == 1 else ["", large, detail][:rows]
    return [Text(_centred(line, columns), BAND[mood]) for line in shown]


def picture(looked: Looked | None, columns: int, rows: int) -> list[Text]:
    """Return the preview as half blocks, two pixels a cell, as large as it fits."""
    if looked is None or not looked.preview or not looked.preview_height_px:
        return []
    across, down, pixels = looked.preview_width_px, looked.preview_height_px, looked.preview
    wide = min(columns, int(rows * 2 * across / down))
    high = max(1, round(wide * down / across / 2))

    def colour(x: int, y: int) -> Color:
        at = 3 * (y * down // (2 * high) * across + x * across // wide)
        return Color.from_rgb(*pixels[at : at + 3])

    lines = []
    for y in range(min(high, rows)):
        line = Text()
        for x in range(wide):
            line.append("▀", Style(color=colour(x, 2 * y), bgcolor=colour(x, 2 * y + 1)))
        lines.append(line)
    return lines


def sparkline(scores: Iterable[float], cells: int) -> Text:
    """Return the newest scores; what is past the limit is red."""
    line = Text()
    for score in list(scores)[-cells:]:
        level = min(len(BARS) - 1, int(max(0.0, score) / SHOWN_MOST * len(BARS)))
        line.append(BARS[level], _colour(score))
    return Text(" " * (cells - len(line))) + line


def gauge(score: float, cells: int = GAUGE_CELLS) -> Text:
    """Return the score as a bar on which the limit is marked."""
    limit = round(cells / SHOWN_MOST)
    filled = min(cells, round(max(0.0, score) / SHOWN_MOST * cells))
    line = Text()
    for cell in range(cells):
        mark = "┃" if cell == limit else "━" if cell < filled else "─"
        line.append(mark, "bold white" if cell == limit else _colour(score) if cell < filled else DIM)
    return line


def _middle(view: View, columns: int, rows: int, language: Language) -> list[Text]:
    if columns < BESIDE_FROM_COLUMNS:  # the scores say more than a picture of a few cells
        lines = _scores(view, columns, rows, language)
        return [*lines, *[Text("")] * (rows - len(lines))]
    left = columns - 58 if columns >= 100 else columns // 2 - 2
    drawn = picture(view.looked, left, rows)
    beside = _measures(view.looked, left, rows - len(drawn) - 1)
    lefts = [*drawn, Text(""), *beside] if drawn else [Text(WORDS[language]["no_picture"], DIM)]
    rights = _scores(view, columns - left - len(GAP), rows, language)
    lines = []
    for row in range(rows):
        one = lefts[row] if row < len(lefts) else Text("")
        other = rights[row] if row < len(rights) else Text("")
        pad = " " * max(0, left - one.cell_len)
        lines.append(Text().append_text(one).append(pad + GAP).append_text(other))
    return lines


def _scores(view: View, columns: int, rows: int, language: Language) -> list[Text]:
    label = 8 if language == "zh" else 12
    number = 6 if columns >= 44 else 0
    cells = max(4, columns - label - 1 - GAUGE_CELLS - 1 - number)
    raised = {fault.kind for fault in view.faults}
    lines = [_line(WORDS[language]["limit"], columns, DIM)] if rows > len(KINDS) else []
    kinds = [kind for kind in KINDS if kind != "no_frames"] if rows < len(KINDS) else list(KINDS)
    for kind in sorted(kinds, key=lambda kind: kind not in raised) if rows < len(kinds) else kinds:
        history: Sequence[float] = view.scores[kind]
        newest = history[-1] if history else 0.0
        if kind == "no_frames" and kind in raised:  # told by the stream: no picture, no look
            newest = SHOWN_MOST
        name = Text(set_cell_size(fault_word(kind, language), label), "bold #ff6b6b" if kind in raised else "")
        shown = Text(f" {min(newest, 99):5.2f}", _colour(newest)) if number else Text("")
        lines.append(name + Text(" ") + sparkline(history, cells) + Text(" ") + gauge(newest) + shown)
    if len(lines) + 2 <= rows:
        lines.append(Text(""))
        told = (MEANINGS[FAULTS[fault.kind].code] for fault in view.faults)
        lines += [line for meaning in told for line in _wrapped(_in(meaning, language), columns)]
    return lines[:rows]


def _wrapped(text: str, columns: int) -> list[Text]:
    """Return it on as many lines as it needs, cut between letters: Chinese has no spaces."""
    lines = [""]
    for letter in text:
        if cell_len(lines[-1] + letter) > columns:
            lines.append("")
        lines[-1] += letter
    return [Text(line, "bold") for line in lines]


def _measures(looked: Looked | None, columns: int, rows: int) -> list[Text]:
    """Return what the last look measured, in as many columns as fit."""
    if looked is None or rows <= 0:
        return []
    cells = 24
    across = max(1, columns // cells)
    told = [
        set_cell_size(f"{name} {round(value, 2):g}", min(cells, columns) - 1) for name, value in looked.measures.items()
    ]
    return [Text(" ".join(told[at : at + across]), DIM) for at in range(0, len(told), across)][:rows]


def _title(view: View, columns: int, language: Language) -> Text:
    status = view.status
    size = f"{status.width_px} x {status.height_px}" if status.width_px else ""
    light = light_word(view.looked.light, language) if view.looked is not None else ""
    return _line(
        GAP.join(part for part in ("村村通", view.kind_of_source, size, light) if part), columns, f"bold {BLUE}"
    )


def _stream(view: View, columns: int, language: Language) -> list[Text]:
    """Return the figures of the stream on as many lines as they need."""
    words, status, report = WORDS[language], view.status, view.report
    age = "-" if status.last_frame_age_ms is None else f"{status.last_frame_age_ms} ms"
    rate = report.frames_per_s if report is not None and view.looked is not None else 0.0
    parts = [f"{rate:.1f} {words['frames']}"]
    if report is not None and report.bits_per_s is not None:
        parts.append(f"{report.bits_per_s / 1000:.0f} kbit/s")
    if report is not None and report.keyframe_every_s is not None:
        parts.append(f"{words['keyframe']} {report.keyframe_every_s:.1f} s")
    parts.append(f"{words['errors']} {view.decoder_errors}")
    parts.append(f"{words['age']} {age}")
    parts.append(f"{words['reconnects']} {status.reconnects}")
    lines = [""]
    for part in parts:
        longer = f"{lines[-1]}{GAP}{part}" if lines[-1] else part
        if cell_len(longer) <= columns:
            lines[-1] = longer
        else:
            lines.append(part)
    return [_line(line, columns, BLUE) for line in lines]


def _line(text: str, columns: int, style: str) -> Text:
    return Text(set_cell_size(text, min(columns, cell_len(text))), style)


def _centred(text: str, columns: int) -> str:
    text = set_cell_size(text, min(columns, cell_len(text)))
    before = (columns - cell_len(text)) // 2
    return " " * before + text + " " * (columns - before - cell_len(text))


def _spaced(word: str) -> str:
    """Return it in wide letters, the largest a terminal has."""
    return "   ".join(" ".join(part.upper()) for part in word.split())


def _in(meaning: str, language: Language) -> str:
    """Return the half of a meaning that is in this language."""
    begin = next((at for at, letter in enumerate(meaning) if letter.isascii() and letter.isalpha()), len(meaning))
    return (meaning[:begin] if language == "zh" else meaning[begin:]).strip()


def _bar(share: float, cells: int) -> str:
    filled = round(share * cells)
    return "█" * filled + "░" * (cells - filled)


def _colour(score: float) -> str:
    return "#ff5f5f" if score >= 1 else "#e0b03c" if score >= NEAR else "#4fb36b"

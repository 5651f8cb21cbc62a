"""What the setup screen says of a status (pure)."""

from typing import Final, Literal, NamedTuple

from station.firstboot.status import Said, Status, StepName, StepState
from station.firstboot.words import NEXT, STATE_WORDS, STEP_WORDS, Language, say, word

STALE_AFTER_S: Final = 60.0
"""First boot writes at least every ten seconds; the machine may be slow."""
GROUP: Final = 4
Mood = Literal["plain", "ask", "wait", "bad", "good"]


class Message(NamedTuple):
    """What matters most now."""

    mood: Mood
    title: str
    lines: tuple[str, ...]


class StepLine(NamedTuple):
    """One step in words."""

    name: str
    state: str
    mood: Mood


def groups(fingerprint: str) -> tuple[str, str]:
    """Return a fingerprint in two lines of groups, as the label prints it."""
    parts = [fingerprint[at : at + GROUP].upper() for at in range(0, len(fingerprint), GROUP)]
    half = (len(parts) + 1) // 2
    return " ".join(parts[:half]), " ".join(parts[half:])


def step_lines(status: Status, language: Language) -> list[StepLine]:
    """Return every step as it is."""
    moods: dict[str, Mood] = {"done": "good", "failed": "bad", "waits": "wait", "now": "ask", "todo": "plain"}
    return [
        StepLine(word(STEP_WORDS[one.name], language), word(STATE_WORDS[one.state], language), moods[one.state])
        for one in status.steps
    ]


def message(status: Status | None, language: Language, *, silent_s: float, given: bool) -> Message:
    """Return what matters most: `silent_s` is how old the status is, `given` that a label waits to be read."""
    if status is None:
        return _message("wait", "starting", language)
    found = _of(status, language, silent_s=silent_s, given=given)
    if status.newer_refused is None:
        return found
    newer = f"{say('newer_refused', language)}: {'  '.join(_refusal(status.newer_refused, language)[:1])}"
    return found._replace(lines=(*found.lines, newer))


def answered(before: Status | None, now: Status | None) -> bool:
    """Say whether first boot has said something about a label since."""
    if before is None or now is None:
        return True
    return (before.label_refused, before.wants_label, before.steps) != (now.label_refused, now.wants_label, now.steps)


def _of(status: Status, language: Language, *, silent_s: float, given: bool) -> Message:
    if status.finished:
        failed = _first(status, "failed")
        more = () if failed is None else _refusal(failed[1], language)
        return Message("good", say("finished", language), (say("finished_more", language), *more))
    if silent_s > STALE_AFTER_S:
        return _message("bad", "stale", language)
    if given:
        return _message("wait", "given", language)
    return _label(status, language) or _step(status, language)


def _label(status: Status, language: Language) -> Message | None:
    """Return what is asked of whoever stands there."""
    if status.label_refused is not None:
        return Message("bad", say("label_refused", language), _refusal(status.label_refused, language))
    if status.asked:
        return _message("ask", "asked", language)
    return _message("ask", "wants", language) if status.wants_label else None


def _step(status: Status, language: Language) -> Message:
    """Return which step does not go on and why, or that all goes well."""
    if (failed := _first(status, "failed")) is not None:
        title = f"{word(STEP_WORDS[failed[0]], language)}: {word(STATE_WORDS['failed'], language)}"
        return Message("bad", title, _refusal(failed[1], language))
    if (waits := _first(status, "waits")) is not None:
        title = f"{say('waits', language)}: {word(STEP_WORDS[waits[0]], language)}"
        return Message("wait", title, _refusal(waits[1], language))
    return _message("plain", "working", language)


def _first(status: Status, state: StepState) -> tuple[StepName, Said] | None:
    found = ((one.name, one.said) for one in status.steps if one.state == state)
    return next(((name, said) for name, said in found if said is not None), None)


def _message(mood: Mood, what: str, language: Language) -> Message:
    return Message(mood, say(what, language), (say(f"{what}_more", language),))


def _refusal(said: Said, language: Language) -> tuple[str, ...]:
    first = f"{said.code} {_half(said.what, language)}"
    return (first, say("next", language) + word(NEXT[said.code], language)) if said.code in NEXT else (first,)


def _half(what: str, language: Language) -> str:
    """Return the half of a text that is in this language: they are `English 中文`."""
    begin = next((at for at, letter in enumerate(what) if "\u4e00" <= letter <= "\u9fff"), len(what))
    english, chinese = what[:begin].strip(" :"), what[begin:].strip()
    return (chinese or english) if language == "zh" else (english or chinese)

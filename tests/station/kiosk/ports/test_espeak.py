"""Speech: what is heard, in which order, and that a program that hangs or is missing costs silence only."""

import os
import re
import subprocess
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station.kiosk.ports import espeak
from station.kiosk.ports.espeak import EspeakVoice, spoken
from station.kiosk.ports.voice import Utterance
from tests.station.kiosk.ports.programs import HANG, Programs, programs_first
from tests.waiting import wait_for

ONE_CARD = " 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones\n"
PLACE = Utterance("请把身份证放在读卡器上", "wait.place")
SECRET = "测试甲乙的事"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    return programs_first(tmp_path / "bin", monkeypatch)


@pytest.fixture
def heard(tmp_path: Path, programs: Programs) -> Callable[[], str]:
    """Let espeak-ng give out its text, and aplay note what it is given or which file it plays."""
    notes = tmp_path / "heard"
    programs.put("espeak-ng", "cat")
    programs.put("aplay", f'[ "$2" = - ] && cat >> "{notes}" || echo -n "$2" >> "{notes}"; echo -n "|" >> "{notes}"')
    return lambda: notes.read_text("utf-8") if notes.exists() else ""


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    path = tmp_path / "cards"
    path.write_text(ONE_CARD, "utf-8")
    return path


@pytest.fixture
def voice(tmp_path: Path, cards: Path) -> Iterator[EspeakVoice]:
    (tmp_path / "prompts" / "zh").mkdir(parents=True)
    voice = EspeakVoice(tmp_path / "prompts", cards)
    yield voice
    voice.close()
    assert not any(thread.name == "voice" for thread in threading.enumerate()), "the thread ends"


def test_what_is_to_be_said_is_heard_in_order_and_recorded_prompts_where_they_are(
    voice: EspeakVoice, heard: Callable[[], str], tmp_path: Path, programs: Programs
) -> None:
    prompt = tmp_path / "prompts" / "zh" / "wait.place.wav"
    prompt.write_bytes(b"RIFF")
    voice.say([Utterance("您好"), PLACE, Utterance("谢谢", "thanks")], "zh")
    wait_for(lambda: heard() == f"您好|{prompt}|谢谢|", "said")
    voice.say([PLACE], "en")
    wait_for(lambda: heard().endswith(f"谢谢|{PLACE.text}|"), "a prompt of another language is not played")
    assert [line.split()[1] for line in programs.arguments("espeak-ng")] == ["cmn-latn-pinyin"] * 2 + ["en"]
    wait_for(programs.gone, "no process is left")


def test_a_prompt_is_looked_for_in_its_folder_only(
    voice: EspeakVoice, heard: Callable[[], str], tmp_path: Path
) -> None:
    (tmp_path / "prompts" / "outside.wav").write_bytes(b"RIFF")
    voice.say([Utterance("外面", "../outside")], "zh")
    wait_for(lambda: heard() == "外面|", "said by espeak-ng")


def test_the_text_is_no_argument_of_any_process(
    voice: EspeakVoice, heard: Callable[[], str], programs: Programs
) -> None:
    voice.say([Utterance(SECRET)], "zh")
    wait_for(lambda: heard() == f"{SECRET}|", "said")
    assert not any(SECRET in line for name in ("espeak-ng", "aplay") for line in programs.arguments(name))


def test_saying_something_else_ends_what_is_being_said(
    voice: EspeakVoice, heard: Callable[[], str], programs: Programs
) -> None:
    programs.put("espeak-ng", f'read text; [ "$text" = long ] && {HANG}; echo -n "$text"')
    voice.say([Utterance("long\n"), Utterance("never\n")], "zh")
    wait_for(lambda: programs.pids("espeak-ng"), "begun")
    voice.say([Utterance("short\n")], "zh")
    wait_for(lambda: heard().endswith("short|"), "said instead")
    assert "never" not in heard()
    wait_for(programs.gone, "no process is left")


@pytest.mark.parametrize("hanging", ["espeak-ng", "aplay"])
def test_stop_is_silence_within_a_tenth_of_a_second(
    voice: EspeakVoice, heard: Callable[[], str], programs: Programs, hanging: str
) -> None:
    programs.put(hanging, HANG)
    voice.say([PLACE, PLACE], "zh")
    wait_for(lambda: programs.pids("aplay") and programs.pids(hanging), "begun")
    began = time.monotonic()
    voice.stop()
    assert time.monotonic() - began < 0.1, "the screen does not wait"
    wait_for(programs.silent, "killed", within_s=0.1)
    wait_for(programs.gone, "and reaped")
    assert heard().count("|") <= 1, "the second piece is never begun"


@pytest.mark.parametrize("hanging", ["espeak-ng", "aplay"])
def test_a_program_that_hangs_is_ended_and_the_next_word_is_heard(
    voice: EspeakVoice,
    heard: Callable[[], str],
    programs: Programs,
    hanging: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    wait_for(lambda: voice.available, "looked")
    monkeypatch.setattr(espeak, "START_MAX_S", 0.2)
    monkeypatch.setattr(espeak, "SIGN_MAX_S", 0.0)
    healthy = (programs.folder / hanging).read_text("utf-8")
    programs.put(hanging, HANG)
    voice.say([PLACE], "zh")
    wait_for(lambda: not voice.available, "it is told that nothing is heard")
    wait_for(programs.gone, "killed and reaped")
    assert "E-VOICE-03" in caplog.text
    (programs.folder / hanging).write_text(healthy, "utf-8")
    again = EspeakVoice(None, voice._cards)  # the next look is 30 s away
    again.say([PLACE], "zh")
    wait_for(lambda: heard().endswith(f"{PLACE.text}|"), "heard")
    again.close()


@pytest.mark.parametrize(
    ("listed", "code"),
    [("--- no soundcards ---\n", "E-VOICE-02"), ("", "E-VOICE-02"), (None, "E-VOICE-02"), (ONE_CARD, "E-VOICE-01")],
    ids=["no card", "an empty list", "no ALSA in the kernel", "no espeak-ng"],
)
def test_without_card_or_espeak_there_is_no_voice_and_nothing_is_begun(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    listed: str | None,
    code: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    programs = programs_first(tmp_path / "bin", monkeypatch)
    monkeypatch.setenv("PATH", str(programs.folder))
    programs.put("aplay", "exit 0")
    if code == "E-VOICE-02":
        programs.put("espeak-ng", "exit 0")
    cards = tmp_path / "cards"
    if listed is not None:
        cards.write_text(listed, "utf-8")
    voice = EspeakVoice(None, cards)
    wait_for(lambda: code in caplog.text, "told in the log")
    voice.say([PLACE], "zh")
    wait_for(lambda: not voice._queue, "passed over")
    assert not voice.available
    voice.close()
    assert programs.pids("espeak-ng") == programs.pids("aplay") == []


def test_a_card_plugged_in_later_is_found(
    tmp_path: Path, heard: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(espeak, "LOOK_EVERY_S", 0.05)
    cards = tmp_path / "cards"
    voice = EspeakVoice(None, cards)
    assert not voice.available
    cards.write_text(ONE_CARD, "utf-8")
    wait_for(lambda: voice.available, "found")
    cards.unlink()
    wait_for(lambda: not voice.available, "gone again")
    voice.close()


def test_a_card_that_plays_nothing_is_told_of_once(
    voice: EspeakVoice, programs: Programs, heard: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    programs.put("aplay", "cat >/dev/null; exit 1")
    voice.say([PLACE] * 3, "zh")
    wait_for(lambda: len(programs.pids("aplay")) == 3, "tried")
    wait_for(lambda: programs.gone() and not voice._queue, "over")
    wait_for(lambda: "E-VOICE-04" in caplog.text, "told")
    assert caplog.text.count("E-VOICE-04") == 1


def test_numbers_that_are_dialled_or_copied_are_said_digit_by_digit() -> None:
    assert spoken("请拨打12348，受理编号 10-00042-7") == "请拨打1 2 3 4 8，受理编号 10-0 0 0 4 2-7"
    assert spoken("010-12345 是 2026年11月") == "0 1 0-1 2 3 4 5 是 2026年11月"
    assert spoken("标的 10000元，3.14159") == "标的 10000元，3.14159"
    assert "[[" not in spoken("[[tEst]]")


# --- with the real espeak-ng and aplay; the sound goes to a file ---


def sound_of(text: str, language: str, tmp_path: Path, cards: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    played = tmp_path / f"{language}-{len(text)}.wav"
    alsa = tmp_path / "asound.conf"
    alsa.write_text(
        "pcm.!default { type plug slave.pcm { type file slave.pcm { type null } "
        f'file "{played}" format wav }} }}\n',
        "ascii",
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(alsa))
    voice = EspeakVoice(None, cards)
    voice.say([Utterance(text)], language)  # type: ignore[arg-type]
    wait_for(lambda: played.exists() and not voice._playing and not voice._queue, "played")
    voice.close()
    with wave.open(os.fspath(played)) as sound:
        return sound.readframes(sound.getnframes())


def test_real_speech_is_heard_and_differs_by_language_and_length(
    tmp_path: Path, cards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chinese = sound_of("请放身份证", "zh", tmp_path, cards, monkeypatch)
    longer = sound_of("请放身份证，然后等一等", "zh", tmp_path, cards, monkeypatch)
    english = sound_of("Place your card", "en", tmp_path, cards, monkeypatch)
    second_bytes = 22050 * 2
    assert second_bytes < len(chinese) < len(longer) < 10 * second_bytes
    assert second_bytes / 2 < len(english) < 10 * second_bytes
    assert max(chinese) > 0
    assert chinese[: len(english)] != english[: len(chinese)]


def test_the_chinese_voice_reads_signs_as_mandarin() -> None:
    command = ["espeak-ng", "-v", espeak.VOICES["zh"], "-q", "-x", "-b", "1", "--stdin"]
    said = subprocess.run(command, input="请放身份证", capture_output=True, text=True, check=True).stdout
    assert "(en)" not in said, "not spelt out in English, as another of its Chinese voices does"
    assert len(re.findall(r"[1-5]+", said)) == 5, "five signs, each with its tone"

"""Speech by espeak-ng and recorded prompts by aplay, from a thread of its own: whatever hangs costs silence only."""

import logging
import os
import re
import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from station.kiosk.ports.process import kill, reap
from station.kiosk.ports.voice import Utterance
from wire.records import Language

logger = logging.getLogger(__name__)

VOICES: Final[dict[Language, str]] = {"zh": "cmn-latn-pinyin", "en": "en"}
"""espeak-ng 1.51 turns signs into pinyin; its voice `cmn` then spells that out as if it were English."""
WORDS_PER_MINUTE: Final = 140
"""espeak-ng's own is 175: too fast for many old people."""
CARDS: Final = Path("/proc/asound/cards")
LOOK_EVERY_S: Final = 30.0
RECORDED_MAX_S: Final = 120.0
START_MAX_S: Final = 15.0
SIGN_MAX_S: Final = 1.0
"""A piece may take START_MAX_S and this for each sign; then something hangs."""

NOT_INSTALLED: Final = "E-VOICE-01 espeak-ng or aplay is not installed 未安装语音软件"
_LONG_NUMBER: Final = re.compile(r"(?<![0-9.,])(?:0[0-9]+|[0-9]{5,})(?![0-9.,]*[元块%])")


def spoken(text: str) -> str:
    """Return `text` as it is to be said: telephone and visit numbers digit by digit; nothing is a phoneme code."""
    return _LONG_NUMBER.sub(lambda number: " ".join(number[0]), text).replace("[[", "[ [")


class EspeakVoice:
    """`Voice` of this machine's loudspeaker."""

    def __init__(self, prompts_dir: Path | None = None, cards: Path = CARDS) -> None:
        """Begin. `prompts_dir` holds `<language>/<text id>.wav`; `cards` lists the sound cards as /proc does."""
        self._prompts_dir = prompts_dir
        self._cards = cards
        self._changed = threading.Condition()
        self._turn = 0
        """Counts say and stop: what was begun in an earlier turn is over."""
        self._queue: deque[Utterance] = deque()
        self._language: Language = "zh"
        self._playing: list[subprocess.Popen[bytes]] = []
        self._stuck: list[subprocess.Popen[bytes]] = []
        """Killed, and not dead: the kernel holds them, as it does when a sound card hangs."""
        self._closing = False
        self._available = False
        self._trouble: str | None = None
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()

    @property
    def available(self) -> bool:
        """Say whether espeak-ng, aplay and a sound card are there and did not hang when last used."""
        return self._available

    @property
    def trouble(self) -> str | None:
        """Return the last trouble, its stable code first; None while there is none."""
        return self._trouble

    def say(self, what: Sequence[Utterance], language: Language) -> None:
        """Say `what` instead of what is being said; returns at once."""
        self._turn_to(what, language)

    def stop(self) -> None:
        """Be silent at once."""
        self._turn_to((), self._language)

    def close(self, within_s: float = 2.0) -> None:
        """End for good, but do not wait for a sound card that hangs."""
        self._closing = True
        self.stop()
        self._thread.join(within_s)

    def _turn_to(self, what: Iterable[Utterance], language: Language) -> None:
        with self._changed:
            self._turn += 1
            self._queue = deque(what)
            self._language = language
            for process in self._playing:
                kill(process)
            self._changed.notify()

    def _run(self) -> None:
        look_at = time.monotonic()
        while not self._closing:
            if time.monotonic() >= look_at:
                self._look()
                look_at = time.monotonic() + LOOK_EVERY_S
            with self._changed:
                if not self._queue and not self._closing:
                    self._changed.wait(max(0.0, look_at - time.monotonic()))
                if not self._queue:
                    continue
                turn, language, utterance = self._turn, self._language, self._queue.popleft()
            if self._available:
                self._play(utterance, language, turn)
            del utterance  # it may be personal, and the next may be long in coming

    def _look(self) -> None:
        self._stuck = [process for process in self._stuck if not reap(process, 0)]
        missing = self._what_is_missing()
        if missing is None:
            self._trouble = None
        else:
            self._tell_trouble(missing)
        self._available = missing is None and not self._stuck

    def _what_is_missing(self) -> str | None:
        if shutil.which("espeak-ng") is None or shutil.which("aplay") is None:
            return NOT_INSTALLED
        try:
            cards = self._cards.read_text("utf-8", errors="replace").strip()
        except OSError:
            cards = ""
        return None if cards and "no soundcards" not in cards else "E-VOICE-02 no sound card 没有声卡"

    def _tell_trouble(self, trouble: str) -> None:
        if trouble != self._trouble:
            logger.warning(trouble)
        self._trouble = trouble

    def _play(self, utterance: Utterance, language: Language, turn: int) -> None:
        recorded = self._recorded(utterance, language)
        try:
            if recorded is not None:
                player = self._begin(turn, ["aplay", "-q", str(recorded)], subprocess.DEVNULL, subprocess.DEVNULL)
                within_s = RECORDED_MAX_S
            else:
                player = self._begin_speech(turn, spoken(utterance.text), VOICES[language])
                within_s = START_MAX_S + SIGN_MAX_S * len(utterance.text)
            if not reap(player, within_s):
                self._tell_trouble("E-VOICE-03 the sound card or espeak-ng hangs 声卡或语音软件无响应")
                self._available = False
            elif player.returncode > 0:
                self._tell_trouble("E-VOICE-04 the sound card plays nothing 声卡无法播放")
        except OSError:
            self._tell_trouble(NOT_INSTALLED)
        finally:
            self._end()

    def _recorded(self, utterance: Utterance, language: Language) -> Path | None:
        if self._prompts_dir is None or not utterance.text_id or "/" in utterance.text_id:
            return None
        path = self._prompts_dir / language / f"{utterance.text_id}.wav"
        return path if path.is_file() else None

    def _begin_speech(self, turn: int, text: str, voice: str) -> "subprocess.Popen[bytes]":
        # A file in memory: no writing can block on a program that does not read, and no argument shows the text.
        words = os.memfd_create("words")
        try:
            os.write(words, text.encode("utf-8", errors="replace"))
            os.lseek(words, 0, os.SEEK_SET)
            command = ["espeak-ng", "-v", voice, "-s", str(WORDS_PER_MINUTE), "-b", "1", "--stdin", "--stdout"]
            speaker = self._begin(turn, command, words, subprocess.PIPE)
        finally:
            os.close(words)
        assert speaker.stdout is not None
        with speaker.stdout as sound:
            return self._begin(turn, ["aplay", "-q", "-"], sound.fileno(), subprocess.DEVNULL)

    def _begin(self, turn: int, command: list[str], stdin: int, stdout: int) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL, start_new_session=True
        )
        with self._changed:
            self._playing.append(process)
            if turn != self._turn:
                kill(process)
        return process

    def _end(self) -> None:
        with self._changed:
            over, self._playing = self._playing, []
        for process in over:
            kill(process)
        self._stuck += [process for process in over if not reap(process)]
        self._available = self._available and not self._stuck

"""First boot: from a written card to a station, whatever happens meanwhile.

A round does all that can be done; what cannot be done yet says what it waits for, and the next round tries again.
Every step looks at the disk for whether it is done, so a run that was cut is gone on with by the next one.
"""

import datetime as dt
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from station.errors import StationError, TrustError
from station.firstboot import label
from station.firstboot.bundles import Bundles, now_utc
from station.firstboot.card_secrets import TOKEN_FILE, clean_card, overwrite_and_remove
from station.firstboot.certificate import Enrolling, Told, said_of
from station.firstboot.contents import WIFI_FILE
from station.firstboot.install import (
    INSTALLED_FILE,
    INSTALLING_FILE,
    cannot_write,
    finish,
    make_folder,
    only_one,
    settled,
)
from station.firstboot.machine import Machine
from station.firstboot.progress import Progress, Say
from station.firstboot.sealed import OPENED_FILE, open_sealed
from station.firstboot.status import Said, Status, StepName
from station.layout import Layout
from station.settings import Settings
from wire.durable import write_atomically
from wire.settings import SettingsError, load_settings

ROUND_S: Final = 1.0
ENROLLED_MARK: Final = ".enrolled"
"""In `Layout.station`: handed over; the units of agent and kiosk start only where it is, the setup screen where not."""


class FirstBoot:
    """One station being set up."""

    def __init__(
        self,
        layout: Layout,
        machine: Machine,
        say: Say,
        *,
        clock: Callable[[], dt.datetime] = now_utc,
        pause: Callable[[float], None] = time.sleep,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the machine; `say` hears each step in words, `pause` is how it waits."""
        self._layout, self._machine = layout, machine
        self._pause, self._mono_s = pause, mono_s
        self._bundles = Bundles(layout, machine, clock)
        self._enrolling = Enrolling(layout, mono_s)
        self._progress = Progress(layout, say, mono_s)
        self._step: StepName = "bundle"
        self._tried_card_token = self._changed = False

    def run(self, within_s: float | None = None) -> bool:
        """Return True once the station was handed over, False when `within_s` went by before.

        Raises StationError E-FIRST-05 (another one runs) or E-FIRST-04 (the disk cannot even be begun with).
        """
        end_s = None if within_s is None else self._mono_s() + within_s
        try:
            make_folder(self._layout.provision, 0o700)
        except OSError as error:
            raise cannot_write(error) from None
        with only_one(self._layout):
            self._tidy()
            while not self._try_round():
                if end_s is not None and self._mono_s() >= end_s:
                    return False
                self._pause(ROUND_S)
        return True

    @property
    def status(self) -> Status:
        """How far it is."""
        return self._progress.status

    def _tidy(self) -> None:
        """Remove what a cut left of our own files half written, a token's among them; nobody else writes those."""
        for name in (INSTALLING_FILE, INSTALLED_FILE, OPENED_FILE, label.kept_file(self._layout).name):
            for left in self._layout.provision.glob(f".{name}.*.tmp"):
                with suppress(OSError):  # a disk that takes nothing is said by the first step
                    left.unlink(missing_ok=True)

    def _try_round(self) -> bool:
        try:
            return self._round()
        except StationError as error:
            self._progress.now(self._step, "failed", said_of(error))
        except OSError as error:
            self._progress.now(self._step, "failed", said_of(cannot_write(error)))
        return False

    def _round(self) -> bool:
        self._step = "bundle"
        self._machine.begin()
        settings = self._bundle()
        if settings is None:
            return False
        enrolled = self._enrolling.has_certificate(settings)
        if enrolled and (self._layout.station / ENROLLED_MARK).exists():
            return self._stay()
        if not enrolled:
            self._reopen()
            self._step = "label"
            token = self._token(settings)
            if token is None:
                return False
            self._open(token)
            self._step = "enrol"
            if not self._enrol(settings, token):
                return False
        return self._hand_over()

    def _reopen(self) -> None:
        """Set up again, with the screen for it, what was handed over and has no certificate any more."""
        mark = self._layout.station / ENROLLED_MARK
        if mark.exists():
            mark.unlink()
            self._machine.reopen()

    def _bundle(self) -> Settings | None:
        if finish(self._layout):  # what a cut left
            self._machine.settle()
            settled(self._layout)
        taken = self._bundles.look()
        if taken.changed:
            self._changed = True
            self._enrolling.at_once()
        if taken.bundle is None:
            self._progress.now("bundle", "failed" if taken.refused else "waits", taken.refused or taken.lacking)
            return None
        self._step = "install"
        try:
            settings = load_settings(self._layout.station / "station.toml", Settings)
        except SettingsError as error:
            raise TrustError(
                "E-FIRST-03", f"its settings are not for this software 设置与本机软件不符: {error}"
            ) from None
        self._progress.tell(
            station=settings.station,
            name=settings.name,
            town=settings.town,
            fingerprint=taken.bundle.fingerprint,
            newer_refused=taken.refused,
        )
        self._progress.now("bundle", "done")
        self._progress.now("install", "done")
        return settings

    def _token(self, settings: Settings) -> str | None:
        """Return the label's token, None while nobody gave it."""
        answer = label.take(self._layout)
        if answer is not None:
            try:
                token = label.token_of(answer, settings.station, self._progress.status.fingerprint)
            except StationError as error:
                self._progress.tell(label_refused=said_of(error))
            else:
                if answer.fingerprint:  # the paper says whom to trust
                    self._bundles.pin()
                label.keep(self._layout, token)
                self._enrolling.at_once()
                self._progress.tell(label_refused=None)
        kept = label.kept(self._layout) or self._from_card()
        if kept is None:
            self._progress.tell(wants_label=True)
            self._progress.now("label", "waits")
        elif self._progress.status.label_refused is None:
            self._progress.tell(wants_label=False)
            self._progress.now("label", "done")
        return kept

    def _from_card(self) -> str | None:
        """Return the token that a technician wrote to the card; kept elsewhere before anything else is done."""
        path = self._layout.card / TOKEN_FILE
        if self._tried_card_token:
            return None
        try:
            with path.open("rb") as file:
                text = file.read(64).decode("ascii", "replace").strip().strip("\0")
        except OSError:
            return None
        if not text:  # overwritten already
            return None
        try:
            token = label.token_of(label.Answer(text), "", "")
        except StationError as error:
            self._tried_card_token = True
            self._progress.tell(label_refused=said_of(error))
            return None
        label.keep(self._layout, token)
        return token

    def _stay(self) -> bool:
        """Go on as the station that this is, with what a newer bundle brought."""
        self._open(label.kept(self._layout))
        self._machine.own()
        overwrite_and_remove(label.kept_file(self._layout))
        self._clean()
        if self._changed:
            self._machine.restart()
        return self._finish()

    def _open(self, token: str | None) -> None:
        """Open Wi-Fi and cameras' passwords; without them a cable or a stick still does, so nothing ends here."""
        self._step = "secrets"
        opened, said = open_sealed(self._layout, token)
        if WIFI_FILE in opened:
            self._machine.join_network()
        self._progress.now("secrets", "done" if said is None else "failed", said)

    def _enrol(self, settings: Settings, token: str) -> bool:
        if self._progress.step("enrol").state == "todo":
            self._progress.now("enrol", "now")
        told: Told = self._enrolling.round(settings, token)
        if self._enrolling.has_certificate(settings):
            return True
        if told.refused:
            self._progress.tell(label_refused=told.said, wants_label=True)
            self._progress.now("label", "waits")
        self._progress.tell(asked=told.asked)
        self._progress.now("enrol", told.state, told.said)
        return False

    def _hand_over(self) -> bool:
        self._step = "enrol"
        self._bundles.pin()
        for step in ("label", "enrol"):
            self._progress.now(step, "done")
        self._progress.tell(wants_label=False, label_refused=None, asked=False)
        self._machine.own()
        overwrite_and_remove(label.kept_file(self._layout))
        self._clean()
        self._step = "handover"
        self._progress.now("handover", "now")
        self._machine.enable()
        write_atomically(self._layout.station / ENROLLED_MARK, b"")
        self._machine.start()
        return self._finish()

    def _clean(self) -> None:
        """Remove secrets from the FAT partition; one that cannot be is burnt by now, and no reason to stay shut."""
        self._step = "card"
        try:
            clean_card(self._layout)
        except OSError as error:
            why = f"a used secret stays on the card 卡上用过的密码文件无法删除: {error.strerror}"
            self._progress.now("card", "failed", Said("E-FIRST-10", why))
        else:
            self._progress.now("card", "done")

    def _finish(self) -> bool:
        self._progress.finish()
        return True

"""Which bundle a station lives by: those on card and sticks are judged, the right one is installed."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import station
from station.errors import TrustError
from station.firstboot.bundle import Bundle, as_trust_error, cannot_read, digest_of, read_bundle
from station.firstboot.certificate import said_of, sticks
from station.firstboot.contents import BUNDLE_FILE
from station.firstboot.install import Installed, cannot_write, install, installed, make_folder, settled
from station.firstboot.machine import Machine
from station.firstboot.status import Said
from station.layout import Layout
from station.revoked import keep_list
from wire.archive import why_not_for
from wire.certificates import Chain, fingerprint, read_chain
from wire.durable import write_atomically
from wire.errors import WireError
from wire.topics import county_of


def now_utc() -> dt.datetime:
    """Return what the clock says."""
    return dt.datetime.now(dt.UTC)


_CLOCKS: Final = ("var/lib/systemd/timesync/clock", "usr/lib/clock-epoch")
"""Files whose time systemd keeps: when the clock was last right, and when it was built (systemd-timesyncd(8))."""
MAX_BUNDLE_BYTES: Final = 512 * 1024 * 1024
"""Recorded prompts of a kiosk are some tens of MB."""


class Looked(NamedTuple):
    """What came of a look."""

    bundle: Installed | None
    changed: bool
    """Another one than before."""
    refused: Said | None
    """Why one that lies there was not taken."""
    lacking: Said


LACKING = Said("E-FIRST-01", "no bundle on card or stick: write this card anew 卡上没有本站配置包，请重新写卡或插入U盘")


class Bundles:
    """Looks again and again; what was refused once is not read again until it changes."""

    def __init__(self, layout: Layout, machine: Machine, clock: Callable[[], dt.datetime]) -> None:
        """Look nowhere yet."""
        self._layout, self._machine, self._clock = layout, machine, clock
        self._judged: dict[tuple[str, int, int], Said | None] = {}

    def look(self) -> Looked:
        """Install what may be installed of what lies on card and sticks, and say what was refused.

        Raises StationError E-FIRST-02, E-FIRST-04, E-FIRST-12 where trying again may help.
        """
        refused, changed = None, False
        for path in self._lying():
            seen = _seen(path)
            if seen is None:
                continue
            if seen not in self._judged:
                try:
                    changed = self.take(path) or changed
                except TrustError as error:
                    self._judged[seen] = said_of(error)
                else:
                    self._judged[seen] = None
            refused = refused or self._judged[seen]
        return Looked(installed(self._layout), changed, refused, LACKING)

    def take(self, path: Path) -> bool:
        """Verify the bundle in `path` and install it; return False when it is the installed one.

        Raises TrustError with the reason why this station takes it not (E-ARC-…, E-FIRST-03), StationError.
        """
        _must_be_small(path)
        trusted, now = self.trusted(), installed(self._layout)
        if now is not None and now.sha256 == digest_of(path):
            return False
        bundle = read_bundle(path, self._layout, trusted, earliest(self._layout.root, self._clock()))
        try:
            keep_list(self._layout, bundle.head.revoked, bundle.authority)
        except OSError as error:
            raise cannot_write(error) from None
        if now is not None:
            self._must_follow(bundle, now, pinned=trusted is not None, on_card=path.parent == self._layout.card)
        install(path, bundle, self._layout)
        self._machine.settle()
        settled(self._layout)
        return True

    def trusted(self) -> Chain | None:
        """Return the county's authority as a label confirmed it, None before.

        Raises TrustError E-FIRST-03 when it is there and cannot be read.
        """
        try:
            return Chain(read_chain((self._layout.etc / "ca.crt").read_bytes()).leaf)
        except FileNotFoundError:
            return None
        except (OSError, WireError):
            raise _damaged() from None

    def pin(self) -> None:
        """Trust the authority of the installed bundle from now on.

        The file is one that the station's user may write, who is not to choose whom root trusts: it must be the
        authority that the bundle was verified by. Raises TrustError E-FIRST-13 when it is not, OSError.
        """
        target, now = self._layout.etc / "ca.crt", installed(self._layout)
        if target.exists():
            return
        pem = (self._layout.station / "ca.crt").read_bytes()
        try:
            found = fingerprint(read_chain(pem).leaf)
        except WireError:
            found = ""
        if now is None or found != now.fingerprint:
            raise _damaged()
        make_folder(target.parent)
        write_atomically(target, pem)

    def _must_follow(self, bundle: Bundle, now: Installed, *, pinned: bool, on_card: bool) -> None:
        """Raise unless `bundle` may follow the installed one.

        Until a label confirmed whom to trust, one of another station may take its place, and on the card one of another
        authority: the first may have been on a wrong card. A stick may be a stranger's, and a bundle brings programs.
        """
        if not pinned and not on_card and bundle.fingerprint != now.fingerprint:
            raise TrustError(
                "E-ARC-04", "of another county's authority than the card 与卡的县级机构不一致，请勿使用此U盘"
            )
        same = (bundle.fingerprint, bundle.head.subject) == (now.fingerprint, now.station)
        if not (pinned or same):
            return
        why = why_not_for(
            bundle.head, kind="station", county=county_of(now.station), subject=now.station, floor=now.sequence
        )
        if why is not None:
            raise as_trust_error(why)

    def _lying(self) -> list[Path]:
        """Return what to look at: the card's, and of sticks what is meant for this station."""
        now = installed(self._layout)
        names = [BUNDLE_FILE] if now is None else [f"{now.station}.ccb"]
        found = [self._layout.card / BUNDLE_FILE]
        found += [stick / "cuncuntong" / name for stick in sticks(self._layout) for name in names]
        return found


def _must_be_small(path: Path) -> None:
    """Raise before hours are spent on reading what some stick holds under our name."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise cannot_read(path, error) from None
    if size > MAX_BUNDLE_BYTES:
        raise TrustError("E-FIRST-03", f"{size} bytes are no station's bundle 文件过大，不是站点配置包")


def _damaged() -> TrustError:
    return TrustError(
        "E-FIRST-13", "the county's authority on this machine cannot be read 县级根证书损坏，请重装系统卡"
    )


def _seen(path: Path) -> tuple[str, int, int] | None:
    try:
        now = path.stat()
    except OSError:
        return None
    return str(path), now.st_size, now.st_mtime_ns


def earliest(root: Path, clock: dt.datetime) -> dt.datetime:
    """Return the earliest the time can be, wherever a machine's clock begins: nothing expired is valid by it.

    The later of `clock` and the newest file of this software and of what systemd keeps below `root`.
    """
    ours = Path(station.__file__).parent.glob("*.py")
    times = (_changed(path) for path in (*ours, *(root / one for one in _CLOCKS)))
    return max(clock, dt.datetime.fromtimestamp(max(times), dt.UTC))


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0

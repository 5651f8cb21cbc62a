"""An update from its file or order to its end."""

import contextlib
import fcntl
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple

from station.errors import StationError, StoreError
from station.layout import Layout
from station.revoked import keep_list, kept_list
from station.store.handover import add_outcome, drop_order, read_order
from station.update import rules
from station.update.archive import Incoming, authority_of, read_release
from station.update.fetch import LINE_SHARE_BYTES_S, Fetching
from station.update.kept import Floor, Wanted, failed_sequences, floor_of, forget, keep, kept
from station.update.rules import Machine, Step, Taking, Waiting
from station.update.slots import CURRENT, UPDATER, linked, packages, point, release_of, slots
from station.update.stage import clear, lay_out
from station.update.trying import LOOK_EVERY_S, Site, begin, settle
from station.update.watching import busy, hub_answers
from wire.release import KEPT, NOT_YET, PUT_OFF

REFUSALS: Final = {
    rules.OLDER: "older than what ran here 比本站用过的版本旧",
    rules.FAILED_BEFORE: "it failed here before and is not tried again by order 该版本在本站失败过，不再按指令安装",
    rules.NOT_FOR_THIS_MACHINE: "made for another Python or another kind of machine 与本机 Python 或架构不符",
    rules.NO_PACKAGES: "packages it needs are neither here nor inside 缺少依赖包，请用带依赖包的版本文件",
    rules.NO_ROOM: "not enough room on the disk 磁盘空间不足",
}


class Told(NamedTuple):
    """Who hears how it goes: lines for people, and bytes of what is read or fetched."""

    say: Callable[[str], None] = lambda _: None
    bytes: Callable[[int], None] = lambda _: None


class Updater:
    """Updates one station; whoever uses it holds `only_one`."""

    def __init__(self, site: Site, county: str | None, hub_url: str | None, told: Told | None = None) -> None:
        """Update `site` of `county`, whose hub is at `hub_url`; None where the machine is no station yet."""
        self.site, self._layout = site, site.layout
        self._county, self._hub_url = county, hub_url
        self._told = told or Told()
        self.bytes_s = LINE_SHARE_BYTES_S
        self.compiled = True

    def bring(self, file: BinaryIO, *, offline: bool = False) -> str:
        """Take a release that somebody brought: verify, lay out, try; return KEPT or why it was taken back.

        Raises StationError for whatever stops it before its trial; nothing of what runs has changed then.
        """
        settle(self.site)
        incoming = self._verified(file, by_order=False)
        release = incoming.release
        current = linked(self._layout, CURRENT)
        if current is not None and release_of(slots(self._layout) / current) == release:
            self._told.say(f"{release.version}: it runs already 已是此版本")
            return KEPT
        lay_out(incoming, self._layout, tell=self._told.bytes, compiled=self.compiled)
        if current is None:
            return self._first(incoming)
        wanted = Wanted(release.version, release.sequence, staged=True, offline=offline)
        keep(self._layout, wanted)
        return self._try(wanted)

    def go_on(self) -> str | None:
        """Do what was ordered or left undone; return KEPT, why not, or None when there is nothing to do.

        Raises StationError of a cause that comes right by itself (E-UPD-08, E-UPD-10, E-UPD-17); it is gone on with
        then. Other causes are told to the hub, and returned.
        """
        ended = settle(self.site)
        wanted = self._take_order()
        if wanted is None:
            with contextlib.suppress(OSError):
                clear(self._layout)
            return ended
        current = linked(self._layout, CURRENT)
        running = None if current is None else release_of(slots(self._layout) / current)
        try:
            if running is not None and running.sequence == wanted.sequence:
                add_outcome(self._layout.software, KEPT, wanted.release)
                forget(self._layout, Wanted)
                return KEPT
            if not (wanted.staged and (slots(self._layout) / wanted.release).is_dir()):
                wanted = self._stage_ordered(wanted)
            return self._try(wanted)
        except StationError as error:
            if error.code not in NOT_YET:
                forget(self._layout, Wanted)
                for part in (self._layout.provision / "update").glob("*.part"):
                    part.unlink()
                add_outcome(self._layout.software, error.code, wanted.release)
                self._told.say(str(error))
                return error.code
            add_outcome(self._layout.software, error.code, wanted.release)
            raise

    def _take_order(self) -> Wanted | None:
        wanted, order = kept(self._layout, Wanted), read_order(self.site.state)
        if order is not None and (wanted is None or order.sequence >= wanted.sequence):
            same = wanted is not None and (wanted.release, wanted.sequence) == (order.release, order.sequence)
            staged = same and wanted is not None and wanted.staged
            wanted = Wanted(order.release, order.sequence, staged=staged, order=order)
            keep(self._layout, wanted)
        drop_order(self.site.state)
        return wanted

    def _stage_ordered(self, wanted: Wanted) -> Wanted:
        order = wanted.order
        if order is None:
            raise StationError("E-UPD-15", "what was staged is gone; bring it again 已暂存的版本不见了，请重新安装")
        at_another = order.url is not None and order.url.rstrip("/") != (self._hub_url or "").rstrip("/")
        if self._hub_url is None or at_another:
            raise StationError("E-UPD-07", "not from the hub this station is set up with 下载地址不是本县中心")
        if order.sequence in failed_sequences(self._layout):
            raise self._refusal(rules.FAILED_BEFORE)
        if order.sequence < self._floor():
            raise self._refusal(rules.OLDER)
        if self._free_bytes() < rules.RESERVE_BYTES + order.bytes:
            raise self._refusal(rules.NO_ROOM)
        fetched = self._layout.provision / "update" / f"{order.sha256}.part"
        for other in fetched.parent.glob("*.part"):
            if other != fetched:
                other.unlink()
        self._told.say(f"fetching {order.release} 正在下载")
        fetching = Fetching(
            self._hub_url,
            self._layout.etc / "ca.crt",
            bytes_s=self.bytes_s,
            tell=self._told.bytes,
            sleep=self.site.sleep,
        )
        fetching.fetch(order, fetched)
        with fetched.open("rb") as file:
            incoming = self._verified(file, by_order=True)
            if (incoming.release.version, incoming.release.sequence) != (order.release, order.sequence):
                raise StationError("E-UPD-09", "another release than was ordered 收到的文件与指令不符")
            lay_out(incoming, self._layout, compiled=self.compiled)
        staged = Wanted(order.release, order.sequence, staged=True, order=order)
        keep(self._layout, staged)
        fetched.unlink()
        return staged

    def _verified(self, file: BinaryIO, *, by_order: bool) -> Incoming:
        authority = authority_of(self._layout)
        incoming = read_release(file, authority, self._county, self._floor(), kept_list(self._layout))
        keep_list(self._layout, incoming.opened.head.revoked, authority)
        machine = Machine(
            (sys.version_info.major, sys.version_info.minor),
            platform.machine(),
            {place.name for place in packages(self._layout).glob("[!.]*")},
            self._free_bytes(),
        )
        taking = Taking(
            incoming.release,
            incoming.wheel.bytes,
            sum(one.bytes for one in incoming.wheels),
            self._floor(),
            failed_sequences(self._layout),
            by_order,
        )
        why = rules.why_not_take(taking, machine)
        if why is not None:
            raise self._refusal(why)
        return incoming

    def _floor(self) -> int:
        """Return it as remembered; a file that was lost does not let older releases in."""
        proven = linked(self._layout, UPDATER)
        release = None if proven is None else release_of(slots(self._layout) / proven)
        return max(floor_of(self._layout), 1 if release is None else release.sequence)

    def _free_bytes(self) -> int:
        self._layout.software.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self._layout.software).free

    def _first(self, incoming: Incoming) -> str:
        """Nothing ran before: whoever sets the machine up starts it, and there is nothing to go back to."""
        release = incoming.release
        point(self._layout, UPDATER, release.version)
        point(self._layout, CURRENT, release.version)
        keep(self._layout, Floor(release.sequence, release.version))
        return KEPT

    def _try(self, wanted: Wanted) -> str:
        self._wait()
        if not wanted.offline and not hub_answers(self.site.state):
            raise StationError(
                rules.HUB_AWAY_BEFORE,
                "the hub is away: tried again by itself, or now with --offline 中心离线，稍后重试或用 --offline",
            )
        self._told.say(f"{wanted.release} is on trial 开始试运行")
        begin(self.site, wanted)
        return settle(self.site) or KEPT

    def _wait(self) -> None:
        site = self.site
        waiting, said = Waiting(site.now_s()), False
        while True:
            waiting, step = rules.wait(waiting, site.now_s(), busy=busy(site.state))
            if step is Step.SWITCH:
                return
            if step is Step.GIVE_UP:
                raise StationError(PUT_OFF, "somebody was at the kiosk all the time; tried at night 夜间再装")
            if not said:
                self._told.say("waiting until nobody is at the kiosk 等待无人使用")
                said = True
            site.sleep(LOOK_EVERY_S)

    def _refusal(self, code: str) -> StationError:
        return StationError(code, REFUSALS[code])


@contextlib.contextmanager
def only_one(layout: Layout) -> Iterator[None]:
    """Hold the station's software for oneself.

    Raises StoreError E-UPD-05 when another update is at work, E-UPD-18 when the folder cannot be written.
    """
    place = layout.provision / "update" / "lock"
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError("E-UPD-18", f"{place}: {error.strerror}; be root 无法写入，请用 root 运行") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise StoreError("E-UPD-05", "another update is at work 正在进行另一个更新，请稍候") from None
    try:
        yield
    finally:
        os.close(descriptor)

"""An update whose power is cut at one of its writes, and what the machine does when it comes back."""

import hashlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path

from station.layout import Layout
from station.store.handover import Told, put_order, put_told
from station.store.presence import KioskPresence, Presence
from station.update.kept import Trial, kept
from station.update.rules import STEADY_S
from station.update.run import Updater
from station.update.slots import release_of, running_release
from station.update.trying import Site, resume, settle
from tests.cutting import CutError, disk
from tests.station.update.handing import Hub
from tests.station.update.releases import COUNTY, Place, release
from wire.release import UpdateOrder


class Steady:
    """Agent and kiosk that run at once, whatever `current` leads to, and say so; they live in this process."""

    def __init__(self, layout: Layout, state: Path, *, well: Callable[[str], bool]) -> None:
        self._layout = layout
        self._state = state
        self._well = well
        self._held = [Presence(state), KioskPresence(state)]
        self.running: str | None = None

    def restart(self) -> None:
        slot = self._layout.software / "current"
        now = release_of(slot)
        assert now is not None, "what is started must be whole"
        assert (slot / "bin/agent").exists()
        assert next(iter(slot.glob("lib/*/site-packages/tiny/__init__.py"))).stat().st_size > 100
        self.running = now.version
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().replace("-", "")[:16]
        told = Told(boot, True, 1, False, now.sequence)
        target = self._state / "told"
        target.unlink(missing_ok=True)
        put_told(self._state, told)

    def agent(self) -> int | None:
        return 1 if self.running is not None and self._well(self.running) else None

    def kiosk(self) -> int | None:
        return 2 if self.running is not None else None

    def starts(self) -> tuple[int, int]:
        return 0, 0

    def close(self) -> None:
        for one in self._held:
            one.close()


class Cutting:
    """A machine with release 1.0; each `run` brings it 1.1 anew, or has `hub` order it, and cuts."""

    def __init__(self, folder: Path, *, well: bool, hub: Hub | None = None) -> None:
        self._folder = folder
        self._hub = hub
        self._well = well
        place = Place(folder / "first")
        place.bring(release(place.county, "1.0", 1))
        self._first = place.layout.root
        self._archive = release(place.county, "1.1", 2)
        if hub is not None:
            hub.content = self._archive
        self.ended = {"1.1"} if well else {"1.0"}

    def run(self, cut_at: int | None) -> int:
        """Return how many changes of the disk there were; raises AssertionError where the machine is left lame."""
        root = self._folder / f"cut-{cut_at}"
        shutil.copytree(self._first, root, symlinks=True)
        layout = Layout(root)
        state = layout.station / "state"
        services = Steady(layout, state, well=lambda version: self._well or version == "1.0")
        try:
            services.restart()
            site = self._site(layout, state, services)
            if self._hub is not None:
                digest = hashlib.sha256(self._archive).hexdigest()
                put_order(state, UpdateOrder("1.1", 2, digest, len(self._archive)))
            with disk(cut_at) as watched:
                try:
                    self._bring(site)
                except CutError:
                    assert watched.dead
            if watched.dead:
                self._boots(site, services)
            assert services.running in self.ended
            assert running_release((layout.software / "current").resolve()) is not None
            assert not list(layout.software.glob("*/.*.new"))
        finally:
            services.close()
            shutil.rmtree(root)
        return len(watched.done)

    def _bring(self, site: Site) -> None:
        updater = Updater(site, COUNTY, None if self._hub is None else self._hub.url)
        updater.compiled, updater.bytes_s = False, 10**9
        if self._hub is None:
            updater.bring(io.BytesIO(self._archive))
        else:
            updater.go_on()

    def _boots(self, site: Site, services: Steady) -> None:
        resume(site.layout)
        services.restart()  # asserts that what is linked to is whole
        assert services.running in {"1.0", "1.1"}
        settle(site)
        assert kept(site.layout, Trial) is None
        self._bring(site)

    def _site(self, layout: Layout, state: Path, services: Steady) -> Site:
        clock = [0.0]

        def sleep(s: float) -> None:
            clock[0] += s + STEADY_S

        return Site(layout, state, services, lambda: clock[0], sleep)

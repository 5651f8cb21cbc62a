"""Where a station's parts lie on its machine; `root` is `/`, or a folder that stands for it."""

from pathlib import Path
from typing import NamedTuple


class Layout(NamedTuple):
    """Every path that provisioning touches."""

    root: Path = Path("/")

    @property
    def etc(self) -> Path:
        """`ca.crt`: the county's authority, trusted from the first bundle on."""
        return self.root / "etc/cuncuntong"

    @property
    def station(self) -> Path:
        """`station.toml ca.crt station.crt station.key seal.pub`, and `state/`; owned by the user `cuncuntong`."""
        return self.root / "var/lib/cuncuntong/station"

    @property
    def provision(self) -> Path:
        """What first boot and update remember; root's alone."""
        return self.root / "var/lib/cuncuntong/provision"

    @property
    def software(self) -> Path:
        """`slots/<release>/`, `deps/<digest>/`, and the link `current` to the slot in use."""
        return self.root / "opt/cuncuntong"

    @property
    def card(self) -> Path:
        """The folder on the FAT partition that a technician's card is written with: `station.ccb`, seldom `token`."""
        return self.root / "boot/firmware/cuncuntong"

    @property
    def run(self) -> Path:
        """What the setup screen and first boot tell each other; gone with the power."""
        return self.root / "run/cuncuntong"

    @property
    def media(self) -> Path:
        """Where USB sticks appear, a folder each."""
        return self.root / "media"

"""What the card's root partition needs and the FAT partition cannot say: done once by the system's own seed (pure).

The same for both systems, so that a station is the same on either; units and their drop-ins come with the bundle.
"""

from typing import Final

JOURNAL: Final = "/etc/systemd/journald.conf.d/10-cuncuntong-card.conf"
SWAP: Final = "/etc/rpi/swap.conf.d/90-cuncuntong.conf"
SSHD: Final = "/etc/ssh/sshd_config.d/10-cuncuntong.conf"
SUDOERS: Final = "/etc/sudoers.d/cuncuntong"
MAY: Final = (
    "ALL=(root) NOPASSWD: /opt/cuncuntong/current/bin/station, /usr/local/bin/station, (cuncuntong) NOPASSWD: ALL"
)
"""What a technician's key allows on site: `station` as root (doctor, updates), anything as the station's own user."""

FILES: Final = {
    JOURNAL: "# The card wears out by writing: the journal lives in memory, what matters goes to the county.\n"
    "[Journal]\nStorage=volatile\nRuntimeMaxUse=32M\n",
    # Read by rpi-swap, Trixie's; Bookworm has dphys-swapfile, which is switched off.
    SWAP: "# No swap on the card: compressed memory only.\n[Main]\nMechanism=zram\n",
}
"""Written as they are."""

FSTAB: Final = (
    r"/^[^#[:space:]]+[[:space:]]+\/[[:space:]]+ext4[[:space:]]/"
    r"{/noatime/!s/^([^[:space:]]+[[:space:]]+\/[[:space:]]+ext4[[:space:]]+)([^[:space:]]+)/\1\2,noatime/}"
    "\n"
    r"/^[^#[:space:]]+[[:space:]]+[^[:space:]]+[[:space:]]+swap[[:space:]]/s/^/# cuncuntong: no swap on the card: /"
)
"""`sed -E` for /etc/fstab: the root partition noatime, no swap. Doing it again changes nothing."""

"""Boot partitions as they come: what Raspberry Pi OS has on its FAT partition, and what people have made of it."""

from firmware_config.boot.model import BootModel, CardSettings
from firmware_config.inventory.entry import StaticNetwork

STATION = "999999101001"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEFBOxGoBrNAtxcGI6XFrGWMr8Wv53x2oTx6EzDBh7aa technician@laptop"
STATIC = StaticNetwork("10.32.4.17/24", "10.32.4.1", ["10.32.4.2"])

CONFIG = b"""# For more options and information see
# http://rptl.io/configtxt

# Uncomment some or all of these to enable the optional hardware interfaces
#dtparam=i2c_arm=on
#dtparam=spi=on

# Enable audio (loads snd_bcm2835)
dtparam=audio=on
camera_auto_detect=1
display_auto_detect=1
auto_initramfs=1

# Enable DRM VC4 V3D driver
dtoverlay=vc4-kms-v3d
max_framebuffers=2
disable_fw_kms_setup=1
arm_64bit=1
disable_overscan=1
arm_boost=1

[cm4]
otg_mode=1

[cm5]
dtoverlay=dwc2,dr_mode=host

[all]
"""
CMDLINE = {
    "trixie": b"console=serial0,115200 console=tty1 root=PARTUUID=5a7e9c3b-02 rootfstype=ext4 fsck.repair=yes rootwait "
    b"resize quiet splash plymouth.ignore-serial-consoles\n",
    "bookworm": b"console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4 fsck.repair=yes "
    b"rootwait quiet init=/usr/lib/raspberrypi-sys-mods/firstboot\n",
}
ISSUE = {
    "trixie": b"Raspberry Pi reference 2025-12-04\nGenerated using pi-gen\n",
    "bookworm": b"Raspberry Pi reference 2025-05-13\nGenerated using pi-gen\n",
}


def model(os: str = "trixie", **changes: object) -> BootModel:
    settings = CardSettings(ssh_keys=[KEY])
    return BootModel(**{"station": STATION, "os": os, "settings": settings, **changes})  # type: ignore[arg-type]

"""All boot files of one station from one model, and the same card as it was before (pure)."""

from collections.abc import Mapping
from typing import Final

from firmware_config.boot import cmdline_txt, config_txt
from firmware_config.boot.cloud_init import MARK, meta_data, network_config, user_data
from firmware_config.boot.firstrun import firstrun
from firmware_config.boot.model import OUR_FOLDER, BootModel, checked

CONFIG: Final = "config.txt"
CMDLINE: Final = "cmdline.txt"
CLOUD_INIT: Final = ("user-data", "network-config", "meta-data")
FIRSTRUN: Final = f"{OUR_FOLDER}/firstrun.sh"
EDITED: Final = (CONFIG, CMDLINE)
BEFORE: Final = f"{OUR_FOLDER}/before"
"""Where the image's own seed files are kept until `card undo`."""


def boot_files(model: BootModel, config: bytes, cmdline: bytes) -> dict[str, bytes]:
    """Return the files of the boot partition by their paths, in the order they are to be written.

    `cmdline.txt` comes last: until it names the seed, the seed does nothing.

    Raises ProvisionError E-BOOT-01 or E-BOOT-02.
    """
    checked(model)
    seed = (
        {"user-data": user_data(model), "network-config": network_config(model), "meta-data": meta_data(model)}
        if model.os == "trixie"
        else {FIRSTRUN: firstrun(model)}
    )
    line = cmdline_txt.with_ours(cmdline, model)
    return {**seed, CONFIG: config_txt.with_ours(config), CMDLINE: line}


def undone(edited: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return `config.txt` and `cmdline.txt` as they were, with what others wrote since."""
    take_back = {CONFIG: config_txt.without_ours, CMDLINE: cmdline_txt.without_ours}
    return {name: take_back[name](content) for name, content in edited.items()}


def is_ours(content: bytes) -> bool:
    """Say whether a seed file was rendered here."""
    return MARK.encode() in content[:200]

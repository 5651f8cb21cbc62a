"""By hand, on a station that runs: installing a newer bundle, and setting it up once more with a new label."""

from collections.abc import Iterator
from pathlib import Path

from station.errors import StationError
from station.firstboot import label
from station.firstboot.bundles import Bundles, now_utc
from station.firstboot.card_secrets import overwrite_and_remove
from station.firstboot.install import cannot_write, finish, installed, make_folder, only_one, settled
from station.firstboot.machine import machine_of
from station.firstboot.run import FirstBoot
from station.identity.keys import CERTIFICATE, NEXT
from station.layout import Layout


def apply_bundle(file: Path, layout: Layout, token: str | None) -> Iterator[str]:
    """Verify `file` and install it; yield what was done. `token` opens what is newly sealed in it.

    Raises TrustError with the reason why this station takes it not (E-ARC-…, E-FIRST-03), E-ENR-01 for no token;
    StationError E-FIRST-02, -04, -05, -12. The station goes on with what it has.
    """
    machine = machine_of(layout)
    letters = None if token is None else label.token_of(label.Answer(token.strip()[:32]), "", "")
    try:
        make_folder(layout.provision, 0o700)
        with only_one(layout):
            if finish(layout):  # what a cut left
                machine.settle()
                settled(layout)
            changed = Bundles(layout, machine, now_utc).take(file)
            if letters is not None:
                label.keep(layout, letters)
    except OSError as error:
        raise cannot_write(error) from None
    now = installed(layout)
    assert now is not None  # taken, or there already
    yield f"{now.station}: {now.sequence} {'installed 已安装' if changed else 'is installed already 已是此版本'}"
    work = FirstBoot(layout, machine, lambda _: None)
    try:
        work.run(within_s=0)
    except StationError as error:
        if error.code != "E-FIRST-05":  # the service goes on with it
            raise
    yield from (f"{one.said.code} {one.said.what}" for one in work.status.steps if one.said is not None)
    if changed:
        machine.restart()


def forget_certificate(layout: Layout) -> None:
    """Forget the certificate, so that the next run asks for a label: of a station that was revoked, or is set up anew.

    Raises StationError E-FIRST-05 or E-FIRST-04.
    """
    try:
        make_folder(layout.provision, 0o700)
        with only_one(layout):
            (layout.station / CERTIFICATE).unlink(missing_ok=True)
            (layout.station / (CERTIFICATE + NEXT)).unlink(missing_ok=True)
            overwrite_and_remove(label.kept_file(layout))
    except OSError as error:
        raise cannot_write(error) from None

"""Setting a station up once more, with a new label."""

from station.firstboot import label
from station.firstboot.card_secrets import overwrite_and_remove
from station.firstboot.install import cannot_write, make_folder
from station.firstboot.lock import only_one
from station.identity.keys import CERTIFICATE, NEXT
from station.layout import Layout


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

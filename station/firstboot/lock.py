"""One at a time: whoever changes what is provisioned holds a lock, which the kernel lets go of however he ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from station.errors import StationError
from station.firstboot.install import cannot_write
from station.layout import Layout


@contextmanager
def only_one(layout: Layout) -> Iterator[None]:
    """Hold the lock of whoever changes what is provisioned.

    Raises StationError E-FIRST-05 when another holds it, E-FIRST-04 when there can be none.
    """
    try:
        lock = (layout.provision / "lock").open("ab")
    except OSError as error:
        raise cannot_write(error) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StationError(
                "E-FIRST-05", "another first boot runs on this machine already 首次启动程序已在运行"
            ) from None
        yield

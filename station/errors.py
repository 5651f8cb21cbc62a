"""One base error per boundary of the station; library exceptions are translated where the library is called."""


class StationError(Exception):
    """What went wrong, what it means and the next step, in Chinese and English, with a stable `code`."""

    def __init__(self, code: str, what: str) -> None:
        """Keep the stable `code` (E-…) beside the text; neither ever holds personal data."""
        super().__init__(f"{code} {what}")
        self.code, self.what = code, what


class DeviceError(StationError):
    """A reader, camera or other device does not do its work."""


class TrustError(StationError):
    """This station cannot prove who it is: its certificate is missing or unusable."""


class StoreError(StationError):
    """The spool or the library cannot be read or written."""


class SpoolFullError(StoreError):
    """No room for another record, in the spool's limit or on the disk: take no new visit, lose none."""

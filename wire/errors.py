"""The one error of this boundary."""


class WireError(ValueError):
    """A topic or payload that is not of this contract.

    `code` is stable and safe to count; the text never repeats the payload, which may hold personal data.
    """

    def __init__(self, code: str, what: str) -> None:
        """Keep the stable `code` (E-WIRE-…) beside the human text `what`."""
        super().__init__(f"{code} {what}")
        self.code, self.what = code, what

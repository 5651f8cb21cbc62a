"""One base error for the hub's boundaries."""


class HubError(Exception):
    """What went wrong, what it means and the next step, with a stable `code`."""

    exit_code = 1
    """What a command ends with."""

    def __init__(self, code: str, what: str) -> None:
        """Keep the stable `code` (E-…) beside the text; neither ever holds personal data."""
        super().__init__(f"{code} {what}")
        self.code = code

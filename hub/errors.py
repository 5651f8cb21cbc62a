"""The base errors of the hub's boundaries."""


class CodedError(Exception):
    """What went wrong, what it means and the next step, with a stable `code`."""

    exit_code = 1
    """What a command ends with."""

    def __init__(self, code: str, what: str) -> None:
        """Keep the stable `code` (E-…) beside the text; neither ever holds personal data."""
        super().__init__(f"{code} {what}")
        self.code, self.what = code, what


class HubError(CodedError):
    """What was asked or given cannot be done or used as it is; a page says so beside its form.

    That the database did not take or give something is another matter (`StoreError`), and no HubError.
    """

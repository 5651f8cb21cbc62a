"""The base error of provisioning: what happened, what it means and the next step, with a stable code."""

from firmware_config.exits import EXIT_FAILURE


class ProvisionError(Exception):
    """Begins with a stable code (E-…); `exit_code` is what a command ends with. Never holds a secret."""

    def __init__(self, code: str, what: str, exit_code: int = EXIT_FAILURE) -> None:
        """Keep the stable `code` beside the text."""
        super().__init__(f"{code} {what}")
        self.code, self.what = code, what
        self.exit_code = exit_code

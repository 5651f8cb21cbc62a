"""The error of certificates and keys: what cannot be made, read or trusted."""

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_TRUST


class IdentityError(ProvisionError):
    """A certificate, key or request that cannot be made, read or trusted; begins with a stable code."""

    def __init__(self, code: str, what: str) -> None:
        """Keep the stable `code` (E-ID-…) beside the text."""
        super().__init__(code, what, EXIT_TRUST)

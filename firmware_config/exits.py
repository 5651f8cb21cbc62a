"""What a command ends with (README, exit codes)."""

from typing import Final

EXIT_FAILURE: Final = 1
EXIT_VALIDATION: Final = 3
EXIT_DEVICE: Final = 4
EXIT_TRUST: Final = 6
EXIT_CHANGES_PENDING: Final = 10

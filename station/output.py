"""What a command prints."""

import sys


def print_out(text: str) -> None:
    """Print to standard output at once, in UTF-8 whatever the locale."""
    sys.stdout.buffer.write(text.encode("utf-8", errors="replace") + b"\n")
    sys.stdout.flush()

"""Names that accounts are signed in with (pure)."""

import re
import unicodedata
from typing import Final

NAME: Final = re.compile(r"[^\W_][\w.-]{1,31}")


def sign_in_name(text: str) -> str | None:
    """Return a name as it is compared and kept: without case, full-width letters made narrow; None when it is none.

    2 to 32 letters and digits of any script, with . _ - after the first.
    """
    name = unicodedata.normalize("NFKC", text).casefold().strip()
    return name if NAME.fullmatch(name) else None

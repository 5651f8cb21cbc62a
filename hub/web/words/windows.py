"""Every word of planned times."""

from typing import Final

from hub.web.words.said import Said

TABLES: Final[dict[str, dict[str, Said]]] = {}

"""All words of the web, from the files that hold them: a new file of words gets its line here."""

from typing import Final

from hub.web.words import audit, incidents, lines, shell, stations, wall
from hub.web.words.said import Said

TABLES: Final[dict[str, dict[str, Said]]] = {
    **audit.TABLES,
    **wall.TABLES,
    **incidents.TABLES,
    **lines.TABLES,
    **shell.TABLES,
    **stations.TABLES,
}

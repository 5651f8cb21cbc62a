"""All words of the web, from the files that hold them: a new file of words gets its line here."""

from typing import Final

from hub.web.words import admin, audit, incidents, lines, shell, stations, wall, wall_views
from hub.web.words.said import Said

TABLES: Final[dict[str, dict[str, Said]]] = {
    **admin.TABLES,
    **audit.TABLES,
    **wall.TABLES,
    **wall_views.TABLES,
    **incidents.TABLES,
    **lines.TABLES,
    **shell.TABLES,
    **stations.TABLES,
}

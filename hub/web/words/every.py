"""All words of the web, from the files that hold them: a new file of words gets its line here."""

from typing import Final

from hub.web.words import (
    acceptances,
    admin,
    audit,
    calls,
    cases,
    certificates,
    disclosure,
    incidents,
    interface,
    library,
    lines,
    persons,
    reports,
    rollouts,
    shell,
    signing,
    stations,
    wall,
    wall_views,
    windows,
    work,
)
from hub.web.words.said import Said

TABLES: Final[dict[str, dict[str, Said]]] = {
    **acceptances.TABLES,
    **admin.TABLES,
    **audit.TABLES,
    **wall.TABLES,
    **calls.TABLES,
    **cases.TABLES,
    **certificates.TABLES,
    **windows.TABLES,
    **wall_views.TABLES,
    **incidents.TABLES,
    **interface.TABLES,
    **disclosure.TABLES,
    **work.TABLES,
    **library.TABLES,
    **lines.TABLES,
    **reports.TABLES,
    **rollouts.TABLES,
    **persons.TABLES,
    **shell.TABLES,
    **signing.TABLES,
    **stations.TABLES,
}

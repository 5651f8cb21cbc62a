"""Every door there is, for somebody of another town: nothing of a villager, no draft and no act is behind it."""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import func, insert, select

from hub.access.roles import PERMISSIONS
from hub.store.access import digest_of
from hub.store.access_tables import audit, token
from hub.store.engine import reading, writing
from hub.web.door import Door
from hub.web.forms import TOKEN
from tests.hub.people import ANNA, BERT
from tests.hub.web.a_window import SAID, Window
from tests.hub.web.caller import BASE, Caller
from tests.hub.web.conftest import VILLAGES
from tests.hub.web.made_up import PRIVATE, MadeUpCounty
from tests.hub.web.signed_in import signed_in

MINE, THEIRS = VILLAGES[0][0], VILLAGES[4][0]
TOWN, OTHER = VILLAGES[0][2], VILLAGES[4][2]
THERE: Final[Mapping[str, str]] = {
    "visit": "3", "station": THEIRS, "report": "1", "town": OTHER, "form": "csv", "name": "roster",
    "account": "1", "view": "help",
}  # fmt: skip
"""What stands in the gaps of addresses: things of the other town."""
OF_THEM: Final = (
    "12-00003-1",
    "12-00004-1",
    "12-00007-1",
    ANNA.name,
    ANNA.id_number,
    BERT.id_number,
    SAID,
    "只在草稿里",
)


def there(path: str) -> str:
    return re.sub(r"\{(\w+)(:int)?\}", lambda gap: THERE.get(gap[1], "1"), path)


def test_nothing_of_another_towns_villagers_opens_to_anybody(made_up: MadeUpCounty, tmp_path: Path) -> None:
    app = made_up.app(tmp_path)
    Window(made_up.database, PRIVATE).busy_day(MINE, THEIRS)
    author = signed_in(made_up.database, app, "operator", OTHER)
    assert author.post("/reports/draft", {"kind": "daily", "town": OTHER}).status_code == 303
    said = {"key": "overview", "title": "概况", "text": "只在草稿里", "edits": "0"}
    assert author.post("/reports/1/section", said).status_code == 303
    assert "12-00003-1" in author.get("/visits").text
    assert "只在草稿里" in author.get("/reports/1").text

    people: dict[str, Caller] = {"a supervisor": signed_in(made_up.database, app, "supervisor", TOWN)}
    secret = secrets.token_urlsafe(24)
    with writing(made_up.database) as connection:
        row = {"digest": digest_of(secret), "name": "all", "permissions": " ".join(PERMISSIONS), "towns": TOWN}
        connection.execute(insert(token).values(**row, made_by="x", made_ms=1, expires_ms=2**53, used_ms=2**53))
    people["a token"] = Caller(app)
    people["a token"].headers = {"Authorization": f"Bearer {secret}"}
    every: list[Door] = app.state.doors
    doors = [door for door in every if door.needs != "nothing" and not door.path.startswith(FIGURES)]
    seen: dict[tuple[str, str], list[str]] = {}
    done: dict[tuple[str, str], tuple[int, str]] = {}
    before = acts(made_up)
    for name, somebody in people.items():
        for door in doors:
            path = there(door.path)
            if "GET" in door.methods and (door.kind == "data" or name != "a token"):
                text = somebody.get(path).text
                if found := [one for one in OF_THEM if one in text]:
                    seen[name, path] = found
            if "POST" in door.methods and {"visit", "station", "report"} & set(re.findall(r"\{(\w+)", door.path)):
                fields = {TOKEN: getattr(somebody, "form_token", "")} | POSTED.get(door.path, {})
                answer = somebody.request("POST", path, dict(somebody.headers) | {"Origin": BASE}, fields)
                if answer.status_code not in {403, 404}:
                    done[name, path] = answer.status_code, answer.text[60:260]
    assert seen == {}
    assert done == {}
    assert acts(made_up) == before


FIGURES: Final = ("/live", "/reports/figures/file", "/reports/scores/file", "/reports/alarms/file")
"""Of the whole county for everybody, and dear to make."""
REASON: Final = {"reason": "测试"}
POSTED: Final[dict[str, dict[str, str]]] = {
    "/stations/{station}/orders": {"order": "ping"} | REASON,
    "/stations/{station}/pictures/{order}": REASON,
    "/visits/{visit:int}/open": REASON,
    "/visits/{visit:int}/hold": REASON,
    "/reports/{report:int}/section": {"key": "overview", "title": "概况", "text": "x", "edits": "1"},
    "/reports/{report:int}/act": {"act": "submit", "edits": "1"},
    "/reports/{report:int}/distribute": {"to": "x", "edits": "1"},
}
"""What doors want to be told before they look whose it is."""


def acts(county: MadeUpCounty) -> int:
    with reading(county.database.reader) as connection:
        return int(connection.execute(select(func.count()).select_from(audit)).scalar_one())

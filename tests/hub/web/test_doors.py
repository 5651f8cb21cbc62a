"""Every door and everybody who may come to it: what opens to whom, and that nothing is done but from a page of ours."""

import asyncio
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple, get_args

import httpx
import pytest
from sqlalchemy import func, insert, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub.access.chain import Deed
from hub.access.roles import MAY, PERMISSIONS, ROLES, Permission
from hub.access.walls import is_for_walls
from hub.store.access import digest_of, form_token_of
from hub.store.access_tables import audit, token
from hub.store.engine import Database, reading, writing
from hub.web.door import Door, guarded
from hub.web.problem import ProblemError, on_problem
from hub.web.who import SCREEN_COOKIE, SESSION_COOKIE
from tests.hub.web.caller import BASE
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.made_up_database import SCREEN
from tests.hub.web.signed_in import a_session, signed_in

UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})

OPEN_TO_THE_WORLD = {
    "/healthz", "/signin", "/signin/code", "/pair", "/pair/state", "/pair/code.svg", "/status", "/status.json",
    "/api/v1/openapi.json", "/station/release/{sha256}",
    "/station/enrol", "/station/renew", "/station/acceptance",
}  # fmt: skip
"""By hand, so that a door left open by mistake is found."""
ONLY_TO: dict[tuple[str, str], str] = {
    ("GET", "/visits"): "operator supervisor",
    ("POST", "/visits/{visit:int}/open"): "operator supervisor",
    ("GET", "/visits/{visit:int}/open"): "operator supervisor",
    ("POST", "/visits/{visit:int}/assign"): "operator supervisor",
    ("GET", "/api/v1/visits"): "operator supervisor",
    ("GET", "/persons"): "supervisor",
    ("POST", "/persons/copy"): "supervisor",
    ("POST", "/persons/erased"): "supervisor",
    ("POST", "/stations/{station}/pictures/{order}"): "operator supervisor",
    ("POST", "/stations/{station}/orders"): "operator supervisor technician",
    ("POST", "/calls/{call}/acknowledge"): "operator supervisor technician",
    ("POST", "/incidents/{incident}"): "operator supervisor technician",
    ("POST", "/windows"): "operator supervisor technician",
    ("POST", "/reports/{report:int}/distribute"): "supervisor",
    ("POST", "/library/{name}/withdraw"): "supervisor administrator",
    ("POST", "/exchange/take"): "supervisor administrator",
    ("POST", "/admin/screens"): "technician administrator",
    ("GET", "/certificates"): "technician administrator",
    ("POST", "/certificates/{station}/{act}"): "technician administrator",
    ("POST", "/rollouts"): "technician administrator",
    ("GET", "/rollouts"): "technician administrator",
    ("GET", "/admin/accounts"): "administrator",
    ("POST", "/admin/accounts"): "administrator",
    ("POST", "/admin/accounts/{account:int}/password"): "administrator",
    ("POST", "/admin/tokens"): "administrator",
    ("GET", "/admin/audit"): "supervisor administrator",
    ("POST", "/admin/audit.csv"): "supervisor administrator",
    ("GET", "/"): "viewer operator supervisor technician administrator screen",
    ("GET", "/acceptances/{number:int}"): "viewer operator supervisor technician administrator",
    ("GET", "/windows"): "viewer operator supervisor technician administrator",
    ("GET", "/library"): "viewer operator supervisor technician administrator",
    ("GET", "/reports/{report:int}"): "viewer operator supervisor technician administrator",
    ("GET", "/live"): "viewer operator supervisor technician administrator screen",
    ("POST", "/account/password"): "viewer operator supervisor technician administrator",
    ("POST", "/signout"): "viewer operator supervisor technician administrator",
}  # fmt: skip
"""What matters most, by hand: whoever changes `hub/access/roles.py` or a door has to say so here too."""


WALK_ALL = {*ROLES, "screen", "stranger", "token of nothing", "token of all"}
"""Who comes to every door; all others to one of each kind, for they differ in their permissions only."""


class Somebody(NamedTuple):
    """Who comes, and by what."""

    name: str
    headers: Mapping[str, str]
    may: frozenset[Permission]
    is_account: bool


def everybody(database: Database) -> list[Somebody]:
    """Return one of each role, a screen, a token of everything and of each permission, and who is nobody."""
    found = [
        Somebody(role, {"Cookie": f"{SESSION_COOKIE}={a_session(database, role)}"}, MAY[role], is_account=True)
        for role in ROLES
    ]
    found.append(Somebody("screen", {"Cookie": f"{SCREEN_COOKIE}={SCREEN}"}, frozenset({"see"}), is_account=False))
    given = {f"token of {one}": frozenset({one}) for one in PERMISSIONS}
    given |= {"token of all": frozenset(PERMISSIONS), "token of nothing": frozenset()}
    with writing(database) as connection:
        for name, may in given.items():
            secret = secrets.token_urlsafe(24)
            connection.execute(
                insert(token).values(
                    digest=digest_of(secret), name=name, permissions=" ".join(sorted(may)), towns="", made_by="test",
                    made_ms=1, expires_ms=2**53, used_ms=2**53,
                )
            )  # fmt: skip
            found.append(Somebody(name, {"Authorization": f"Bearer {secret}"}, may, is_account=False))
    nobodies: dict[str, Mapping[str, str]] = {
        "stranger": {},
        "a session of nobody": {"Cookie": f"{SESSION_COOKIE}=never-given-out"},
        "a token of nobody": {"Authorization": "Bearer never-given-out"},
        "two tokens": {"Authorization": "Bearer a, Bearer b"},
    }
    found += [Somebody(name, headers, frozenset(), is_account=False) for name, headers in nobodies.items()]
    return found


@pytest.fixture
def app(made_up: MadeUpCounty, tmp_path: Path) -> Starlette:
    return made_up.app(tmp_path)


def filled(path: str) -> str:
    """Return an address of a door with something in each of its gaps."""
    return re.sub(r"\{\w+(:int)?\}", lambda gap: "1" if gap[1] else "x", path)


async def _entered(_request: Request) -> Response:
    return PlainTextResponse("entered")


def expected(somebody: Somebody, door: Door, method: str) -> str:
    """Return what happens at a door by the roles and the door itself."""
    if door.needs == "nothing":
        return "entered"
    if not somebody.may and not somebody.is_account and somebody.name != "token of nothing":
        return "sign in" if door.kind == "page" and method == "GET" else "unknown"
    allowed = somebody.is_account if door.needs == "signed_in" else door.needs in somebody.may
    if somebody.name == "screen" and not is_for_walls(door.path):
        return "forbidden"
    return "entered" if allowed else "forbidden"


def happened(answer: httpx.Response) -> str:
    if answer.status_code == 303 and answer.headers["location"].startswith("/signin"):
        return "sign in"
    if answer.text == "entered":
        return "entered"
    return {"E-API-01": "unknown", "E-WEB-04": "forbidden"}.get(answer.json()["code"], answer.text)


def test_every_door_opens_to_whom_it_is_for_and_to_nobody_else(app: Starlette, made_up: MadeUpCounty) -> None:
    doors: list[Door] = app.state.doors
    stubs = guarded([door._replace(handler=_entered) for door in doors], app.state.who)
    guards = Starlette(routes=stubs, exception_handlers={ProblemError: on_problem})
    people = everybody(made_up.database)
    alike = list({(door.needs, door.kind, door.methods): door for door in doors}.values())

    async def walk() -> dict[tuple[str, str, str], tuple[str, str]]:
        wrong = {}
        for number, somebody in enumerate(people):
            transport = httpx.ASGITransport(guards, client=(f"192.0.2.{number}", 1))
            async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=somebody.headers) as client:
                for door in doors if somebody.name in WALK_ALL else alike:
                    for method in door.methods:
                        got = happened(await client.request(method, filled(door.path), headers={"Origin": BASE}))
                        if got != (right := expected(somebody, door, method)):
                            wrong[somebody.name, method, door.path] = got, right
        return wrong

    assert asyncio.run(walk()) == {}
    kinds = [*ROLES, "screen"]
    for (method, path), names in ONLY_TO.items():
        found = [door for door in doors if door.path == path and method in door.methods]
        assert len(found) == 1, (method, path)
        opens = [one.name for one in people if one.name in kinds and expected(one, found[0], method) == "entered"]
        assert opens == [kind for kind in kinds if kind in names.split()], (method, path)


def test_there_is_no_way_in_but_by_the_doors(app: Starlette) -> None:
    doors: list[Door] = app.state.doors
    routes = [(route.path, tuple(sorted(route.methods or ()))) for route in app.routes if isinstance(route, Route)]
    declared = [
        (door.path, tuple(sorted({*door.methods, *(["HEAD"] if "GET" in door.methods else [])}))) for door in doors
    ]
    assert routes == declared
    assert [route.path for route in app.routes if not isinstance(route, Route)] == ["/static"]
    assert {door.path for door in doors if door.needs == "nothing"} == OPEN_TO_THE_WORLD
    assert {door.needs for door in doors} <= {*get_args(Permission), "nothing", "signed_in"}
    assert [door for door in doors if UNSAFE & set(door.methods) and door.needs == "see"] == [], (
        "seeing changes nothing"
    )


NOT_OURS: dict[str, tuple[Mapping[str, str], bool]] = {
    "no Origin": ({}, True),
    "another site": ({"Origin": "https://evil.test"}, True),
    "a site whose name begins alike": ({"Origin": f"{BASE}.evil.test"}, True),
    "Origin null": ({"Origin": "null"}, True),
    "no token": ({"Origin": BASE}, False),
}


def test_nothing_is_done_that_does_not_come_from_a_page_of_ours(app: Starlette, made_up: MadeUpCounty) -> None:
    doors: list[Door] = app.state.doors
    sessions = {role: a_session(made_up.database, role) for role in ROLES}

    async def walk() -> dict[tuple[str, str, str], object]:
        odd = {}
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            for door in doors:
                for method in UNSAFE & set(door.methods):
                    if door.needs == "nothing":
                        continue
                    role = next(one for one in ROLES if door.needs in {"signed_in", *MAY[one]})
                    for name, (headers, with_token) in NOT_OURS.items():
                        sent = {"form_token": form_token_of(sessions[role])} if with_token else {}
                        cookie = {"Cookie": f"{SESSION_COOKIE}={sessions[role]}"}
                        answer = await client.request(
                            method, filled(door.path), headers=cookie | dict(headers), data=sent or {"a": "b"}
                        )
                        got = answer.status_code, answer.json().get("code")
                        nothing_there = not with_token and got[0] in {404, 422}
                        by_token_only = got == (403, "E-API-08")
                        if got != (403, "E-WEB-05") and not nothing_there and not by_token_only:
                            odd[name, method, door.path] = (answer.status_code, answer.text[:120])
        return odd

    assert asyncio.run(walk()) == {}
    with reading(made_up.database.reader) as connection:
        assert connection.execute(select(func.count()).select_from(audit)).scalar_one() == 0


def test_a_handler_that_forgets_to_check_its_form_changes_nothing(made_up: MadeUpCounty, tmp_path: Path) -> None:
    made_up.app(tmp_path)
    centre = made_up.centre
    done: list[str] = []

    async def forgetful(request: Request) -> Response:
        await centre.change(request, lambda _: done.append("changed"), Deed("station.order", "x"))
        return PlainTextResponse("entered")

    routes = guarded([Door("/forgetful", forgetful, "incident", ("POST",))], centre.who)
    app = Starlette(routes=routes, exception_handlers={ProblemError: on_problem})
    answer = signed_in(made_up.database, app, "operator").post("/forgetful", {})
    assert (answer.status_code, answer.json()["code"], done) == (403, "E-WEB-05", [])


def test_who_is_refused_at_a_door_stands_in_the_log_without_a_name(
    app: Starlette, made_up: MadeUpCounty, caplog: pytest.LogCaptureFixture
) -> None:
    viewer = signed_in(made_up.database, app, "viewer")
    assert viewer.get("/admin/accounts").status_code == 403
    (line,) = [one.getMessage() for one in caplog.records if one.name == "hub.web.door"]
    assert re.fullmatch(r"refused: GET /admin/accounts to account \d+", line)

"""What every page shares: templates, language and theme, words, times as people of the county read them."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeVar, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.access.caller import Caller
from hub.access.roles import Permission
from hub.access.walls import is_for_walls
from hub.local_time import day_of, written
from hub.visits.day import CHINA_AHEAD_MS, DAY_MS
from hub.web.door import REFRESH_QUERY
from hub.web.words.every import TABLES
from hub.web.words.said import Language, words

Choice = TypeVar("Choice", bound=str)
Words = Mapping[str, Mapping[str, str]]

FOLDER: Final = Path(__file__).parent
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
THEMES: Final = ("light", "dark")
REMEMBER_S: Final = 400 * 24 * 3600
COOKIE: Final = "cuncuntong_"
_BOTH: Final = re.compile(r"(E-[A-Z]+-\d+ )?([^\u2e80-\u9fff]+?) ([“「]?[\u4e00-\u9fff].*)", re.DOTALL)
_ENGLISH: Final = re.compile(r"[A-Za-z]+ [A-Za-z]+ [A-Za-z]+")
WORDS: Final = {language: words(language, TABLES) for language in LANGUAGES}


class Link(NamedTuple):
    """One entry of the navigation."""

    address: str
    word: str
    """Of `words.nav`."""
    needs: Permission
    beneath: tuple[str, ...] = ()
    """Other pages that are found from it: on them too it is marked as where one is."""
    opens_group: bool = False
    """Whether a new group begins: a day's work, the network, papers, administration."""
    county: bool = False
    """Whether it is only for whoever has the whole county."""


NAV: Final = (
    Link("/worklist", "work", "incident", ("/week", "/coverage")),
    Link("/worklist", "work", "library", ("/week", "/coverage")),
    Link("/", "wall", "see", ("/town",)),
    Link("/incidents", "incidents", "see"),
    Link("/calls", "calls", "see"),
    Link("/visits", "visits", "visit", ("/persons",)),
    Link("/stations", "stations", "see", ("/acceptances",), opens_group=True),
    Link("/lines", "lines", "see"),
    Link("/windows", "windows", "see"),
    Link("/reports", "reports", "see", opens_group=True),
    Link("/library", "library", "see", ("/disclosure",)),
    Link("/exchange", "exchange", "exchange", county=True),
    Link("/certificates", "certificates", "provision"),
    Link("/rollouts", "software", "provision"),
    Link("/admin/accounts", "admin", "account", ("/admin",), opens_group=True),
    Link("/admin/screens", "admin", "screen", ("/admin",), opens_group=True),
    Link("/admin/audit", "admin", "audit", ("/admin",), opens_group=True, county=True),
)
"""Where one can go, in the order of a day's work; shown to whom it lets in, of several of one word the first."""


class Pages:
    """Renders templates in the language and theme that the reader's browser asks for, and remembers both there."""

    def __init__(self, county_name: str, clock: Callable[[], int]) -> None:
        """Take what stands on every page."""
        self.county_name, self.now_ms = county_name, clock
        self.environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,  # a page and its words are of one version, whatever is laid down before the restart
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # Chinese as it is: escaped it is twice as long.
        self.environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}
        self.environment.filters.update(
            clock=clock_of, minute=minute_of, moment=moment_of, dated=written, within=within, percent=percent_said
        )
        self.files = _digest_of_files()
        """Names what pages are made of: another when any file of theirs is another."""

    def render(
        self, request: Request, template: str, values: Mapping[str, object], *, status: int = 200
    ) -> HTMLResponse:
        """Return a page; every template has `words`, `language`, `theme`, `county_name`, `now_ms`, `files`.

        Also who asks (`caller`), where they may go (`nav`), what a form did (`done`), and `form_token()` for forms.
        """
        language = language_of(request)
        other: Language = "en" if language == "zh" else "zh"
        caller: Caller | None = getattr(request.state, "caller", None)
        address = request.url.remove_query_params([REFRESH_QUERY, "done"])
        body = self.environment.get_template(template).render(
            language=language,
            other_language=other,
            other_query="?" + address.include_query_params(lang=other).query,
            refresh_query="?" + address.include_query_params(**{REFRESH_QUERY: 1}).query,
            theme=_choice(request, "theme", THEMES),
            words=WORDS[language],
            county_name=self.county_name,
            now_ms=self.now_ms(),
            files=self.files,
            caller=caller,
            nav=[] if caller is None else nav_of(caller),
            here=request.url.path,
            at=word_of(request.url.path),
            done=request.query_params.get("done"),
            form_token=lambda: _form_token(caller),
            **values,
        )
        response = HTMLResponse(body, status, headers={"Vary": "Cookie"})
        choices: tuple[tuple[Literal["lang", "theme"], Sequence[str]], ...] = (("lang", LANGUAGES), ("theme", THEMES))
        for name, allowed in choices:
            if request.query_params.get(name) in allowed:
                remember(response, name, request.query_params[name])
        return response


def remember(response: Response, name: Literal["lang", "theme"], choice: str) -> None:
    """Have a browser remember a language or a theme."""
    response.set_cookie(COOKIE + name, choice, max_age=REMEMBER_S, samesite="lax", httponly=True)


def nav_of(caller: Caller) -> list[Link]:
    """Return where somebody can go."""
    first: dict[str, Link] = {}
    for link in NAV:
        opens = caller.kind != "screen" or is_for_walls(link.address)
        if opens and caller.may(link.needs, "" if link.county else None):
            first.setdefault(link.word, link)
    return list(first.values())


def word_of(path: str) -> str | None:
    """Return which entry of the navigation a page is found from; None for one that is found from none."""
    for link in NAV:
        if path == link.address or path.startswith(tuple(f"{found}/" for found in (link.address, *link.beneath))):
            return link.word
        if path in link.beneath:
            return link.word
    return None


def _form_token(caller: Caller | None) -> Markup:
    value = "" if caller is None else caller.form_token
    return Markup('<input type="hidden" name="form_token" value="{}">').format(value)


def language_of(request: Request) -> Language:
    """Return the language that the address or, after it, the browser's memory asks for; Chinese else."""
    return _choice(request, "lang", LANGUAGES) or "zh"


def _choice(request: Request, name: str, allowed: Sequence[Choice]) -> Choice | None:
    for wanted in (request.query_params.get(name), request.cookies.get(COOKIE + name)):
        for choice in allowed:
            if wanted == choice:
                return choice
    return None


def clock_of(at_ms: int) -> str:
    """Return the county's time of day, HH:MM:SS."""
    seconds = (at_ms + CHINA_AHEAD_MS) % DAY_MS // 1000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def minute_of(at_ms: int) -> str:
    """Return the county's time of day, HH:MM."""
    return clock_of(at_ms)[:5]


def moment_of(at_ms: int, now_ms: int) -> str:
    """Return a moment to the minute; with its day when that is not today."""
    return minute_of(at_ms) if day_of(at_ms) == day_of(now_ms) else written(at_ms)[5:]


def percent_said(value: float | None, times: int = 1) -> str:
    """Return `value`, so many times, as a percentage; a line of nothing where it is not known."""
    return "—" if value is None else f"{value * times:.1f}%"


def within(text: object, language: Language) -> str:
    """Return an error's text, "English 中文", in one language; whole where the two cannot be told apart for certain."""
    found = _BOTH.fullmatch(str(text))
    if found is None or _ENGLISH.search(found[3]):
        return str(text)
    return (found[1] or "") + (found[3] if language == "zh" else found[2])


def duration_of(ms: int, said: Words) -> str:
    """Return a length of time in its two largest units, as `say.js` does."""
    text, gap = said["text"], "" if said["text"]["s"] == "s" else " "
    s = max(0, round(ms / 1000))
    if s < 60:
        return f"{s}{gap}{text['s']}"
    if s < 3600:
        return f"{s // 60}{gap}{text['min']}"
    if s < 86_400:
        return f"{s // 3600}{gap}{text['h']} {s // 60 % 60}{gap}{text['min']}"
    return f"{s // 86_400}{gap}{text['d']} {s // 3600 % 24}{gap}{text['h']}"


def _digest_of_files() -> str:
    digest = hashlib.sha256()
    files = [*(FOLDER / "static").iterdir(), *(FOLDER / "templates").iterdir(), *(FOLDER / "words").glob("*.py")]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]

"""The rules of the house, held by reading the code: what is forbidden is found before a reviewer has to."""

import ast
import datetime as dt
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.commands import APPS, why_not

ROOT = Path(__file__).parents[1]
PACKAGES = ("wire", "stamp", "station", "hub", "firmware_config", "demo")
NOT_OURS = {".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__"}


def tracked() -> list[Path]:
    """Return every file of the project: as git knows them, or all that lie here where git is not."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        run = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
        if run.returncode == 0:
            return [ROOT / name for name in run.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [p for p in ROOT.rglob("*") if p.is_file() and not NOT_OURS & set(p.relative_to(ROOT).parts)]


FILES = tracked()
MODULES = [path for path in FILES if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in PACKAGES]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the library of every import, wherever in the file it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


HOMES = {
    "paho": ("station/agent/link.py", "station/fleet/", "hub/ingest/edge.py"),
    "serial": ("station/devices/reader/serial_port.py",),
    "cv2": ("station/devices/camera/worker.py", "station/vision/"),
    "tinydb": ("station/store/library.py", "firmware_config/inventory/"),
    "sqlite3": ("station/store/spool.py", "station/store/spool_file.py", "station/kiosk/entry/"),
    "sqlalchemy": ("hub/store/",),
    "alembic": ("hub/store/",),
    "nacl": (
        "station/sealing.py",
        "station/staff_pin.py",
        "station/identity/",
        "hub/visits/opening.py",
        "firmware_config/identity/",
    ),
    "textual": ("station/kiosk/", "station/firstboot/"),
    "segno": (
        "station/kiosk/qr.py",
        "station/kiosk/ports/sheet_pdf.py",
        "station/doctor/paper.py",
        "station/service_cards.py",
        "station/vision/qr_codes.py",
        "hub/web/qr.py",
        "firmware_config/labels/",
    ),
    "pypinyin": ("station/kiosk/entry/word_list.py",),
    "wordfreq": ("station/kiosk/entry/word_list.py",),
    "typst": (
        "station/kiosk/ports/sheet_pdf.py",
        "station/doctor/paper.py",
        "hub/reports/pdf.py",
        "firmware_config/labels/",
    ),
    "docx": ("hub/reports/word.py",),
    "xlsxwriter": ("hub/reports/sheet.py",),
    "argon2": ("hub/access/passwords.py",),
    "pyotp": ("hub/access/totp.py",),
    "cryptography": (
        "wire/certificates.py",
        "wire/archive.py",
        "wire/revoked.py",
        "firmware_config/identity/",
        "station/identity/",
    ),
    "smtplib": ("hub/incidents/delivery/smtp.py",),
}


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_used_in_its_home_only(library: str) -> None:
    users = {name_of(path) for path in MODULES if library in set(imported(tree_of(path)))}
    assert {user for user in users if not user.startswith(HOMES[library])} == set()


def test_the_fleet_speaks_mqtt_in_one_file() -> None:
    fleet = [path for path in MODULES if name_of(path).startswith("station/fleet/")]
    assert len([path for path in fleet if "paho" in set(imported(tree_of(path)))]) <= 1


def test_packages_have_empty_init_files_and_every_folder_of_code_has_one() -> None:
    inits = [path for path in FILES if path.name == "__init__.py"]
    assert [name_of(path) for path in inits if path.read_text("utf-8").strip()] == []
    folders = {path.parent for path in FILES if path.suffix == ".py" and path.parent != ROOT}
    assert {name_of(folder) for folder in folders} - {name_of(path.parent) for path in inits} == set()


LONGER: dict[str, str] = {}
"""Files over 300 lines, each with the reason it stays one."""


def test_no_module_is_longer_than_300_lines() -> None:
    long = {name_of(path) for path in MODULES if len(path.read_text("utf-8").splitlines()) > 300}
    assert long == set(LONGER)


def test_no_module_is_named_for_nothing() -> None:
    empty_names = {"util", "utils", "common", "helper", "helpers", "manager", "managers", "misc"}
    assert [name_of(path) for path in FILES if path.suffix == ".py" and path.stem in empty_names] == []
    assert [name_of(path) for path in MODULES if empty_names & set(path.relative_to(ROOT).parts)] == []


def test_only_commands_print() -> None:
    def prints(path: Path) -> bool:
        calls = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))
        return any(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls)

    commands = {"__main__.py", "commands.py"}
    assert {name_of(p) for p in MODULES if p.name not in commands and prints(p)} <= set(PRINTING)


PRINTING = {"station/fleet/run.py": "the body of a command whose only product is its progress"}

TOP_LOOPS = {
    "station/agent/loop.py": "cameras, link and outbox go on after a round that failed",
    "station/devices/camera/supervisor.py": "the camera goes on being tried",
    "station/devices/camera/examiner.py": "what a file does to the decoder ends this process alone, told by a code",
    "station/devices/camera/worker.py": "a decoder's fault ends this process alone, told by a code",
    "station/devices/reader/serial_port.py": "the reader's thread goes on; logs no trace, which may quote a card",
    "station/kiosk/keeper.py": "the spool is opened again; logs no trace, which may hold a visit",
    "station/probe/prober.py": "the line goes on being probed",
    "station/probe/camera_watch.py": "cameras go on being asked",
    "hub/incidents/delivery/sender.py": "the next letter is sent; the one at hand is sent again",
    "hub/ingest/asking.py": "the next question is answered; logs no trace, which may quote whose it was",
    "hub/ingest/beside.py": "the other chores have their turn, and the wall is shown",
    "hub/ingest/edge.py": "the hub connects to its broker again",
    "hub/ingest/writer.py": "the next round is written; the failed one is not acknowledged",
}
"""Files that may catch everything in a top loop, with what that keeps alive."""
NO_TRACE = {
    "hub/ingest/asking.py",
    "station/devices/camera/examiner.py",
    "station/devices/camera/worker.py",
    "station/devices/reader/serial_port.py",
    "station/kiosk/keeper.py",
}


def swallows_everything(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None:
        return False
    if handler.type is None:
        return True
    names = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
    return bool(names & {"Exception", "BaseException"})


def logs_the_trace(handler: ast.ExceptHandler) -> bool:
    calls = (node.func for node in ast.walk(handler) if isinstance(node, ast.Call))
    return any(isinstance(call, ast.Attribute) and call.attr == "exception" for call in calls)


def test_everything_is_swallowed_in_top_loops_only_and_then_logged() -> None:
    found = [
        (name_of(path), handler)
        for path in MODULES
        for handler in ast.walk(tree_of(path))
        if isinstance(handler, ast.ExceptHandler) and swallows_everything(handler)
    ]
    assert {name for name, _ in found} <= set(TOP_LOOPS)
    assert {name for name, handler in found if not logs_the_trace(handler)} <= NO_TRACE


PURE = (
    "hub/access/",
    "hub/health/",
    *(
        f"hub/incidents/{name}.py"
        for name in (
            "acts",
            "alarm_figures",
            "alert_texts",
            "alerting",
            "duty",
            "escalation",
            "flapper",
            "incident",
            "ledger",
            "lifecycle",
            "localise",
            "look",
            "reasons",
            "sight",
            "trouble",
            "watch",
        )
    ),
    "hub/ingest/handle.py",
    "hub/library/rules.py",
    *(
        f"stamp/{name}.py"
        for name in ("clock", "figures", "packet", "reached", "reflector", "sender", "spread", "track")
    ),
    "station/vision/",
    "station/probe/leg.py",
    "station/probe/pair.py",
    "station/probe/probes.py",
    "station/probe/suspicion.py",
    "station/probe/rtsp_words.py",
    "station/probe/camera_rounds.py",
    "station/kiosk/flow.py",
    "station/kiosk/events.py",
    "station/kiosk/state.py",
    "station/kiosk/qr.py",
)
CLOCKS_AND_DOORS = {
    "time",
    "socket",
    "threading",
    "asyncio",
    "subprocess",
    "random",
    "os",
    "logging",
    "paho",
    "pathlib",
}


def test_pure_modules_import_no_clock_and_no_door() -> None:
    users = {name_of(p): CLOCKS_AND_DOORS & set(imported(tree_of(p))) for p in MODULES if name_of(p).startswith(PURE)}
    assert {name: used for name, used in users.items() if used} == {}


# --- every tracked file ---


def texts() -> Iterator[tuple[str, str]]:
    for path in FILES:
        try:
            yield name_of(path), path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


MACHINE = re.compile(r"(?<![\w.*])/(?:work|home|root|Users)/\w|[A-Z]:\\Users\\")


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    here = name_of(Path(__file__))
    assert [name for name, text in texts() if name != here and MACHINE.search(text)] == []


# Written in pieces, so that this file passes its own rule.
REGISTRIES = re.compile(
    "|".join(
        re.escape(first + "." + last)
        for first, last in (
            ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("crates", "io"),
            ("docker", "io"), ("ghcr", "io"), ("quay", "io"), ("debian", "org/debian"), ("mirrors", ""),
            ("proxy.golang", "org"), ("tuna.tsinghua", "edu"), ("jsdelivr", "net"), ("unpkg", "com"),
        )
    )
)  # fmt: skip


def test_no_file_names_the_host_of_a_registry() -> None:
    assert [name for name, text in texts() if REGISTRIES.search(text)] == []


NUMBER = re.compile(r"(?<![0-9A-Za-z])([1-9][0-9]{16}[0-9Xx])(?![0-9A-Za-z])")
REGIONS = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IN_THE_STANDARD = "11010519491231002X"
"""GB 11643-1999 itself prints this number as an example (and one of 1880, which is nobody's any more)."""


def could_be_somebodys(number: str) -> bool:
    """Say whether an id number has a real province, a living person's birthday and the right check digit."""
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False)) % 11]
    if not any(first <= int(number[:2]) <= last for first, last in REGIONS) or check != number[17].upper():
        return False
    try:
        born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return 1900 <= born.year <= 2030


def test_the_finder_of_id_numbers_finds_the_standards_and_passes_what_is_nobodys() -> None:
    assert could_be_somebodys(IN_THE_STANDARD)
    assert not could_be_somebodys("110105194912310021"), "wrong check digit"
    assert not could_be_somebodys("99010519491231002X"), "no such region"
    assert not could_be_somebodys("440524188001010014"), "born in 1880"
    assert not could_be_somebodys("110101199902300018"), "30 February"


def test_no_file_holds_what_could_be_somebodys_id_number() -> None:
    found = {
        (name, number[:6])
        for name, text in texts()
        for number in NUMBER.findall(text)
        if number.upper() != IN_THE_STANDARD and could_be_somebodys(number)
    }
    assert found == set()


# --- what documents say ---

BLOCK = re.compile(r"^```(?:sh|bash|shell|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
DOCUMENTS = [path for path in FILES if path.suffix == ".md"]


def command_lines(text: str) -> Iterator[list[str]]:
    """Yield the command lines of a document's code blocks, as words."""
    for block in BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            try:
                words = shlex.split(line.removeprefix("$ "), comments=True)
            except ValueError:
                continue
            if words:
                yield words


def test_every_command_in_a_document_exists() -> None:
    door = set(re.findall(r"^  ([a-z|-]+)\)", (ROOT / "run").read_text("utf-8"), re.MULTILINE))
    wrong = []
    for path in DOCUMENTS:
        for words in command_lines(path.read_text("utf-8")):
            program = words[0].rpartition("/")[2]
            if program == "run" and len(words) > 1 and words[1] not in door:
                wrong.append(f"{name_of(path)}: ./run has no command {words[1]}")
            elif program in APPS and (reason := why_not([program, *words[1:]])):
                wrong.append(f"{name_of(path)}: {reason}")
    assert wrong == []


def test_a_command_that_does_not_exist_would_be_found() -> None:
    assert why_not(["hub", "run", "--config", "x"]) is None
    assert why_not(["hub", "run", "--colour", "x"]) == "`hub run` has no option `--colour`"
    assert why_not(["firmware-config", "station", "burn"]) == "`firmware-config station` has no command `burn`"


LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def test_every_file_a_document_links_to_is_there() -> None:
    missing = [
        f"{name_of(path)}: {target}"
        for path in DOCUMENTS
        for target in LINK.findall(path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]
    assert missing == []

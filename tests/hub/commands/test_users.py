"""`hub user …` as somebody at the county's machine makes, changes and ends accounts."""

import base64
import io
import json
from pathlib import Path

import pytest

from hub.access.lockout import FREE, Tries
from hub.store import accounts as store
from hub.store.accounts import AccountsReader
from hub.store.audit import EVERY, AuditLog
from hub.store.engine import writing
from hub.visits.opening import Unsealer
from tests.hub.laid_out import LaidOut

KEY = bytes(range(32))
BY = ("--by", "测试甲")
WHO = ("--full-name", "测试张", "--unit", "测试司法所", *BY)
GOOD = "three grey herons at dusk"


@pytest.fixture
def hub(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> LaidOut:
    laid = LaidOut(tmp_path, capsys, monkeypatch)
    key = tmp_path / "unseal.key"
    key.write_bytes(base64.b64encode(KEY))
    laid.config.write_text(laid.config.read_text().replace('unseal_key_file = "x"', f'unseal_key_file = "{key}"'))
    monkeypatch.setattr("hub.access.passwords.Cost.__new__.__defaults__", (1, 8, 1))
    return laid


def deeds(hub: LaidOut) -> list[tuple[str, str, str, str]]:
    log = AuditLog(hub.database.reader, Unsealer(KEY).secret_for(b"audit"))
    return [(one.who, one.act, one.subject, one.address) for one in log.every(EVERY)]


def test_an_account_is_made_with_a_password_that_is_shown_once(hub: LaidOut) -> None:
    made = hub.json("user", "add", "Zhang.San", *WHO, "--role", "operator", "--towns", "甲镇, 乙镇")
    assert (made["name"], made["role"], made["towns"], made["state"]) == (
        "zhang.san",
        "operator",
        ["乙镇", "甲镇"],
        "new",
    )
    assert len(made["password"]) == 19
    found = store.standing(AccountsReader(hub.database.reader), "zhang.san")
    assert found.must_change
    assert found.password.startswith("$argon2id$")
    assert made["password"] not in (hub.hub("user", "list") + found.password + json.dumps(deeds(hub)))
    assert "zhang.san" in hub.hub("user", "list")
    assert deeds(hub) == [("测试甲", "account.make", "Zhang.San 测试张: operator", "command")]


def test_whoever_it_is_for_may_type_a_password(hub: LaidOut, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
    made = hub.json("user", "add", "zhang", *WHO, "--role", "administrator", "--stdin")
    assert (made["password"], made["state"]) == (None, "valid")
    monkeypatch.setattr("sys.stdin", io.StringIO("zhang 2026!!!\n"))
    hub.hub("user", "add", "zhang2", "--full-name", "测试章", *WHO[2:], "--role", "viewer", "--stdin")
    assert (hub.code, "E-USER-04" in hub.err) == (1, True)
    assert "zhang 2026" not in hub.err + hub.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(("zhang", *WHO, "--role", "viewer"), "E-USER-02", id="the name is taken"),
        pytest.param(("li", *WHO, "--role", "viewer"), "E-USER-02", id="somebody is called so"),
        pytest.param(("a b", *WHO, "--role", "viewer"), "E-USER-01", id="a name with a space"),
        pytest.param(("li", *WHO, "--role", "viewer", "--towns", "丙镇"), "E-AREA-01", id="no town of the county"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stands(hub: LaidOut, words: tuple[str, ...], code: str) -> None:
    hub.hub("user", "add", "zhang", *WHO, "--role", "operator")
    hub.hub("user", "add", *words)
    assert (hub.code, code in hub.err) == (1, True)
    assert len(hub.json("user", "list", "--all")) == len(deeds(hub)) == 1


def test_it_is_changed_unlocked_and_ended(hub: LaidOut) -> None:
    hub.hub("user", "add", "zhang", *WHO, "--role", "operator")
    found = store.standing(AccountsReader(hub.database.reader), "zhang")
    with writing(hub.database) as connection:
        store.note_tries(connection, found.key, Tries(FREE, 2**53))
    hub.hub("user", "role", "ZHANG", "supervisor", *BY, "--towns", "甲镇")
    hub.hub("user", "unlock", "zhang", *BY)
    again = hub.json("user", "password", "zhang", *BY, "--no-code")
    assert again["password"]
    (one,) = hub.json("user", "list")
    assert (one["role"], one["towns"], one["state"]) == ("supervisor", ["甲镇"], "new")
    hub.hub("user", "end", "zhang", *BY, "--reason", "调离")
    assert "administrator" in hub.err, "that nobody is left who makes accounts is said"
    assert hub.json("user", "list") == []
    hub.hub("user", "unlock", "zhang", *BY)
    assert (hub.code, "E-USER-03" in hub.err) == (1, True)
    acts = [act for _, act, _, _ in deeds(hub)]
    assert acts == ["account.make", "account.change", "account.unlock", "account.password", "account.end"]


def test_a_list_of_accounts_is_made_whole_or_not_at_all(hub: LaidOut, tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    head = "name,full_name,unit,role,towns\n"
    file.write_text(f'{head}zhang,测试张,测试司法所,operator,"甲镇,乙镇"\nli,测试李,测试司法所,viewer,\n', "utf-8-sig")
    made = hub.json("user", "import", file, *BY)
    assert [(one["name"], one["role"], len(one["password"])) for one in made] == [
        ("zhang", "operator", 19), ("li", "viewer", 19),
    ]  # fmt: skip
    assert [one["towns"] for one in hub.json("user", "list")] == [[], ["乙镇", "甲镇"]]
    before = deeds(hub)
    for row, code in (
        ("wang,测试王,所,chief,", "E-USER-07"),
        ("wang,测试王,所,viewer,丙镇", "E-AREA-01"),
        ("li,测试李二,所,viewer,", "E-USER-02"),
    ):  # fmt: skip
        file.write_text(f"{head}zhao,测试赵,测试司法所,viewer,\n{row}\n", "utf-8")
        hub.hub("user", "import", file, *BY)
        assert (hub.code != 0, code in hub.err) == (True, True)
    file.write_text("name,role\n", "utf-8")
    hub.hub("user", "import", file, *BY)
    assert "E-USER-07" in hub.err
    assert (len(hub.json("user", "list")), deeds(hub)) == (2, before)

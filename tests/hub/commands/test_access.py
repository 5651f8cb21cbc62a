"""`hub token`, `hub screen` and `hub verify-audit` as somebody at the county's machine uses them."""

import base64
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.access.codes import grouped
from hub.clock import now_ms
from hub.store.engine import reading, writing
from hub.store.screens import ask
from hub.store.tokens import SECRET
from tests.hub.laid_out import LaidOut

BY = ("--by", "测试员")


class Machine(LaidOut):
    """A hub laid out with its own key."""

    def sql(self, *statements: str) -> list[tuple[object, ...]]:
        with writing(self.database) as connection:
            for statement in statements:
                connection.execute(text(statement))
        with reading(self.database.reader) as connection:
            rows = connection.execute(text("SELECT who, act, subject, address FROM audit ORDER BY number")).all()
        return [tuple(row) for row in rows]


@pytest.fixture
def hub(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    machine = Machine(tmp_path, capsys, monkeypatch)
    key = tmp_path / "unseal.key"
    key.write_text(base64.b64encode(bytes(range(32))).decode())
    machine.config.write_text(machine.config.read_text().replace('unseal_key_file = "x"', f'unseal_key_file = "{key}"'))
    yield machine
    machine.database.stop()


def waiting(hub: Machine) -> str:
    with writing(hub.database) as connection:
        shown = ask(connection, "a-secret", now_ms(), address="10.0.0.9", browser="tv")
    assert shown is not None
    return shown.code


def test_a_token_is_made_listed_and_ended(hub: Machine) -> None:
    out = hub.hub("token", "add", "dispatch", "--may", "see, visit", "--towns", "甲镇", "--days", "10", *BY)
    assert SECRET.fullmatch(out.strip()), "nothing but the secret goes where a script reads it"
    assert "只显示这一次" in hub.err
    (told,) = hub.json("token", "list")
    assert (told["name"], told["permissions"], told["area"], told["state"]) == (
        "dispatch",
        ["see", "visit"],
        ["甲镇"],
        "valid",
    )
    assert told["expires_ms"] - told["made_ms"] == 10 * 86_400_000
    listed = hub.hub("token", "list")
    assert "即将到期" in listed
    assert "从未 never" in listed
    assert "expires soon" in hub.err
    assert out.strip() not in listed
    hub.hub("token", "end", "dispatch", *BY)
    assert hub.json("token", "list")[0]["state"] == "ended"
    hub.hub("token", "end", "dispatch", *BY)
    assert (hub.code, "E-TOKEN-04" in hub.err) == (1, True)
    assert hub.sql() == [
        ("测试员", "token.make", "dispatch: see, visit; 甲镇; 10 d", "command"),
        ("测试员", "token.end", "dispatch", "command"),
    ]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["a_b", "--may", "see,fly"], "E-TOKEN-03"),
        (["a_b", "--may", "see,identity"], "E-TOKEN-03"),
        (["a_b", "--may", "see", "--days", "401"], "E-TOKEN-03"),
        (["a_b", "--may", "see", "--towns", "丁镇"], "E-AREA-01"),
        (["A B", "--may", "see"], "E-TOKEN-01"),
    ],
)
def test_a_token_that_cannot_be_is_refused_in_a_line(hub: Machine, words: list[str], code: str) -> None:
    hub.hub("token", "add", *words, *BY)
    assert (hub.code, code in hub.err, len(hub.err.splitlines())) == (1, True, 1)
    assert hub.sql() == []


def test_a_screen_is_paired_listed_and_revoked(hub: Machine) -> None:
    code = waiting(hub)
    assert "10.0.0.9" in hub.hub("screen", "pair", grouped(code).lower(), "--name", "大厅", *BY)
    hub.hub("screen", "pair", code, "--name", "另一块", *BY)
    assert (hub.code, "E-SCREEN-01" in hub.err) == (1, True)
    (told,) = hub.json("screen", "list")
    assert (told["name"], told["paired_by"], told["ended_ms"]) == ("大厅", "测试员", None)
    assert "大厅" in hub.hub("screen", "list")
    hub.hub("screen", "end", "大厅", *BY)
    assert hub.json("screen", "list")[0]["ended_ms"] is not None
    hub.hub("screen", "end", "大厅", *BY)
    assert "E-SCREEN-03" in hub.err
    hub.hub("screen", "pair", "0000", "--name", "x", *BY)
    assert hub.code == 2
    assert [act for _, act, *_ in hub.sql()] == ["screen.pair", "screen.end"]


def test_the_log_is_verified_and_where_it_does_not_hold_is_said(hub: Machine) -> None:
    assert hub.json("verify-audit") == {"ok": True, "entries": 0, "fingerprint": "0000-0000-0000-0000", "wrong": None}
    for number in range(3):
        hub.hub("token", "add", f"program-{number}", "--may", "see", *BY)
    assert hub.hub("verify-audit").startswith("OK 完好: 3 条 entries, 3:")
    written_down = hub.out.split()[-1]
    hub.hub("verify-audit", "--expect", written_down)
    assert hub.code == 0

    config = hub.config.read_text()
    hub.config.write_text(config + '[audit]\ndigest = "sm3"\n')
    hub.hub("token", "end", "program-0", *BY)
    assert "OK 完好: 4 条" in hub.hub("verify-audit", "--expect", written_down), "across the change of the digest"
    hub.config.write_text(config)

    hub.sql("UPDATE audit SET who = '别人' WHERE number = 2")
    hub.hub("verify-audit")
    assert (hub.code, "E-AUDIT-01" in hub.err, "第 2 条" in hub.err) == (4, True, True)
    assert "前 1 条完好" in hub.err
    told = json.loads(hub.hub("verify-audit", "--json"))
    assert (told["ok"], told["entries"], told["wrong"]) == (False, 1, {"number": 2, "why": "changed", "from": None})
    assert hub.code == 4

    hub.sql("UPDATE audit SET who = '测试员' WHERE number = 2", "DELETE FROM audit WHERE number > 1",
            "UPDATE audit_head SET last = 1, link = (SELECT link FROM audit)")  # fmt: skip
    hub.hub("verify-audit")
    assert hub.code == 0
    hub.hub("verify-audit", "--expect", written_down)
    assert (hub.code, "第 2 条" in hub.err) == (4, True)
    hub.hub("verify-audit", "--expect", "nonsense")
    assert hub.code == 2

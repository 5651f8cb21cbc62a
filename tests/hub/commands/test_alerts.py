"""`hub alerts …` as an operator uses it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.__main__ import main
from hub.clock import now_ms
from hub.incidents.delivery.letter import Never, Taken
from hub.incidents.trouble import Ended
from hub.settings import Settings
from hub.store.engine import Database
from tests.county import County
from tests.hub.incidents.delivery.servers import PASSWORD, USER, Mailbox, Pki, Web, mail_server, web_server
from tests.hub.ingest.test_telling import Office, town_down, village
from wire.settings import load_settings


class Operator:
    """Somebody at the county; no hub runs, what it would do is done here."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.config = County(folder / "county").hub_config
        self._capfd, self._patch = capfd, patch
        self.out = self.err = ""
        self.database = Database(load_settings(self.config, Settings).database)
        self.office = Office(self.database)
        self.office.at_ms = now_ms() - 5 * 60_000

    def with_ports(self, text: str) -> None:
        self.config.write_text(self.config.read_text("utf-8") + text, "utf-8")

    def runs(self, *words: str) -> int:
        """Run `hub alerts …` in this process; return its exit code."""
        command, *rest = words
        self._patch.setattr("sys.argv", ["hub", "alerts", command, "--config", str(self.config), *rest])
        self._patch.setenv("COLUMNS", "400")
        self._capfd.readouterr()
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        self.out, self.err = self._capfd.readouterr()
        assert "Traceback" not in self.err
        return code


@pytest.fixture
def operator(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    made = Operator(tmp_path, capfd, monkeypatch)
    yield made
    made.database.stop()


def test_who_was_told_what_and_why_not_is_listed(operator: Operator) -> None:
    operator.office.tell(town_down(1), village(9))
    operator.office.round()
    assert operator.runs("list") == 0
    lines = operator.out.splitlines()
    assert "first@county.test" in operator.out
    assert any("已发 sent" in line and "立即 at once" in line for line in lines)
    assert any("待汇总 for a digest" in line and "一般级别" in line for line in lines)
    assert operator.runs("list", "--json") == 0
    rows = json.loads(operator.out)
    assert [(row["event"], row["state"], row["tries"]) for row in rows] == [
        ("opened", "waiting", 0),
        ("opened", "sent", 1),
    ]


def test_what_failed_is_shown_and_sent_again_when_somebody_asks(operator: Operator) -> None:
    operator.office.answer = Never("E-SEND-07 550 nobody of that name")
    operator.office.tell(town_down(1))
    operator.office.round()
    assert operator.runs("list", "--failed") == 0
    assert "550 nobody of that name" in operator.out
    assert operator.runs("list", "--failed", "--json") == 0
    (row,) = json.loads(operator.out)
    assert operator.runs("retry", str(row["id"]), "--by", "测试员") == 0
    operator.office.answer, operator.office.at_ms = Taken(), now_ms()
    operator.office.round()
    assert len(operator.office.sent) == 1
    assert operator.runs("list", "--failed", "--json") == 0
    assert json.loads(operator.out) == []
    assert operator.runs("retry", str(row["id"]), "--by", "测试员") == 1
    assert operator.err.startswith("E-SEND-17")


def test_figures_of_what_people_had_to_live_with(operator: Operator) -> None:
    for number in (1, 2, 3):
        operator.office.tell(town_down(number))
        operator.office.round()
    operator.office.tell(Ended(town_down(1).trouble, operator.office.at_ms))
    operator.office.round()
    assert operator.runs("figures", "--since", "1h") == 0
    assert "first@county.test" in operator.out
    assert "级别 priorities 1/2/3: 0%/100%/0%" in operator.out
    assert operator.runs("figures", "--since", "1h", "--json") == 0
    found = json.loads(operator.out)
    (mine,) = found["operators"]
    assert (mine["alarms"], mine["per_hour"], mine["busiest"], found["raised"]["alarms"]) == (4, 4.0, 4, 3)
    assert found["stale"] == 0


def test_a_test_mail_says_what_the_server_answered(operator: Operator, tmp_path: Path) -> None:
    pki, box = Pki(tmp_path), Mailbox()
    (tmp_path / "password").write_text(PASSWORD)
    with mail_server(box, pki) as port:
        operator.with_ports(
            f'\n[alerts.mail]\nhost = "localhost"\nport = {port}\nsender = "hub@county.test"\nuser = "{USER}"\n'
            f'password_file = "{tmp_path}/password"\nca_file = "{pki.ca_file}"\n'
        )
        assert operator.runs("test", "--to", "duty@county.test") == 0
        assert operator.out == "已送达 taken: 250 taken as 1\n"
        box.answers["rcpt"] = "550 nobody of that name"
        assert operator.runs("test", "--to", "duty@county.test", "--json") == 4
        assert json.loads(operator.out)["taken"] is False
    assert operator.runs("test", "--to", "duty@county.test") == 4
    assert operator.err.startswith("E-SEND-01")
    assert len(box.taken) == 1
    assert PASSWORD not in operator.out + operator.err


def test_a_test_of_a_webhook(operator: Operator, tmp_path: Path) -> None:
    web = Web()
    (tmp_path / "secret").write_text("whsec_" + "c2VjcmV0" * 4)
    with web_server(web) as port:
        operator.with_ports(
            f'\n[[alerts.webhooks]]\nname = "dispatch"\nurl = "http://127.0.0.1:{port}/in"\n'
            f'secret_file = "{tmp_path}/secret"\n'
        )
        assert operator.runs("test", "--webhook", "dispatch") == 0, operator.err
    assert operator.out == "已送达 taken: 204 No Content\n"
    (post,) = web.posts
    assert json.loads(post.body)["type"] == "alert.test"
    assert operator.runs("test", "--webhook", "other") == 1
    assert operator.err.startswith("E-SEND-16")


@pytest.mark.parametrize(
    "words", [[], ["--to", "a@b.test", "--webhook", "x"], ["--to", "nobody"], ["--to", "a@b.test\nBcc: c@d.test"]]
)
def test_what_cannot_be_tested(operator: Operator, words: list[str]) -> None:
    assert operator.runs("test", *words) == 2

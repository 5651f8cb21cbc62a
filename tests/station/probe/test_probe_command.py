"""`station probe` against a reflector that answers, one that does not know it, and none at all."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stamp.figures import Figures
from stamp.reflector import Peer, SessionReflector
from stamp.udp import ReflectorThread, StampSocket
from station.__main__ import _exit_code, app
from station.errors import StationError
from station.probe import by_hand
from station.probe.by_hand_words import table

KEY = "ab" * 32
RUNNER = CliRunner()
QUICK = ("--count", "5", "--interval", "0.005")


@pytest.fixture
def port() -> Iterator[int]:
    reflector = SessionReflector(open_to=("127.0.0.2/32",))
    reflector.admit(Peer(5, bytes.fromhex(KEY), "station"))
    thread = ReflectorThread(reflector, StampSocket("127.0.0.1"))
    thread.start()
    yield thread.socket.port
    thread.stop()


@pytest.fixture
def key(tmp_path: Path) -> str:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    return str(file)


def probed(*arguments: str) -> tuple[str, StationError | None]:
    result = RUNNER.invoke(app, ["probe", *arguments])
    if result.exit_code == 0:
        return result.output, None
    assert isinstance(result.exception, StationError), result.output
    return result.output, result.exception


def test_answers_are_told_one_by_one_and_then_the_table(port: int, key: str) -> None:
    output, error = probed(f"127.0.0.1:{port}", "--key", key, "--ssid", "5", *QUICK)
    assert error is None
    assert [line.split()[0] for line in output.splitlines()[1:6]] == [f"seq={number}" for number in range(5)]
    assert "去程丢失 lost there                0 (0.00 %)" in output


def test_json_is_one_object_for_a_script(port: int, key: str) -> None:
    output, error = probed(f"127.0.0.1:{port}", "--key", key, "--ssid", "5", "--json", *QUICK)
    assert error is None
    [line] = output.splitlines()
    values = json.loads(line)
    assert (values["sent"], values["reached"], values["received"], values["loss_there"]) == (5, 5, 5, 0)
    assert (values["address"], values["port"]) == ("127.0.0.1", port)
    assert values["rtt_min_ms"] <= values["rtt_p50_ms"] <= values["rtt_p95_ms"] <= values["rtt_max_ms"]


def test_no_answer_says_what_to_check(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_hand, "LAST_WAIT_S", 0.1)
    output, error = probed(f"127.0.0.1:{port}", *QUICK)
    assert error is not None
    assert (error.code, _exit_code(error)) == ("E-STAMP-04", 4)
    assert "无应答 no answer  5" in output
    assert "防火墙" in str(error)


def test_nobody_listening_is_another_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_hand, "LAST_WAIT_S", 0.1)
    with StampSocket("127.0.0.1") as gone:
        port = gone.port
    _, error = probed(f"127.0.0.1:{port}", *QUICK)
    assert error is not None
    assert (error.code, _exit_code(error)) == ("E-STAMP-03", 4)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        pytest.param("name.invalid:862", "E-STAMP-01", id="unknown host"),
        pytest.param("255.255.255.255:862", "E-STAMP-02", id="nowhere to send"),
    ],
)
def test_what_cannot_be_tried_says_why(target: str, code: str) -> None:
    _, error = probed(target, *QUICK)
    assert error is not None
    assert (error.code, _exit_code(error)) == (code, 1)


@pytest.mark.parametrize("text", ["", "ab", "no hex digits at all, these are not"])
def test_a_key_file_that_is_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_text(text)
    _, error = probed("127.0.0.1:862", "--key", str(file))
    assert error is not None
    assert error.code == "E-STAMP-05"


@pytest.mark.parametrize("target", ["127.0.0.1:0", "127.0.0.1:port", ":862", "[::1]:70000"])
def test_a_target_that_is_none_is_a_usage_error(target: str) -> None:
    assert RUNNER.invoke(app, ["probe", target]).exit_code == 2


def test_losses_are_said_with_their_share() -> None:
    text = table(Figures(1000, 200, 190, 180, 1, 2, 1.0, 2.0, 3.0, 4.0, 0.5))
    assert "10 (5.00 %)" in text
    assert "10 (5.26 %)" in text
    assert "1.000 / 2.000 / 3.000 / 4.000 ms" in text

"""The record of who did what with an authority: only appended to, and what is altered shows."""

import datetime as dt
from pathlib import Path

import pytest

from firmware_config.errors import ProvisionError
from firmware_config.journal import FILE, entries, record

NOW = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)


def written(folder: Path, count: int = 3) -> Path:
    for number in range(count):
        record(folder, "test.step", [{"number": str(number)}], NOW)
    return folder / FILE


def test_what_was_done_is_read_back_in_order_with_who_and_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "技术员")
    assert entries(tmp_path) == []
    record(tmp_path, "test.both", [{"station": "1"}, {"station": "2"}], NOW)
    record(tmp_path, "test.none", [], NOW)
    found = entries(tmp_path)
    assert [(one.what, one.about, one.who) for one in found] == [
        ("test.both", {"station": "1"}, "技术员"), ("test.both", {"station": "2"}, "技术员"),
    ]  # fmt: skip
    assert found[0].at_ms == int(NOW.timestamp() * 1000)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("line", [0, 1])
def test_a_line_that_was_changed_or_taken_out_shows(tmp_path: Path, line: int) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    path.write_bytes(whole.replace(b'"number":"%d"' % line, b'"number":"7"'))
    with pytest.raises(ProvisionError, match="E-JRN-01"):
        entries(tmp_path)
    path.write_bytes(b"".join(lines[:line] + lines[line + 1 :]))
    with pytest.raises(ProvisionError, match="E-JRN-01"):
        entries(tmp_path)


def test_half_a_last_line_is_taken_away_and_nothing_is_appended_to_what_is_none_of_ours(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"at_ms":1,"wh')
    assert len(entries(tmp_path)) == 3
    record(tmp_path, "test.more", [{}], NOW)
    assert [one.what for one in entries(tmp_path)] == ["test.step"] * 3 + ["test.more"]
    path.write_bytes(whole + b"by hand\n")
    with pytest.raises(ProvisionError, match="E-JRN-01"):
        record(tmp_path, "test.more", [{}], NOW)

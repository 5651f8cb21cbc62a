"""What would change: each way a file can differ, line by line, and no secret among the lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_config.host.plan import Kind, Step, Wanted, compare, diff, digest_of, merge

OLD = b'name = "a"\nport = 1\nfile = "x"\nlast = 0\n'
NEW = b'name = "a"\nport = 2\nfile = "x"\nlast = 0\n'
HAND = OLD + b'\n[mail]\nhost = "m"\n'
PORT_BY_HAND = OLD.replace(b"port = 1", b"port = 7")


def only(now: bytes | None, wanted: bytes, rendered: bytes | None, base: bytes | None = None) -> list[Step]:
    return compare(
        [Wanted("hub/hub.toml", wanted)],
        {} if now is None else {"hub/hub.toml": now},
        {} if rendered is None else {"hub/hub.toml": digest_of(rendered)},
        {} if base is None else {"hub/hub.toml": base},
    )


@pytest.mark.parametrize(
    ("now", "wanted", "rendered", "base", "kind"),
    [
        pytest.param(None, NEW, None, None, "make", id="it is not there"),
        pytest.param(OLD, NEW, OLD, OLD, "change", id="it stands as it was rendered"),
        pytest.param(HAND, OLD, OLD, OLD, "kept", id="a hand added to it, nothing else is wanted"),
        pytest.param(HAND, NEW, OLD, OLD, "merge", id="a hand added to it, another line is wanted otherwise"),
        pytest.param(HAND.replace(b"port = 1", b"port = 2"), NEW, OLD, OLD, "merge", id="and a cut run had done it"),
        pytest.param(PORT_BY_HAND, NEW, OLD, OLD, "clash", id="a hand changed the very line"),
        pytest.param(HAND, NEW, OLD, b"another version renders this\n", "clash", id="what was rendered is not known"),
        pytest.param(HAND, NEW, None, OLD, "clash", id="nobody knows who made it"),
    ],
)
def test_a_file_that_is_not_as_wanted(
    now: bytes | None, wanted: bytes, rendered: bytes | None, base: bytes | None, kind: Kind
) -> None:
    (step,) = only(now, wanted, rendered, base)
    assert step.kind == kind


def test_a_file_as_wanted_is_no_step_whoever_made_it() -> None:
    assert only(OLD, OLD, None) == []


def test_a_merged_file_has_both() -> None:
    (step,) = only(HAND, NEW, OLD, OLD)
    assert step.wanted.content == NEW + b'\n[mail]\nhost = "m"\n'
    assert [line for line in step.lines if line[0] in "+-" and line[:3] not in {"+++", "---"}] == [
        "-port = 1",
        "+port = 2",
    ]


@settings(max_examples=200)
@given(st.data())
def test_merging_loses_no_line_of_a_hand_and_half_does_no_change(data: st.DataObject) -> None:
    base = [f"line {number}\n" for number in range(data.draw(st.integers(0, 8)))]
    places = st.lists(st.integers(0, len(base)), max_size=3)
    mine, theirs = list(base), list(base)
    for number, at in enumerate(sorted(data.draw(places), reverse=True)):
        mine.insert(at, f"by hand {number}\n")
    for at in sorted(set(data.draw(places)), reverse=True):
        theirs[at : at + data.draw(st.integers(0, 1))] = [f"wanted {at}\n"]
    merged = merge("".join(base).encode(), "".join(mine).encode(), "".join(theirs).encode())
    if merged is not None:
        lines = merged.decode().splitlines(keepends=True)
        assert [line for line in lines if line.startswith("by hand")] == [one for one in mine if one.startswith("by")]
        assert [line for line in lines if not line.startswith("by hand")] == theirs
    elif mine == base:
        pytest.fail("nothing was in the way")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param('password = "geheim-1"', "+password = …", id="a password"),
        pytest.param("mail_token: geheim-1", "+mail_token: …", id="a token"),
        pytest.param('api_token_file = "api.token"', '+api_token_file = "api.token"', id="the name of a file is none"),
        pytest.param('url = "https://u:geheim-1@h/x"', '+url = "https://…@h/x"', id="in an address"),
        pytest.param('url = "https://h/x?key=geheim-1"', '+url = "https://h/x?…"', id="behind an address"),
        pytest.param("note = \x1b[2J", "+note = �[2J", id="what would command the terminal"),
    ],
)
def test_no_secret_and_no_command_is_shown(line: str, shown: str) -> None:
    lines = diff("f", b"", f"{line}\n".encode())
    assert lines[-1] == shown
    assert "geheim-1" not in "".join(lines)

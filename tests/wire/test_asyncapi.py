"""The document beside the code says what the code does."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from wire import asyncapi, topics
from wire.asyncapi import CHANNELS, DOCUMENT, document, render
from wire.codec import decode


def test_the_file_is_what_the_structs_say() -> None:
    assert DOCUMENT.read_text("utf-8") == render(), "run .venv/bin/python -m wire.asyncapi and read what changed"


def test_the_command_rewrites_the_file(tmp_path: Path) -> None:
    target = tmp_path / "new" / "asyncapi.json"
    run = subprocess.run(
        [sys.executable, "-m", "wire.asyncapi", str(target)], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == str(target)
    assert target.read_text("utf-8") == render()


def test_a_changed_struct_changes_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    class Receipt(msgspec.Struct):
        epoch: int

    changed = CHANNELS["receipt"]._replace(messages=(Receipt,))
    monkeypatch.setitem(asyncapi.CHANNELS, "receipt", changed)
    assert render() != DOCUMENT.read_text("utf-8")


def test_every_topic_a_station_writes_or_reads_is_described_with_its_direction() -> None:
    described = {c.address: c.direction for c in CHANNELS.values()}
    for family in get_args(topics.Upward):
        assert described[topics.up("{station}", family)] == "station to hub"
    for family in get_args(topics.Downward):
        assert described[topics.down("{station}", family)] == "hub to station"
    assert described[topics.library("{station}", "{document}")] == "hub to station"
    assert described[topics.HUB_STATE] == "hub to all"
    assert described[topics.COUNTY_HEALTH] == "hub to monitors"


def references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for item in node for found in references(item)]
    if not isinstance(node, dict):
        return []
    here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return here + [found for item in node.values() for found in references(item)]


def test_every_reference_leads_somewhere() -> None:
    whole = document()
    found = references(whole)
    assert len(found) > 40
    for reference in found:
        node: Any = whole
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert node


def test_every_message_has_an_example_that_its_struct_reads() -> None:
    messages = document()["components"]["messages"]
    kinds = {kind.__name__: kind for channel in CHANNELS.values() for kind in channel.messages}
    assert set(messages) == set(kinds)
    for name, message in messages.items():
        for example in message["examples"]:
            decode(json.dumps(example["payload"]).encode(), kinds[name])
        assert message["examples"], name


def test_the_examples_satisfy_the_schemas_of_the_document() -> None:
    """A small reader of the schemas: an example has what is required, and nothing that is not described."""
    whole = document()
    schemas = whole["components"]["schemas"]
    for name, message in whole["components"]["messages"].items():
        for example in message["examples"]:
            assert set(schemas[name]["required"]) <= set(example["payload"])
            assert set(example["payload"]) <= set(schemas[name]["properties"])


def test_no_pattern_is_in_pythons_dialect_only() -> None:
    assert "\\Z" not in json.dumps(document())
    assert "\\\\Z" not in render()


def test_retained_expiring_and_acknowledged_are_as_the_design_says() -> None:
    said = {
        c.address.rpartition("/")[2] if "{station}/" in c.address else c.address: (c.qos, c.retain, c.expires)
        for c in CHANNELS.values()
    }
    assert said == {
        "life": (1, True, False),
        "beat": (0, False, False),
        "records": (1, False, False),
        "urgent": (1, False, False),
        "ask": (1, False, True),
        "answer": (1, False, False),
        "receipt": (1, False, False),
        "command": (1, False, True),
        "{document}": (1, True, False),
        "reply": (1, False, True),
        "probe": (1, False, True),
        "v1/hub/state": (1, True, False),
        "v1/health/{station}": (1, True, False),
        "v1/health": (1, True, False),
        "v1/incident/{incident}": (1, True, False),
    }


def test_an_operation_carries_what_the_channel_says() -> None:
    operations = document()["operations"]
    assert operations["receiveBeat"]["bindings"]["mqtt"]["qos"] == 0
    assert operations["receiveLife"]["bindings"]["mqtt"]["retain"] is True
    assert "messageExpiryInterval" in operations["sendCommand"]["bindings"]["mqtt"]
    assert "messageExpiryInterval" not in operations["sendReceipt"]["bindings"]["mqtt"]
    assert len(operations) == len(CHANNELS)


def test_every_channel_is_described_in_both_languages_on_one_line() -> None:
    for channel in CHANNELS.values():
        assert "\n" not in channel.what
        english, chinese = channel.what[0], channel.what[-1]
        assert english.isascii()
        assert chinese == "。"

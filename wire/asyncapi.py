"""The contract as an AsyncAPI 3.0 document, generated from the Structs; `python -m wire.asyncapi` rewrites it."""

import json
import sys
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import msgspec

from wire import topics
from wire.codec import MAX_PAYLOAD_BYTES, encode
from wire.examples import EXAMPLES
from wire.health import CountyHealth, Incident, StationHealth
from wire.life import Beat, Birth, Death, HubState
from wire.orders import Answer, Ask, Command, Library, Receipt, Reply
from wire.probe import ProbeSession
from wire.records import Batch, Record, Urgent

DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "asyncapi.json"

Direction = Literal["station to hub", "hub to station", "hub to all", "hub to monitors"]


class Channel(NamedTuple):
    """One topic of the contract and how messages cross on it."""

    address: str
    messages: tuple[type[msgspec.Struct], ...]
    direction: Direction
    qos: Literal[0, 1]
    retain: bool
    expires: bool
    """With the MQTT message expiry interval set to what is left until `expires_ms`."""
    what: str
    """English, then Chinese."""


CHANNELS: Final[dict[str, Channel]] = {
    "life": Channel(
        topics.up("{station}", "life"),
        (Birth, Death),
        "station to hub",
        1,
        True,
        False,
        "A station is there, or gone; the death is also the will. 站点上线或离线；离线消息同时是遗嘱。",
    ),
    "beat": Channel(
        topics.up("{station}", "beat"),
        (Beat,),
        "station to hub",
        0,
        False,
        False,
        "A sign of life with the state of every device. 心跳与设备状态。",
    ),
    "records": Channel(
        topics.up("{station}", "records"),
        (Batch,),
        "station to hub",
        1,
        False,
        False,
        "Outbox records in order, sent until receipted. 按序上报的记录，直至收到回执。",
    ),
    "urgent": Channel(
        topics.up("{station}", "urgent"),
        (Urgent,),
        "station to hub",
        1,
        False,
        False,
        "An emergency ahead of its turn; it also goes in order and is stored once. 紧急求助，立即上报。",
    ),
    "ask": Channel(
        topics.up("{station}", "ask"),
        (Ask,),
        "station to hub",
        1,
        False,
        True,
        "A sealed question that needs an answer now. 需即时答复的加密询问。",
    ),
    "answer": Channel(
        topics.up("{station}", "answer"),
        (Answer,),
        "station to hub",
        1,
        False,
        False,
        "What became of a command. 指令执行结果。",
    ),
    "receipt": Channel(
        topics.down("{station}", "receipt"),
        (Receipt,),
        "hub to station",
        1,
        False,
        False,
        "Everything up to seq is committed; also the answer to every birth. At the broker it waits 10 s at the most. "
        "入库回执，也是对上线的应答；在服务器上至多保留 10 秒。",
    ),
    "command": Channel(
        topics.down("{station}", "command"),
        (Command,),
        "hub to station",
        1,
        False,
        True,
        "An order, executed at most once and never late. 下发指令，至多执行一次。",
    ),
    "reply": Channel(
        topics.down("{station}", "reply"),
        (Reply,),
        "hub to station",
        1,
        False,
        True,
        "The sealed answer to a question. 对询问的加密答复。",
    ),
    "probe": Channel(
        topics.down("{station}", "probe"),
        (ProbeSession,),
        "hub to station",
        1,
        False,
        True,
        "Whom to probe (RFC 8762), and the key for it; in answer to every birth. 线路探测会话及其密钥，对上线的应答。",
    ),
    "library": Channel(
        topics.library("{station}", "{document}"),
        (Library,),
        "hub to station",
        1,
        True,
        False,
        "One document of the library, versioned, replaced whole. 资料库中的一份文档，带版本，整体替换。",
    ),
    "hubState": Channel(
        topics.HUB_STATE,
        (HubState,),
        "hub to all",
        1,
        True,
        False,
        "The hub is there, or gone; gone is also its will. 县级中心在线或离线；离线同时是遗嘱。",
    ),
    "stationHealth": Channel(
        topics.health("{station}"),
        (StationHealth,),
        "hub to monitors",
        1,
        True,
        False,
        "One village as the county knows it now. 一个村的当前状态。",
    ),
    "countyHealth": Channel(
        topics.COUNTY_HEALTH,
        (CountyHealth,),
        "hub to monitors",
        1,
        True,
        False,
        "The county in one message. 全县概况。",
    ),
    "incident": Channel(
        topics.incident("{incident}"),
        (Incident,),
        "hub to monitors",
        1,
        True,
        False,
        "One cause with the villages it affects. 一个原因及受影响的村。",
    ),
}

_PARAMETERS: Final = {
    "station": "Station id: 12 digits, a second kiosk of a village with -1 to -99. 站点编码。",
    "document": "Kind of document: hotline, roster, papers, … 文档种类。",
    "incident": "Incident id. 事件编号。",
}


def document() -> dict[str, Any]:
    """Return the whole document, from the hub's side: it receives what stations send."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "村村通 cuncuntong wire",
            "version": "1",
            "description": (
                f"MQTT 5, JSON in UTF-8, at most {MAX_PAYLOAD_BYTES} bytes a payload. Unknown keys are ignored. "
                "Times are UTC milliseconds. Generated by `python -m wire.asyncapi`. 本文件由程序生成，请勿手改。"
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {name: _channel(channel) for name, channel in CHANNELS.items()},
        "operations": {_operation_name(name, c): _operation(name, c) for name, c in CHANNELS.items()},
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def render() -> str:
    """Return the document as the text of its file."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def _channel(channel: Channel) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "address": channel.address,
        "description": channel.what,
        "messages": {kind.__name__: {"$ref": f"#/components/messages/{kind.__name__}"} for kind in channel.messages},
    }
    parameters = {name: {"description": text} for name, text in _PARAMETERS.items() if f"{{{name}}}" in channel.address}
    if parameters:
        shown["parameters"] = parameters
    return shown


def _operation_name(name: str, channel: Channel) -> str:
    return f"{_action(channel)}{name[0].upper()}{name[1:]}"


def _action(channel: Channel) -> str:
    return "receive" if channel.direction == "station to hub" else "send"


def _operation(name: str, channel: Channel) -> dict[str, Any]:
    binding: dict[str, Any] = {"qos": channel.qos, "retain": channel.retain, "bindingVersion": "0.2.0"}
    if channel.expires:
        binding["messageExpiryInterval"] = {"type": "integer", "description": "seconds left until expires_ms"}
    return {
        "action": _action(channel),
        "channel": {"$ref": f"#/channels/{name}"},
        "summary": channel.what,
        "bindings": {"mqtt": binding},
        "x-direction": channel.direction,
    }


def _messages() -> dict[str, Any]:
    kinds = [kind for channel in CHANNELS.values() for kind in channel.messages]
    return {
        kind.__name__: {
            "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
            "examples": [{"payload": json.loads(encode(example))} for example in EXAMPLES if type(example) is kind],
        }
        for kind in kinds
    }


def _schemas() -> dict[str, Any]:
    kinds = [*(kind for channel in CHANNELS.values() for kind in channel.messages), Record]
    _, schemas = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    # Records are passed on unread, so that one that cannot be read spoils no other; this is what they hold.
    schemas["Batch"]["properties"]["records"]["items"] = {"$ref": "#/components/schemas/Record"}
    schemas["Urgent"]["properties"]["record"] = {"$ref": "#/components/schemas/Record"}
    return {name: _as_asyncapi(schema) for name, schema in sorted(schemas.items())}


def _as_asyncapi(schema: Any) -> Any:
    """Say in AsyncAPI's dialect: `$` ends a pattern, a discriminator is a name, text is on one line."""
    if isinstance(schema, list):
        return [_as_asyncapi(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    shown = {key: _as_asyncapi(value) for key, value in schema.items()}
    if isinstance(shown.get("pattern"), str):
        shown["pattern"] = shown["pattern"].replace(r"\Z", "$")
    if isinstance(shown.get("discriminator"), dict):
        shown["discriminator"] = shown["discriminator"]["propertyName"]
    if isinstance(shown.get("description"), str):
        shown["description"] = " ".join(shown["description"].split())
    return shown


def main() -> None:
    """Write the document to the path given, or to docs/."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENT
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(render(), "utf-8")
    sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main()

"""One example of every message: in the AsyncAPI document, and against the golden bytes of the tests.

All of it is made up: no county has the code 999999, and the sealed boxes hold nothing.
"""

import hashlib
from typing import Final

import msgspec

from wire.health import CountyHealth, Incident, StationHealth
from wire.life import Beat, Birth, CameraInfo, Death, DeviceState, HubState, OutboxDepth
from wire.orders import Answer, Ask, Command, Document, Library, Receipt, Reply, SealedPicture
from wire.probe import ProbeSession
from wire.records import (
    Batch,
    Body,
    CameraChange,
    CameraFault,
    DeviceEvent,
    Emergency,
    LinkSummary,
    Rating,
    Record,
    SealedPerson,
    SealedWords,
    Undated,
    Urgent,
    Visit,
)

STATION: Final = "999999101001"
EPOCH: Final = "00c0ffee00c0ffee"
KEY: Final = "1122334455667788"
BOX: Final = bytes(range(64))
AT_MS: Final = 1_795_545_000_000

PICTURE: Final = SealedPicture(
    key=KEY, box=BOX, camera="front", width_px=320, height_px=180, taken_ms=AT_MS, fault="covered"
)
_TEXT: Final = '{"number":"12348","hours":{"zh":"全天"}}'

BODIES: Final[tuple[Body, ...]] = (
    Visit(
        number="42-00001-7",
        service="legal_advice",
        who="card",
        language="zh",
        card="resident",
        consents=["identity", "words"],
        notice="2026-11",
        person=SealedPerson(key=KEY, identity=BOX, mask=BOX),
        words=SealedWords(key=KEY, box=BOX),
        matter="neighbours",
    ),
    Rating(visit=1, grade=5),
    Emergency(call="call-3f2a", words=SealedWords(key=KEY, box=BOX)),
    CameraChange(camera="front", was="ok", now="failed", measures={"last_frame_age_ms": 8012.5}),
    CameraFault(camera="front", fault="covered", change="raised", severity=0.5, confidence=0.875, began_ms_ago=14_250),
    LinkSummary(leg="county", lasted_ms=30_000, sent=30, reached=30, received=29, measures={"rtt_p50_ms": 12.25}),
    DeviceEvent(
        device="reader",
        code="E-READER-30",
        state=DeviceState(device="reader", state="failed", since_ms=AT_MS, code="E-READER-30"),
        note="读卡器没有应答",
    ),
)

RECORDS: Final[tuple[Record, ...]] = (
    *(Record(seq=seq, body=body, at_ms=AT_MS + seq) for seq, body in enumerate(BODIES, start=1)),
    Record(seq=len(BODIES) + 1, body=Rating(visit=2, grade=1), undated=Undated(kernel_boot=KEY, mono_ms=61_250)),
)


def _raw(record: Record) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(record))


EXAMPLES: Final[tuple[msgspec.Struct, ...]] = (
    Birth(
        boot=7,
        epoch=EPOCH,
        software="cuncuntong 0.1.0",
        keepalive_s=30,
        beat_every_s=30.0,
        cameras=[CameraInfo(name="front", kind="rtsp")],
        reader="serial",
        at_ms=AT_MS,
        library={"roster": 3},
        reflector="10.32.5.7:8620",
    ),
    Death(boot=7, orderly=True),
    Beat(
        boot=7,
        seq=118,
        outbox=OutboxDepth(records=2, bytes=1_480, oldest_ms=AT_MS),
        at_ms=AT_MS,
        skew_ms=-40,
        devices=[
            DeviceState(device="camera/front", state="ok", since_ms=AT_MS, measures={"frames_per_s": 14.5}),
            DeviceState(device="disk", state="degraded", code="E-AGENT-02"),
        ],
    ),
    HubState(online=True, since_ms=AT_MS, note="县级中心已启动"),
    Batch(epoch=EPOCH, after=0, records=[_raw(record) for record in RECORDS]),
    Urgent(epoch=EPOCH, record=_raw(RECORDS[2])),
    Receipt(epoch=EPOCH, seq=7, at_ms=AT_MS, urgent=[9]),
    Command(
        id="cmd-1",
        name="ping",
        expires_ms=AT_MS + 30_000,
        arguments={"times": 3, "note": "巡检", "wait_s": 0.5, "all": True},
        reason="每日巡检",
    ),
    Answer(id="cmd-1", outcome="done", note="已完成", measures={"took_ms": 12.5}, picture=PICTURE),
    Ask(id="ask-1", about="progress", key=KEY, box=BOX, reply_to=bytes(range(32)), expires_ms=AT_MS + 15_000),
    Reply(id="ask-1", outcome="found", box=BOX),
    Library(
        version=3,
        documents=[
            Document(
                name="hotline",
                version=3,
                sha256=hashlib.sha256(_TEXT.encode()).hexdigest(),
                text=_TEXT,
            )
        ],
    ),
    StationHealth(
        station=STATION,
        name="测试村",
        town="测试镇",
        state="online",
        since_ms=AT_MS,
        reason="birth",
        video="fault",
        last_heard_ms=AT_MS + 30_000,
        devices=[DeviceState(device="camera/front", state="failed", code="E-CAM-02")],
    ),
    CountyHealth(
        county="999999",
        at_ms=AT_MS,
        stations=248,
        online=240,
        offline=3,
        unknown=4,
        maintenance=1,
        video_ok=236,
        visits_today=57,
        quarantined=0,
    ),
    Incident(
        id="inc-1",
        kind="down",
        scope="town",
        where="测试镇",
        state="dispatched",
        priority=1,
        since_ms=AT_MS,
        at_ms=AT_MS + 4_000,
        stations=[STATION, f"{STATION}-2"],
        deadline_ms=AT_MS + 172_800_000,
        reason="all_villages_silent",
    ),
    ProbeSession(port=8620, ssid=17, key=bytes(range(32))),
)

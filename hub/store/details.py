"""What stands of a record in a table of its own beside the ledger: one row, its columns."""

from typing import Any, Final

from hub.ingest.handle import RecordIn
from hub.store import tables as t
from hub.store.line_tables import camera_change, link_summary
from wire.records import CameraChange, CameraFault, Emergency, LinkSummary, Rating, Visit

AHEAD_MS: Final = 300_000
"""A date further ahead of the hub's clock than this is of a wrong clock: such a record is shown as received at."""

EARLIEST_MS: Final = 1_577_836_800_000
"""2020-01-01: nothing of this project was made before."""

DETAILS: Final = {
    Visit: t.visit,
    Rating: t.rating,
    Emergency: t.emergency,
    CameraFault: t.camera_fault,
    CameraChange: camera_change,
    LinkSummary: link_summary,
}
"""Kinds of records that stand in a table of their own."""

MEASURES: Final = ("rtt_min_ms", "rtt_p50_ms", "rtt_p95_ms", "rtt_max_ms", "jitter_ms")


def shown_ms(at_ms: int | None, received_ms: int) -> int:
    """Return when a record counts as made: by its own date, unless that cannot be."""
    believed = at_ms is not None and EARLIEST_MS <= at_ms <= received_ms + AHEAD_MS
    return at_ms if believed and at_ms is not None else received_ms


def detail_of(station_id: int, epoch_id: int, record: RecordIn, received_ms: int) -> dict[str, Any]:
    """Return the row of a record whose kind is one of DETAILS."""
    row: dict[str, Any] = {
        "station_id": station_id,
        "epoch_id": epoch_id,
        "seq": record.seq,
        "at_ms": record.at_ms,
        "received_ms": received_ms,
        "shown_ms": shown_ms(record.at_ms, received_ms),
    }
    match record.item:
        case Visit() as visit:
            row |= {
                "number": visit.number,
                "service": visit.service,
                "who": visit.who,
                "language": visit.language,
                "matter": visit.matter,
            }
        case Rating() as rating:
            row |= {"visit_seq": rating.visit, "grade": rating.grade}
        case Emergency() as emergency:
            row |= {"call": emergency.call, "withdrawn": emergency.withdrawn}
        case CameraFault() as fault:
            row |= {
                "camera": fault.camera,
                "fault": fault.fault,
                "change": fault.change,
                "severity": fault.severity,
                "confidence": fault.confidence,
                "began_ms": max(EARLIEST_MS, row["shown_ms"] - fault.began_ms_ago),
            }
        case LinkSummary() as link:
            row |= {"leg": link.leg, "lasted_ms": link.lasted_ms, "sent": link.sent}
            row |= {"reached": link.reached, "received": link.received}
            row |= {name: link.measures.get(name) for name in MEASURES}
        case CameraChange() as change:
            row |= {"camera": change.camera, "was": change.was, "now": change.now}
    return row

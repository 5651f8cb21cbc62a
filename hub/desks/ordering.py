"""Ordering something from a station, waiting for what becomes of it, and opening the picture it brought."""

import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from hub.access.chain import Deed
from hub.clock import now_ms
from hub.desks.auditing import note_by_command
from hub.errors import HubError
from hub.health.availability import HUB_GONE_AFTER_MS
from hub.store.audit import AuditLog
from hub.store.engine import Database, Transaction, reading, writing
from hub.store.history import Remembered, read_states
from hub.store.orders import (
    ANSWER_LATE_MS,
    UNSENT,
    Order,
    OrdersReader,
    Viewing,
    ask,
    end_expired,
    note_viewing,
)
from hub.visits.opening import Unsealer
from wire.orders import Command

LOOK_EVERY_S: Final = 0.2
WITHIN_S: Final = 30
"""How long an order is good for: what is seen later is not what was asked for."""
MOST_WHO, MOST_REASON = 64, 200

EXIT_FAILED, EXIT_NO_ANSWER, EXIT_NOT_SENT = 4, 7, 8


class OrderError(HubError):
    """An order that did not do what was asked; `exit_code` tells scripts which way."""

    def __init__(self, code: str, what: str, exit_code: int) -> None:
        """Keep the code the command ends with."""
        super().__init__(code, what)
        self.exit_code = exit_code


class Wanted(NamedTuple):
    """What is ordered, by whom and why."""

    name: str
    station: str
    camera: str | None
    by: str
    reason: str
    arguments: Mapping[str, int] | None = None
    """Of an order that is none to a camera."""
    takes_s: int = 0
    """How long it is at work before it can answer."""


class NewOrder(NamedTuple):
    """An order that is not written down yet."""

    command: Command
    station_id: int
    by: str
    at_ms: int

    def write(self, connection: Transaction) -> None:
        """Write it down for the running hub to send."""
        ask(connection, self.command, self.station_id, self.by, self.at_ms)


class Desk:
    """Where orders are written down; the running hub sends them."""

    def __init__(self, database: Database) -> None:
        """Take the county's database."""
        self._database = database
        self.reader = OrdersReader(database.reader)

    def place(self, wanted: Wanted, audit: AuditLog) -> Order:
        """Write an order of a command down, in the audit log too, and return it.

        Raises as `ready` does, StoreError.
        """
        new = self.ready(wanted)
        with writing(self._database) as connection:
            new.write(connection)
            deed = Deed("station.order", f"{wanted.station} {wanted.name} {new.command.id}", wanted.reason)
            note_by_command(audit, connection, wanted.by, deed, new.at_ms)
        order = self.reader.order(new.command.id)
        assert order is not None
        return order

    def ready(self, wanted: Wanted) -> NewOrder:
        """Return an order that can be written down.

        Raises HubError E-ORD-01 (no such station) or E-ORD-02 (it has no such camera), StoreError.
        """
        station_id = self.key_of(wanted.station)
        arguments: dict[str, str | int | float | bool] = dict(wanted.arguments or {})
        if wanted.arguments is None:
            self._check_camera(wanted)
            if wanted.camera is not None:
                arguments["camera"] = wanted.camera
        at_ms = now_ms()
        expires_ms = at_ms + (WITHIN_S + wanted.takes_s) * 1000
        command = Command(secrets.token_hex(8), wanted.name, expires_ms, arguments, wanted.reason)
        return NewOrder(command, station_id, wanted.by, at_ms)

    def _check_camera(self, wanted: Wanted) -> None:
        remembered = self.remembered([wanted.station]).get(wanted.station)
        if remembered is None or remembered.birth is None:
            return
        cameras = [camera.name for camera in remembered.birth.cameras]
        if wanted.camera not in cameras and (wanted.camera is not None or len(cameras) > 1):
            raise HubError(
                "E-ORD-02",
                f"{wanted.camera or '?'}: name one of its cameras 请指明该站摄像机: {', '.join(cameras) or '-'}",
            )

    def key_of(self, station: str) -> int:
        """Return the key of a station of the county.

        Raises HubError E-ORD-01 when it has none of this code.
        """
        key = self.reader.station_ids().get(station)
        if key is None:
            raise HubError("E-ORD-01", f"{station}: the county has no such station 本县没有这个站点，请核对编码")
        return key

    def remembered(self, stations: Iterable[str]) -> dict[str, Remembered]:
        """Return what the hub last knew of these stations."""
        keys = self.reader.station_ids()
        with reading(self._database.reader) as connection:
            return read_states(connection, {station: keys[station] for station in stations if station in keys})

    def hub_runs(self) -> bool:
        """Say whether a hub is there that would send what is ordered."""
        alive_ms = self.reader.hub_alive_ms()
        return alive_ms is not None and abs(now_ms() - alive_ms) < HUB_GONE_AFTER_MS

    def wait(self, order: Order, tell: Callable[[Order], None]) -> Order:
        """Return the order once it has its outcome, telling each change on the way; without a hub, end it ourselves."""
        told = order._replace(outcome=None, sent_ms=None)
        while True:
            at_ms = now_ms()
            latest = self.reader.order(order.id) or order
            if latest != told:
                tell(latest)
                told = latest
            over = at_ms > order.expires_ms + ANSWER_LATE_MS
            if latest.outcome is not None and (latest.outcome != "repeated" or over):
                return latest
            if over or (latest.sent_ms is None and at_ms > order.expires_ms and not self.hub_runs()):
                with writing(self._database) as connection:
                    end_expired(connection, at_ms)
            time.sleep(LOOK_EVERY_S)


def within_s(order: Order) -> int:
    """Return how long an order is good for."""
    return (order.expires_ms - order.asked_ms) // 1000


def check(order: Order, *, hub_runs: bool) -> None:
    """Raise OrderError unless the order was carried out."""
    if order.outcome == "done":
        return
    if order.answered_ms is None and order.outcome == UNSENT:
        why = "no hub is running; start `hub run` 中心没有运行，请启动"
        if hub_runs:
            why = "the hub has no line to the broker 中心与消息服务器断开"
        raise OrderError("E-ORD-03", f"not sent 未发出: {why}", EXIT_NOT_SENT)
    if order.answered_ms is None or order.outcome == "repeated":
        what = f"no answer within {within_s(order)} s; is the station online? 站点没有应答，请看它是否在线"
        raise OrderError("E-ORD-04", what, EXIT_NO_ANSWER)
    told = order.note or order.outcome or ""
    meaning = {
        "expired": "it came too late by the station's clock 按站点时钟已过期",
        "unknown_command": "its software is too old for this 站点软件版本过旧，请升级",
    }.get(order.outcome or "", f"{told}; docs/errors.md has the meaning 含义见 docs/errors.md")
    raise OrderError("E-ORD-05", f"the station could not do it 站点未能执行: {meaning}", EXIT_FAILED)


@contextmanager
def new_file(path: Path | None) -> Iterator[int | None]:
    """Give a new file nobody else reads, before anything is ordered or opened for it; when it fails, it is gone again.

    Raises HubError E-ORD-08.
    """
    if path is None:
        yield None
        return
    try:
        door = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise HubError(
            "E-ORD-08",
            f"{path}: cannot be made; no file is ever replaced 无法新建文件（不覆盖已有文件）: {error.strerror}",
        ) from None
    try:
        yield door
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(door)


def open_picture(database: Database, unsealer: Unsealer, audit: AuditLog, viewing: Viewing, door: int) -> None:
    """Log the viewing, and only once that stands open the picture and write it to the file `door`.

    It is logged with the picture, and in the county's log.

    Raises HubError E-ORD-06 (nothing kept), E-ORD-07 (cannot be opened) or E-ORD-08 (disk), StoreError.
    """
    reader = OrdersReader(database.reader)
    sealed, order = reader.picture(viewing.order), reader.order(viewing.order)
    if sealed is None or order is None:
        raise HubError(
            "E-ORD-06", f"{viewing.order}: no picture is kept of this order 没有保存这一单的画面，或已到期删除"
        )
    deed = Deed("still.open", f"{order.station} {order.id}", viewing.reason)
    with writing(database) as connection:
        note_viewing(connection, viewing)
        note_by_command(audit, connection, viewing.who, deed, viewing.at_ms)
    jpeg = unsealer.picture(sealed)
    if jpeg is None:
        raise HubError(
            "E-ORD-07",
            "what the station sent is no picture sealed to this hub's key; lay the station out again, order anew"
            " 站点发来的不是用本中心公钥加密的画面，请重新部署该站后再抓图",
        )
    try:
        with os.fdopen(os.dup(door), "wb") as file:
            file.write(jpeg)
            file.flush()
            os.fsync(door)
    except OSError as error:
        raise HubError("E-ORD-08", f"the picture cannot be written 画面无法写入文件: {error.strerror}") from None

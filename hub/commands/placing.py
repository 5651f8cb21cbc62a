"""Placing an order from the command line: how it goes is told on the way, and what became of it at the end."""

import msgspec
import typer

from hub.desks.ordering import Desk, OrderError, Wanted, check, within_s
from hub.listing import moment
from hub.store.audit import AuditLog
from hub.store.orders import Order


def carried_out(desk: Desk, wanted: Wanted, audit: AuditLog, *, as_json: bool) -> Order:
    """Place an order, tell how it goes, and return it once it was carried out.

    Raises OrderError when it was not.
    """
    order = desk.place(wanted, audit)
    remembered = desk.remembered([wanted.station]).get(wanted.station)
    known = None if remembered is None else remembered.known
    good_s = within_s(order)
    if not desk.hub_runs():
        told(f"no hub is running: waiting {good_s} s for one 中心没有运行，等待 {good_s} 秒")
    elif known is None or known.state != "online":
        word = "not seen yet 从未上线" if known is None else f"{known.state} since {moment(known.since_ms)}"
        told(f"{wanted.station} {word}; tried for {good_s} s 站点不在线，尝试 {good_s} 秒")

    def tell(latest: Order) -> None:
        if latest.outcome is None:
            word = "waits to be sent 等待发出" if latest.sent_ms is None else "sent, waiting 已发出，等待应答"
            told(f"{order.id} {word}")

    ended = desk.wait(order, tell)
    try:
        check(ended, hub_runs=desk.hub_runs())
    except OrderError:
        if as_json:
            print_order(ended, {}, as_json=True, text="")
        raise
    return ended


def told(text: str) -> None:
    """Tell somebody who waits, beside the answer."""
    typer.echo(text, err=True)


def print_order(order: Order, more: dict[str, object], *, as_json: bool, text: str) -> None:
    """Print what became of an order: as JSON with `more`, else `text`."""
    typer.echo(msgspec.json.encode(order._asdict() | more) if as_json else text)

"""What a line probed by hand came to, as lines for a terminal."""

from rich.cells import cell_len

from stamp.figures import Figures
from stamp.sender import Heard
from stamp.udp import FULL_TTL


def table(figures: Figures) -> str:
    """Return the figures for a terminal, one a line."""
    there, back = figures.sent - figures.reached, figures.reached - figures.received
    rtts = (figures.rtt_min_ms, figures.rtt_p50_ms, figures.rtt_p95_ms, figures.rtt_max_ms)
    rows = [
        ("已发 sent", f"{figures.sent}"),
        ("去程丢失 lost there", _share(there, figures.loss_there)),
        ("回程丢失 lost back", _share(back, figures.loss_back)),
        ("往返 RTT min / median / p95 / max", " / ".join(map(_ms, rtts)) + " ms"),
        ("抖动 jitter", f"{_ms(figures.jitter_ms)} ms"),
        ("重复 duplicates", f"{figures.duplicated}"),
        ("乱序 reordered", f"{figures.reordered}"),
    ]
    if figures.received == 0:
        rows = [*rows[:1], ("无应答 no answer", f"{figures.sent}")]
    wide = max(cell_len(head) for head, _ in rows)
    return "\n".join(f"{head}{' ' * (wide - cell_len(head))}  {value}" for head, value in rows)


def line(heard: Heard) -> str:
    """Return one reply for a terminal."""
    rtt = "时钟变动 clock set" if heard.rtt_ms is None else f"{heard.rtt_ms:.3f} ms"
    hops = f"  经 {FULL_TTL - heard.ttl} 跳 hops" if heard.ttl < FULL_TTL else ""
    return f"seq={heard.sequence}  {rtt}{hops}{'  重复 again' if heard.again else ''}"


def _share(lost: int, share: float | None) -> str:
    return f"{lost}" if share is None else f"{lost} ({share * 100:.2f} %)"


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"

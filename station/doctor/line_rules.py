"""What is judged of broker, hub and line (pure)."""

from typing import Final, Literal, NamedTuple

from stamp.figures import Figures
from station.doctor import codes
from station.doctor.codes import fine, wrong
from wire.acceptance import Finding

LOSS_WARN, LOSS_BAD = 0.01, 0.05
"""Of either way. ITU-T G.1070 at 500 kbit/s, 15 fps: 1 % costs 0.4 of 3.5, 5 % one point and more (`link.md`)."""
JITTER_WARN_MS, JITTER_BAD_MS = 30.0, 100.0
RTT_WARN_MS, RTT_BAD_MS = 300.0, 800.0
"""Of the 95th percentile: a conversation needs 300 ms there and back (ITU-T G.114: 150 ms one way)."""
RECEIPT_SLOW_MS: Final = 5_000
FEW: Final = 50
"""With fewer probes a share of loss says little."""

Broker = Literal["connected", "refused", "unreachable", "not tried"]


class HubSeen(NamedTuple):
    """What the hub answered by HTTP, and when it had stored what the doctor gave the agent to send."""

    url: str | None
    status: int | None = None
    """Of /healthz; None when nothing answered."""
    answer_ms: float | None = None
    receipt_ms: float | None = None
    asked: bool = False
    """Whether a record was given to a running agent."""


def broker(state: Broker, why: str = "", connect_ms: float | None = None, *, by_agent: bool = False) -> Finding:
    """Judge the way to the broker with the station's own certificate."""
    if state == "connected":
        if by_agent:
            return fine(
                "broker", "后台服务已连上县中心消息服务", "the agent is connected to the broker and sees the hub"
            )
        ms = connect_ms or 0.0
        return fine(
            "broker",
            f"以本站证书连上消息服务（{ms:.0f} 毫秒）",
            f"connected with its own certificate ({ms:.0f} ms)",
            figures={"connect_ms": round(ms, 1)},
        )
    if state == "not tried":
        return wrong("broker", "skipped", codes.NO_BROKER, "未试连消息服务", "the broker was not tried")
    if state == "refused":
        return wrong(
            "broker", "bad", codes.NO_BROKER, f"消息服务拒绝本站：{why}", f"the broker refuses this station: {why}"
        )
    return wrong("broker", "bad", codes.NO_BROKER, f"连不上消息服务：{why}", f"the broker cannot be reached: {why}")


def hub(seen: HubSeen) -> list[Finding]:
    """Judge the round trip: what proves it is the receipt, sent after the hub's commit."""
    found = [] if seen.url is None else [_http(seen)]
    if not seen.asked:
        what = "后台服务未运行，未试往返", "the agent does not run: the round trip was not tried"
        return [*found, wrong("hub", "skipped", codes.NO_RECEIPT, *what, subject="receipt")]
    if seen.receipt_ms is None:
        what = "县中心没有回执", "the hub sent no receipt"
        return [*found, wrong("hub", "bad", codes.NO_RECEIPT, *what, subject="receipt")]
    said, figures = f"{seen.receipt_ms / 1000:.1f} s", {"receipt_ms": float(round(seen.receipt_ms))}
    if seen.receipt_ms > RECEIPT_SLOW_MS:
        what = f"回执过慢：{said}", f"the receipt is slow: {said}"
        return [*found, wrong("hub", "warn", codes.NO_RECEIPT, *what, subject="receipt", figures=figures)]
    return [
        *found,
        fine(
            "hub",
            f"县中心已存盘并回执（{said}）",
            f"the hub stored a record and said so ({said})",
            subject="receipt",
            figures=figures,
        ),
    ]


def _http(seen: HubSeen) -> Finding:
    if seen.status is None:
        what = f"县中心网页无应答：{seen.url}", f"the hub does not answer by HTTP: {seen.url}"
        return wrong("hub", "bad", codes.NO_HUB, *what, subject="http")
    figures = {"answer_ms": round(seen.answer_ms or 0.0, 1)}
    if seen.status != 200:
        what = f"县中心自报异常（{seen.status}）", f"the hub says that it is not well ({seen.status})"
        return wrong("hub", "warn", codes.NO_HUB, *what, subject="http", figures=figures)
    return fine("hub", "县中心网页正常", "the hub answers by HTTP", subject="http", figures=figures)


def line(figures: Figures | None, why_zh: str = "", why_en: str = "", *, early: bool = False) -> Finding:
    """Judge the line to the county's reflector; None when it could not be probed, and why."""
    if figures is None:
        return wrong(
            "line", "skipped", codes.LINE_SILENT, f"未测线路：{why_zh}", f"the line was not measured: {why_en}"
        )
    if figures.received == 0:
        what = "线路探测无应答", "no probe of the line was answered"
        return wrong("line", "bad", codes.LINE_SILENT, *what, figures={"sent": float(figures.sent)})
    there, back = figures.loss_there or 0.0, figures.loss_back or 0.0
    rtt, jitter = figures.rtt_p95_ms or 0.0, figures.jitter_ms or 0.0
    seconds = figures.lasted_ms / 1000
    measured = {
        "seconds": round(seconds, 1),
        "sent": float(figures.sent),
        "loss_there": round(there, 4),
        "loss_back": round(back, 4),
        "rtt_p50_ms": round(figures.rtt_p50_ms or 0.0, 1),
        "rtt_p95_ms": round(rtt, 1),
        "jitter_ms": round(jitter, 1),
    }
    zh = f"丢包 去 {there:.1%} 回 {back:.1%}，往返 {rtt:.0f} 毫秒，抖动 {jitter:.0f} 毫秒（{seconds:.0f} 秒）"
    en = f"loss {there:.1%} there, {back:.1%} back, round trip {rtt:.0f} ms, jitter {jitter:.0f} ms ({seconds:.0f} s)"
    loss = round(max(there, back), 6)  # a share of whole packets: 1 - 0.99 is a little more than 0.01
    if loss > LOSS_BAD or jitter > JITTER_BAD_MS or rtt > RTT_BAD_MS:
        return wrong("line", "bad", codes.LINE_BAD, f"线路差：{zh}", f"a bad line: {en}", figures=measured)
    if loss > LOSS_WARN or jitter > JITTER_WARN_MS or rtt > RTT_WARN_MS:
        return wrong("line", "warn", codes.LINE_BAD, f"线路欠佳：{zh}", f"a poor line: {en}", figures=measured)
    if early or figures.sent < FEW:
        return wrong(
            "line",
            "skipped",
            codes.LINE_SILENT,
            f"线路只测了片刻：{zh}",
            f"measured for a moment only: {en}",
            figures=measured,
        )
    return fine("line", f"线路良好：{zh}", f"a good line: {en}", figures=measured)

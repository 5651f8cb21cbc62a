"""限期整改通知书: a village is told what to put right by when; it answers; somebody looks again (pure)."""

from typing import Final, Literal

from hub.errors import HubError

State = Literal["open", "answered", "closed", "withdrawn"]
Act = Literal["answer", "send_back", "close", "withdraw", "remark"]
WAYS: Final[dict[State, dict[Act, State]]] = {
    "open": {"answer": "answered", "withdraw": "withdrawn", "remark": "open"},
    "answered": {"close": "closed", "send_back": "open", "withdraw": "withdrawn", "remark": "answered"},
    "closed": {},
    "withdrawn": {},
}
"""下达 → 整改完成待复查 → 复查销号; 复查不合格 sends it back with another deadline; a mistake is withdrawn."""


class RectifyError(HubError):
    """A step that this notice does not take now."""


def after(state: State, act: str) -> State:
    """Return what a notice is after an act. Raises RectifyError E-DOC-09 when it cannot follow."""
    for known, became in WAYS[state].items():
        if known == act:
            return became
    raise RectifyError("E-DOC-09", f"a notice that is {state} cannot take this step 通知书当前状态不能这样处理")


def overdue_days(state: State, deadline_day: int, today: int) -> int:
    """Return for how many days an open notice is past its deadline."""
    return max(0, today - deadline_day) if state == "open" else 0

"""What a warning says, in English: its sentence is stored in Chinese, as it goes into the bulletins (pure)."""

import re
from typing import Final

_SENTENCES: Final = (
    (
        r"近7天.+?([0-9]+)件，前([0-9]+)周平均每周([0-9.]+)件；按以往水平，一周内达到这个数的可能性(?:约([0-9.e+-]+%)|不足百万分之一)。",
        "{0} in the last 7 days, {2} a week on average of the {1} weeks before; chance of so many as usual: {3}.",
    ),
    (
        r"近7天在线率([0-9.]+%)（有据时间占([0-9]+%)），离线([0-9]+)次，累计([0-9.]+)小时；预警线95%。",
        "Online {0} of the last 7 days ({1} of the time is known), {2} outages, {3} h in all; the limit is 95%.",
    ),
    (
        r"近7天应答复([0-9]+)件，按时([0-9]+)件，及时率([0-9.]+%)；预警线85%。",
        "{0} answers were due in the last 7 days, {1} came in time, {2}; the limit is 85%.",
    ),
    (
        r"近28天评价([0-9]+)件，满意率([0-9.]+%)；此前84天([0-9]+)件，满意率([0-9.]+%)，下降(-?[0-9.]+)个百分点。",
        "{0} grades in 28 days, {1} satisfied; {2} in the 84 days before, {3}; {4} percentage points less.",
    ),
)
_RAREST: Final = "under one in a million"


def in_english(figures: str) -> str | None:
    """Return the sentence of a warning in English; None of one that is written otherwise."""
    for chinese, english in _SENTENCES:
        if found := re.fullmatch(chinese, figures):
            return english.format(*(one or _RAREST for one in found.groups()))
    return None

"""Who is told what of an incident, by which port, and why or why not (pure).

A person can live with few alarms (ISA-18.2, IEC 62682): at most ten letters reach one mailbox in any ten minutes. What
matters most may use most of them, one is kept for the digest, and the digest counts all that found no room. Programs
are told everything: they do not tire.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from hub.incidents.duty import Duty, Roster, areas_of
from hub.incidents.incident import Incident, Step

PERIOD_MS: Final = 600_000
MOST_IN_PERIOD: Final = 10
DIGESTS_IN_PERIOD: Final = 1
REACH: Final[Mapping[int, int]] = {1: MOST_IN_PERIOD - DIGESTS_IN_PERIOD, 2: 7, 3: 0}
"""By priority: how many alerts a mailbox may have had in the last ten minutes for one more to go at once."""
REACH_OF_DUTY: Final = 7
"""The same for what waits for a person (escalated, supervised), whatever its priority."""
REACH_OF_GOOD_NEWS: Final = 5
OVERFLOW_WAITS_MS: Final = 60_000
"""How long what was to go at once and found no room gathers company for a digest."""
MINOR_WAITS_MS: Final = 600_000

ONSETS: Final[frozenset[Step]] = frozenset({"opened", "grew", "returned"})
"""It became bad, or worse: of no interest any more once it is well again."""
BEGINNINGS: Final[frozenset[Step]] = ONSETS | {"reopened", "expired", "escalated", "supervised"}
"""Somebody has to act: told to those on duty, unless suppressed."""
DUTIES: Final[frozenset[Step]] = frozenset({"escalated", "supervised"})
ENDINGS: Final[frozenset[Step]] = frozenset({"recovered", "absorbed"})
"""Told to those who were told that it began; never suppressed."""
PROGRESS: Final[frozenset[Step]] = frozenset({"acknowledged", "dispatched", "resolved", "closed", "undone"})
"""For programs that know of the incident."""

How = Literal["now", "collect", "hold", "not"]
"""now: a letter of its own; collect: counted in the next digest; hold: looked at again while it lasts; not: nobody."""
Reason = Literal[
    "at_once", "minor", "over_budget", "good_news", "suppressed", "nobody_on_duty", "no_address", "no_port", "not_told"
]
REASONS: Final[dict[str, tuple[str, str]]] = {
    "at_once": ("立即", "at once"),
    "minor": ("一般级别，进汇总", "minor: in a digest"),
    "over_budget": ("10 分钟内已满 10 条，进汇总", "ten in ten minutes: in a digest"),
    "good_news": ("恢复消息，进汇总", "good news: in a digest"),
    "suppressed": ("计划时段内不告警", "planned time: nobody is told"),
    "nobody_on_duty": ("无人值班", "nobody is on duty"),
    "no_address": ("值班人员无邮箱", "who is on duty has no address"),
    "no_port": ("未设置告警渠道", "no mail server is set"),
    "not_told": ("未曾告知开始", "nobody was told that it began"),
    "digest": ("汇总", "digest"),
    "test": ("测试", "test"),
}
"""Chinese and English of each reason, and of what is queued without one."""


class Decision(NamedTuple):
    """One recipient, or with port `none` nobody, and why."""

    port: Literal["mail", "webhook", "none"]
    recipient: str
    how: How
    reason: Reason


class Audience(NamedTuple):
    """Who could be told of one event."""

    mailboxes: Sequence[str]
    """Of those whom it concerns now; each once."""
    programs: Sequence[str]
    knows: Mapping[tuple[str, str], bool]
    """Port and recipient of all who were to be told that it began: True once they were, False while a digest waits."""
    why_nobody: Reason = "nobody_on_duty"
    """Why there are no mailboxes, where there are none."""


class Collected(NamedTuple):
    """One event that waits for a mailbox's digest."""

    id: int
    event: str
    reason: str
    incident: str
    kind: str
    where: str
    """Town, or the county for what is all of it."""
    made_ms: int


class Budget:
    """What each mailbox had in the last ten minutes, and what is on its way to it.

    A letter counts from when it is queued until ten minutes after it was sent or given up. So at the moment the last
    of eleven was queued, ten others counted; it would not have been. That holds for when they arrive too, however
    long the mail server was away.
    """

    def __init__(self, spent: Iterable[tuple[str, bool]] = ()) -> None:
        """Take the mailbox of every letter that counts, and whether it is a digest."""
        self._alerts: Counter[str] = Counter()
        self._digests: Counter[str] = Counter()
        for mailbox, is_digest in spent:
            self.spend(mailbox, is_digest=is_digest)

    def has_room(self, mailbox: str, reach: int) -> bool:
        """Say whether an alert of this reach may go."""
        return self._alerts[mailbox] < min(reach, MOST_IN_PERIOD - DIGESTS_IN_PERIOD)

    def has_room_for_digest(self, mailbox: str) -> bool:
        """Say whether a digest may go."""
        return self._digests[mailbox] < DIGESTS_IN_PERIOD

    def spend(self, mailbox: str, *, is_digest: bool = False) -> None:
        """Count one more."""
        (self._digests if is_digest else self._alerts)[mailbox] += 1


def mailboxes(event: Step, incident: Incident, roster: Roster, at_ms: int) -> tuple[list[str], Reason]:
    """Return the mailboxes of those whom something to be done concerns now, and why there are none if so.

    Overdue concerns the area's leader too. Whoever stands on the roster with several addresses has the first of them.
    """
    areas = areas_of(incident)
    concerned: tuple[Duty, ...] = roster.told(areas, incident.level, at_ms)
    if event == "supervised":
        concerned = (*roster.leaders(areas, at_ms), *concerned)
    address = addresses_of(roster)
    found = list(dict.fromkeys(address[duty.who] for duty in concerned if duty.who in address))
    return found, "no_address" if concerned else "nobody_on_duty"


def addresses_of(roster: Roster) -> dict[str, str]:
    """Return the mailbox of everybody on the roster who has one: of several the first."""
    address: dict[str, str] = {}
    for duty in roster.duties:
        if duty.mail:
            address.setdefault(duty.who, duty.mail)
    return address


def is_moot(event: Step, incident: Incident) -> bool:
    """Say whether what begins with this event needs nobody any more, as the incident stands now."""
    return incident.state in {"resolved", "closed"} or (event in ONSETS and incident.recovered_ms is not None)


def decide(
    event: Step, priority: int, audience: Audience, budget: Budget, *, suppressed: bool = False
) -> list[Decision]:
    """Return who is told of one event of an incident of this priority; takes what that uses from the budget.

    Empty for what nobody needs to be told.
    """
    if event in BEGINNINGS:
        if suppressed:
            return [Decision("none", "", "hold", "suppressed")]
        told = [Decision("webhook", name, "now", "at_once") for name in audience.programs]
        reach = max(REACH.get(priority, 0), REACH_OF_DUTY if event in DUTIES else 0)
        told += [_to_mailbox(mailbox, reach, budget, "minor", "over_budget") for mailbox in audience.mailboxes]
        if not audience.mailboxes:
            how: How = "hold" if audience.why_nobody == "nobody_on_duty" else "not"
            told.append(Decision("none", "", how, audience.why_nobody))
        return told
    known = [name for port, name in audience.knows if port == "webhook" and name in audience.programs]
    if event in ENDINGS:
        told = [Decision("webhook", name, "now", "at_once") for name in known]
        for (port, mailbox), was_told in audience.knows.items():
            if port == "mail":
                at_once = was_told and event == "recovered" and REACH.get(priority, 0) > 0
                told.append(
                    _to_mailbox(mailbox, REACH_OF_GOOD_NEWS if at_once else 0, budget, "good_news", "good_news")
                )
        return told or [Decision("none", "", "not", "not_told")]
    return [Decision("webhook", name, "now", "at_once") for name in known] if event in PROGRESS else []


def _to_mailbox(mailbox: str, reach: int, budget: Budget, minor: Reason, full: Reason) -> Decision:
    if reach == 0:
        return Decision("mail", mailbox, "collect", minor)
    if not budget.has_room(mailbox, reach):
        return Decision("mail", mailbox, "collect", full)
    budget.spend(mailbox)
    return Decision("mail", mailbox, "now", "at_once")


def digest_is_due(collected: Sequence[Collected], mailbox: str, budget: Budget, now_ms: int) -> bool:
    """Say whether what waits for this mailbox goes now, in one digest."""
    return budget.has_room_for_digest(mailbox) and any(
        now_ms - one.made_ms >= (OVERFLOW_WAITS_MS if one.reason == "over_budget" else MINOR_WAITS_MS)
        for one in collected
    )

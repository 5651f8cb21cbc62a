"""A roll-out at work: looks at its stations every few seconds, orders who is due, writes down what became of them."""

import logging
import secrets
from collections.abc import Mapping
from typing import Final

from hub.health.county import Member
from hub.rollout.waves import HOUR_MS, Decided, decide
from hub.store.engine import Database, writing
from hub.store.orders import ask
from hub.store.patience import Patience
from hub.store.rollouts import Rollout, RolloutsReader, keep, standing_of
from wire.orders import Command

logger = logging.getLogger(__name__)

LOOK_EVERY_MS: Final = 5_000
GOOD_FOR_MS: Final = HOUR_MS
"""An order that did not arrive within this is given again."""
UPDATE: Final = "update"


class Rolling:
    """Has a turn in each of the writer's rounds; a database that takes nothing stops nothing else."""

    def __init__(self, database: Database, members: Mapping[str, Member], ids: Mapping[str, int]) -> None:
        """Take where roll-outs stand, the stations and their keys."""
        self._database, self._members, self._ids = database, members, ids
        self._reader = RolloutsReader(database.reader)
        self._looked_ms = -LOOK_EVERY_MS
        self._patience = Patience(logger)

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Look at the roll-out that is on its way, if one is and the broker is there to order anything."""
        if 0 <= now_ms - self._looked_ms < LOOK_EVERY_MS:
            return
        self._looked_ms = now_ms
        with self._patience:
            one = self._reader.open_one()
            if one is not None:
                self._look(one, now_ms, connected=connected)

    def _look(self, one: Rollout, now_ms: int, *, connected: bool) -> None:
        standings = [
            standing_of(part, online=self._online(part.station), running=self._release(part.station), at_ms=now_ms)
            for part in self._reader.parts(one.id)
        ]
        paused_in = one.wave if one.state == "paused" else None
        decided = decide(one.plan, standings, now_ms, ahead=one.ahead, paused_in=paused_in)
        order = decided.order if connected else ()
        changed = (decided.wave, decided.state) != (one.wave, one.state)
        if not (order or decided.running or decided.outcomes or changed):
            return
        commands = {station: self._command(one, now_ms) for station in order}
        with writing(self._database) as connection:
            for station, command in commands.items():
                ask(connection, command, self._ids[station], one.made_by, now_ms)
            keep(connection, one, decided, {station: command.id for station, command in commands.items()}, now_ms)
        _tell(one, decided)

    def _command(self, one: Rollout, now_ms: int) -> Command:
        release = one.release
        arguments: dict[str, str | int | float | bool] = {
            "release": release.name, "sequence": release.sequence, "sha256": release.sha256, "bytes": release.size,
        }  # fmt: skip
        return Command(secrets.token_hex(8), UPDATE, now_ms + GOOD_FOR_MS, arguments, one.reason)

    def _online(self, station: str) -> bool:
        member = self._members.get(station)
        return member is not None and member.known.state == "online"

    def _release(self, station: str) -> int | None:
        member = self._members.get(station)
        if member is None or member.birth is None:
            return None
        return member.birth.release or 0


def _tell(one: Rollout, decided: Decided) -> None:
    for station, outcome, code in decided.outcomes:
        logger.info("release %s at %s: %s %s 升级结果", one.release.name, station, outcome, code)
    if decided.state != one.state:
        logger.warning("roll-out %d of %s: %s 升级批次状态变化", one.id, one.release.name, decided.state)

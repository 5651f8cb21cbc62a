"""A small drawn place, its good looks and what a doctor learnt of it: without files, codec or waiting."""

import functools
from collections.abc import Callable, Iterable

from station.vision import scenes
from station.vision.doctor import Doctor
from station.vision.features import Frame
from station.vision.kinds import Change

LOOKS_PER_S = 2
LEARN_S = 20.0
PLACE = scenes.draw("office", 7, 320, 180)


def at(look: int) -> float:
    """Uneven steps, as the worker's, so that no lamp keeps pace with them."""
    return look / LOOKS_PER_S + (0.0, 0.07, -0.05, 0.03)[look % 4]


@functools.cache
def good(look: int) -> Frame:
    return scenes.at(PLACE, at(look), people=1)


@functools.cache
def learnt() -> bytes:
    doctor = Doctor(learn_s=LEARN_S)
    assert told(doctor, range(int(LEARN_S + 3) * LOOKS_PER_S)) == []
    return doctor.background()


def told(doctor: Doctor, looks: Iterable[int], effect: Callable[[Frame, float], Frame] | None = None) -> list[Change]:
    """Show looks, with an effect that begins with the first of them."""
    changes: list[Change] = []
    begun_s = None
    for look in looks:
        begun_s = at(look) if begun_s is None else begun_s
        frame = good(look)
        changes += doctor.look(effect(frame, at(look) - begun_s) if effect else frame, at(look))
    return changes


def experienced() -> Doctor:
    """A doctor who knows the place and has seen 10 good seconds."""
    doctor = Doctor(learn_s=LEARN_S, background=learnt())
    assert told(doctor, range(60, 80)) == []
    return doctor

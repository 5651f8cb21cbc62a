"""How long each state may last without a touch (pure)."""

from typing import Final

from station.kiosk.state import Over, State, Step, card_trouble
from station.settings import KioskSettings

CARD_TROUBLE_S: Final = 12.0
"""How long a card that could not be read is spoken of."""

STEPS_S: Final[dict[Step, float | None]] = {
    Step.CLOSED: None,
    Step.VIDEO: None,
    Step.SAVING: 30.0,
    Step.SAVING_GRADE: 30.0,
    Step.ASKING: 12.0,
    Step.CHECKING_PIN: 20.0,
    Step.THANKS: 8.0,
    Step.REFUSED: 40.0,
}
"""Steps that last their own time. A disk silent for 30 s is called out; what it still writes is kept."""

COVERS_S: Final = {Over.EMERGENCY_ASKED: 15.0, Over.EMERGENCY: 120.0, Over.STAFF_CALLED: 30.0}


def time_limit_s(state: State, kiosk: KioskSettings) -> float | None:
    """Return how long this state may last without a touch before TIME_UP; None is for ever."""
    if state.over is not None:
        return COVERS_S.get(state.over, kiosk.idle_countdown_s)
    if state.step is Step.WAIT and card_trouble(state):
        return CARD_TROUBLE_S
    if state.step is Step.WAIT and (state.language, state.voice, state.large) == (
        state.home_language, state.home_voice, False,
    ):  # fmt: skip
        return None
    return STEPS_S.get(state.step, kiosk.idle_warning_s)

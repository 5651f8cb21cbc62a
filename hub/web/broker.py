"""Since when the hub sees its broker, or does not."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from hub.view import View


class BrokerState(NamedTuple):
    """Whether the hub itself can see."""

    connected: bool
    since_ms: int

    @property
    def word(self) -> Literal["connected", "away"]:
        """Return the word of the interface."""
        return "connected" if self.connected else "away"


class BrokerWatch:
    """Notes when the view's word on the broker changes."""

    def __init__(self, view: View, clock: Callable[[], int]) -> None:
        """Begin with what the view says now."""
        self._view, self._clock = view, clock
        self._state = BrokerState(view.broker_connected(), clock())
        view.listen(self._look)

    def state(self) -> BrokerState:
        """Return whether the broker is there, and since when."""
        self._look()
        return self._state

    def _look(self) -> None:
        connected = self._view.broker_connected()
        if connected != self._state.connected:
            self._state = BrokerState(connected, self._clock())

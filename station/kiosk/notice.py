"""What the surroundings tell, whatever the step (pure)."""

from station.devices.reader.port import Trouble
from station.kiosk.events import (
    CallSaved,
    CardLifted,
    CardRead,
    DayTold,
    DevicesTold,
    Event,
    LibraryTold,
    PrinterTold,
    ReaderTold,
    StoreTold,
)
from station.kiosk.state import State, card_trouble


def notice(state: State, event: Event) -> State:  # noqa: C901, PLR0911 - one case an event
    """Take it."""
    match event:
        case CardRead():
            return state._replace(card_there=True, trouble=None)
        case CardLifted():
            return state._replace(card_there=False, trouble=None if card_trouble(state) else state.trouble)
        case ReaderTold(trouble):
            lost = trouble is not None and trouble not in {Trouble.PLACE_AGAIN, Trouble.NOT_AN_ID_CARD}
            return state._replace(trouble=trouble, card_there=state.card_there and not lost)
        case StoreTold():
            return state._replace(
                store=event.store,
                receipted_to=event.receipted_to,
                urgent=event.urgent,
                waiting=event.waiting,
                hub_online=event.hub_online,
            )
        case LibraryTold(library):
            if library.texts == state.library.texts:
                return state._replace(library=library)
            # Other words were agreed to than those that stand there now.
            return state._replace(library=library, draft=state.draft._replace(consents=frozenset()))
        case DevicesTold():
            return state._replace(devices=event)
        case CallSaved(call, seq) if call == state.call:
            return state._replace(call_seq=seq)
        case CallSaved(call, seq) if call == state.staff_call:
            return state._replace(staff_seq=seq)
        case PrinterTold(visit, sheet, printed) if (visit, sheet) == (state.draft.visit, state.draft.sheet):
            return state._replace(draft=state.draft._replace(printed=printed))
        case DayTold(today):
            return state._replace(today=today)
    return state

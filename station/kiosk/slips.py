"""What a villager takes along: the receipt and the filled-in document, on paper or as a code (pure)."""

from station.kiosk.labels import SERVICES
from station.kiosk.ports.printer import Sheet
from station.kiosk.qr import receipt_text
from station.kiosk.state import Draft
from station.kiosk.texts import Texts


def receipt_sheet(draft: Draft, station: str, village: str, say: Texts) -> Sheet:
    """Return the receipt of a saved visit."""
    service = say(SERVICES[draft.service]) if draft.service is not None else ""
    lines = (say("slip.number", number=draft.number), say("slip.service", service=service), say("slip.keep"))
    return Sheet(say("slip.title", village=village), lines, say("slip.footer"), receipt_text(station, draft.number))


def document_sheet(title: str, text: str, say: Texts) -> Sheet:
    """Return a filled-in document; it is the villager's own, and the county has no copy."""
    return Sheet(title, tuple(text.split("\n")), say("slip.document_footer"))

"""Which screen shows which step."""

from typing import Final

from station.kiosk.screens.advice import AdviceScreen, HotlineScreen, PapersScreen, VideoScreen
from station.kiosk.screens.base import KioskScreen
from station.kiosk.screens.cases import AskingScreen, CaseScreen, CasesScreen
from station.kiosk.screens.codes import FilledQrScreen, ReceiptQrScreen
from station.kiosk.screens.confirm import ConfirmScreen
from station.kiosk.screens.entry import EntryScreen
from station.kiosk.screens.filled import FilledScreen
from station.kiosk.screens.guardian import GuardianScreen
from station.kiosk.screens.identity import IdentityScreen
from station.kiosk.screens.name_needed import CardNeededScreen, NameNeededScreen
from station.kiosk.screens.notice import NoticeScreen
from station.kiosk.screens.people import PeopleScreen, PersonScreen
from station.kiosk.screens.rating import RatingScreen, SavingGradeScreen
from station.kiosk.screens.refused import ClosedScreen, RefusedScreen
from station.kiosk.screens.saved import SavedScreen
from station.kiosk.screens.saving import CheckingPinScreen, SavingScreen
from station.kiosk.screens.service_card import ServiceCardScreen
from station.kiosk.screens.services import OtherServicesScreen, ServicesScreen
from station.kiosk.screens.shelf import ArticleScreen, ListScreen
from station.kiosk.screens.staff import StaffScreen
from station.kiosk.screens.thanks import ThanksScreen
from station.kiosk.screens.wait import WaitScreen
from station.kiosk.state import Step

SCREENS: Final[dict[Step, type[KioskScreen]]] = {
    Step.WAIT: WaitScreen,
    Step.IDENTITY: IdentityScreen,
    Step.NUMBER: EntryScreen,
    Step.NAME: EntryScreen,
    Step.SERVICE_CARD: ServiceCardScreen,
    Step.NOTICE: NoticeScreen,
    Step.GUARDIAN: GuardianScreen,
    Step.GUARDIAN_NUMBER: EntryScreen,
    Step.GUARDIAN_NAME: EntryScreen,
    Step.NAME_NEEDED: NameNeededScreen,
    Step.CARD_NEEDED: CardNeededScreen,
    Step.QUESTION: EntryScreen,
    Step.CONFIRM: ConfirmScreen,
    Step.SAVING: SavingScreen,
    Step.RATE_NUMBER: EntryScreen,
    Step.PIN: EntryScreen,
    Step.CHECKING_PIN: CheckingPinScreen,
    Step.SERVICES: ServicesScreen,
    Step.OTHER_SERVICES: OtherServicesScreen,
    Step.ADVICE: AdviceScreen,
    Step.HOTLINE: HotlineScreen,
    Step.VIDEO: VideoScreen,
    Step.PAPERS: PapersScreen,
    Step.PEOPLE: PeopleScreen,
    Step.PERSON: PersonScreen,
    Step.TEMPLATES: ListScreen,
    Step.LEARNING: ListScreen,
    Step.NOTARY: ListScreen,
    Step.FORENSIC: ListScreen,
    Step.DISCLOSURE: ListScreen,
    Step.NOTICES: ListScreen,
    Step.ARTICLE: ArticleScreen,
    Step.FILLED: FilledScreen,
    Step.FILLED_QR: FilledQrScreen,
    Step.SAVED: SavedScreen,
    Step.RECEIPT_QR: ReceiptQrScreen,
    Step.ASKING: AskingScreen,
    Step.CASES: CasesScreen,
    Step.CASE: CaseScreen,
    Step.RATING: RatingScreen,
    Step.SAVING_GRADE: SavingGradeScreen,
    Step.THANKS: ThanksScreen,
    Step.REFUSED: RefusedScreen,
    Step.CLOSED: ClosedScreen,
    Step.STAFF: StaffScreen,
}

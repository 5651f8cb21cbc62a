"""找人: who serves the village, when, and where."""

from collections.abc import Iterator
from typing import Final

from textual.widget import Widget

from station.kiosk import content
from station.kiosk.events import Pick
from station.kiosk.labels import ROLES, WEEKDAYS
from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.big_number import BigNumber
from station.kiosk.widgets.frame import words
from station.kiosk.widgets.paged_list import Entry, PagedList
from station.kiosk.widgets.paged_text import PagedText
from wire.content import Duty, Person

HERE_SIGN: Final = "(+)"


class PeopleScreen(KioskScreen):
    """Who is there now comes first."""

    def body(self) -> Iterator[Widget]:
        """Show everybody, or that the county has not sent them."""
        say = self.scene.say
        yield words(say("people.title"), classes="title")
        yield words(say("list.empty"), id="empty")
        yield PagedList(say, self._entries())

    def live(self) -> None:
        """Say who is there now: that changes with the hour."""
        entries = self._entries()
        self.query_one(PagedList).show(entries)
        self.query_one("#empty").display = not entries
        self.query_one(PagedList).display = bool(entries)

    def _entries(self) -> list[Entry]:
        roster = self.scene.state.library.roster
        if roster is None:
            return []
        places = {id(person): place for place, person in enumerate(roster.people)}
        shown = content.people(roster, self.scene.now)
        return [Entry(person.name, self._note(person), Pick(places[id(person)])) for person in shown]

    def _note(self, person: Person) -> str:
        say, now = self.scene.say, self.scene.now
        role = say(ROLES[person.role])
        if now is None:
            return role
        if content.on_duty(person, now):
            return f"{HERE_SIGN} {say('people.here')} {role}"
        later = [duty for duty in content.today(person, now) if duty.begins > now.strftime("%H:%M")]
        return f"{role} {say('people.today', begins=later[0].begins)}" if later else role


class PersonScreen(KioskScreen):
    """One of them: telephone, place, and the week."""

    def body(self) -> Iterator[Widget]:
        """Show the person as the list had them."""
        say, person = self.scene.say, self.scene.state.draft.opened
        if not isinstance(person, Person):
            yield words(say("person.gone"), classes="title")
            return
        yield words(say(ROLES[person.role]), classes="title")
        if person.phone:
            yield BigNumber(person.phone)
        yield PagedText(say, "\n".join(self._lines(person)))

    def _lines(self, person: Person) -> Iterator[str]:
        say, now, language = self.scene.say, self.scene.now, self.scene.state.language
        here = now is not None and content.on_duty(person, now)
        yield f"{person.name} {HERE_SIGN} {say('people.here')}" if here else person.name
        if person.phone:
            yield say("person.phone", phone=person.phone)
        if person.office is not None:
            yield content.words(person.office, language)
        if person.place is not None:
            yield say("person.place", place=content.words(person.place, language))
        if person.duties:
            yield say("person.week")
            for duty in sorted(person.duties, key=_order):
                yield say("person.duty", day=say(WEEKDAYS[duty.weekday]), begins=duty.begins, ends=duty.ends)
        else:
            yield say("person.no_week")


def _order(duty: Duty) -> tuple[int, str]:
    return duty.weekday, duty.begins

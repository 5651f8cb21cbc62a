"""法律咨询 in its three ways, and what to bring for legal aid."""

from collections.abc import Iterator

from textual.containers import Horizontal
from textual.widget import Widget

from station.kiosk.content import words as in_language
from station.kiosk.events import Signal
from station.kiosk.guards import has_video
from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.big_number import BigNumber
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words
from station.kiosk.widgets.moving import Moving
from station.kiosk.widgets.paged_text import PagedText


class AdviceScreen(KioskScreen):
    """In writing, by telephone, or face to face."""

    def body(self) -> Iterator[Widget]:
        """Show the ways there are."""
        say = self.scene.say
        yield words(say("advice.title"), classes="title")
        yield Horizontal(
            Choice("1", say("advice.message"), Signal.MESSAGE, note=say("advice.message.note"), classes="primary"),
            Choice("2", say("advice.hotline"), Signal.HOTLINE, note=say("advice.hotline.note")),
            Choice("3", say("advice.video"), Signal.VIDEO, note=say("advice.video.note"), id="video"),
            id="ways",
        )
        yield words("", id="hours")

    def live(self) -> None:
        """Offer video while county and machine can."""
        state, say = self.scene.state, self.scene.say
        offered = has_video(state, Signal.VIDEO)
        self.query_one("#video").display = offered
        hours = state.library.hotline.video_hours if offered and state.library.hotline is not None else None
        self.set_words("#hours", say("advice.hours", hours=in_language(hours, state.language)) if hours else "")


class HotlineScreen(KioskScreen):
    """The number, large enough to read from the telephone, and when somebody answers."""

    def body(self) -> Iterator[Widget]:
        """Show number and hours."""
        say, state = self.scene.say, self.scene.state
        hotline = state.library.hotline
        number = say("hotline.number") if hotline is None else hotline.number
        hours = say("hotline.hours") if hotline is None else in_language(hotline.hours, state.language)
        yield words(say("hotline.title", number=number), classes="title")
        yield BigNumber(number)
        yield PagedText(say, f"{hours}\n{say('hotline.free')}")


class VideoScreen(KioskScreen):
    """Beside the call, which has a window of its own."""

    def body(self) -> Iterator[Widget]:
        """Say that it is being called, and how it ends."""
        say = self.scene.say
        yield words(say("video.title"), classes="title")
        yield Moving()
        yield words(say("video.text"), id="text")


class PapersScreen(KioskScreen):
    """What to bring for legal aid, and where; the form comes next."""

    def body(self) -> Iterator[Widget]:
        """Show the list and the way on."""
        say = self.scene.say
        yield words(say("papers.title"), classes="title")
        on = Choice("1", say("papers.next"), Signal.NEXT, note=say("papers.next.note"), classes="primary")
        yield PagedText(say, self._text(), on)

    def _text(self) -> str:
        say, state = self.scene.say, self.scene.state
        papers = state.library.papers
        if papers is None:
            return say("papers.default")
        lines = [f"{place}. {in_language(one, state.language)}" for place, one in enumerate(papers.bring, 1)]
        lines.append(say("papers.place", place=in_language(papers.place, state.language)))
        if papers.phone:
            lines.append(say("papers.phone", phone=papers.phone))
        if papers.hours is not None:
            lines.append(say("papers.hours", hours=in_language(papers.hours, state.language)))
        return "\n".join(lines)

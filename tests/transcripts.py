"""Plays one month of the sample town on the hand-set clock, and prints what a village, a leader and a clerk heard.

Run by hand: ``python -m tests.transcripts`` prints the three transcripts and the counts. What somebody is told without
having asked is counted apart from the answers to what they said themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.delivery.village_news import queue_village_news
from bot.services.app import OfficeApp, create_office
from bot.services.bulletins import bulletin_case
from config.clock import OFFICE_ZONE
from scheduler.delivery.channel import Message, SendResult
from scheduler.sweep.sweep import sweep, sweep_due
from scheduler.worklist.pending import WaitKind, pending_actions
from storage.events.case import Case
from storage.events.delegations import Absences
from storage.events.manifest import Manifest
from tests.bot.speaker import Room, Speaker
from tests.town import case_by_number, open_town, record

FIRST, LAST = date(2026, 11, 1), date(2026, 12, 3)
VILLAGE, LEADER, CLERK = "jia_reporter", "deputy_mayor", "clerk"
ITEM = "甲村清理水渠两公里\n11月3日，甲村组织村民清理北干渠，清淤两公里，方便冬灌。"
AGAIN = "甲村清理水渠两公里\n11月3日上午，甲村组织村民40人清理北干渠，清淤两公里，方便冬灌。"
SECOND = "甲村开展防火巡查\n11月18日，甲村党员和志愿者20人巡查山林，清理可燃物两处。"


@dataclass(frozen=True, slots=True)
class Line:
    """One message: when, of whom, in which direction, and whether nobody asked for it."""

    at: str
    person: str
    text: str
    heard: bool
    unasked: bool = False


@dataclass
class Listener(Room):
    """A room that keeps everything that was said to anybody."""

    lines: list[Line] = field(default_factory=list)
    delivering: bool = False
    speaking: str = ""

    def _keep(self, address: str, message_id: str, message: Message) -> SendResult:
        sent = super()._keep(address, message_id, message)
        self.note(address.removeprefix("at "), message.text, heard=True)
        return sent

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        """Change a message in place: an answer to whoever pressed it; anybody else is not called."""
        kept = len(self.lines)
        sent = super().edit(address, message_id, message)
        if address != f"at {self.speaking}":
            del self.lines[kept:]
        return sent

    def note(self, person: str, text: str, *, heard: bool) -> None:
        at = self.app.clock.now().astimezone(OFFICE_ZONE)
        if heard and self.lines and (self.lines[-1].person, self.lines[-1].text) == (person, text):
            return  # the same message, changed once more
        self.lines.append(Line(f"{at:%m-%d %H:%M}", person, text, heard, unasked=self.delivering))

    def told(self) -> None:
        """Whatever is to be said by itself now."""
        self.delivering, self.speaking = True, ""
        self.deliver()
        self.delivering = False


@dataclass
class Month:
    """The month as it is played."""

    app: OfficeApp
    room: Listener
    people: dict[str, Speaker]
    item: int = 0
    text: int = 0
    bulletin: int = 0

    def says(self, who: str, text: str) -> str:
        """Let somebody write a message, and note it with its answer."""
        self.app.clock.move(timedelta(minutes=5))
        self.room.speaking = who
        self.room.note(who, text, heard=False)
        return self.people[who].says(text)

    def presses(self, who: str, label: str) -> str:
        """Let somebody press a button of their last answer."""
        self.app.clock.move(timedelta(minutes=1))
        self.room.speaking = who
        self.room.note(who, f"［{label}］", heard=False)
        person = self.people[who]
        assert label in person.labels(), (label, person.reply)
        return person.presses(label)


def play(home: Path) -> list[Line]:
    """Play the month; return everything that was said."""
    app = open_town(home, FIRST)
    room = Listener(app)
    people = {person.id: room.person(person.id) for person in app.office.people}
    month = Month(app, room, people)
    day = FIRST
    while day <= LAST:
        app.clock.set_day(day, 8, 31)
        sweep(app.recorder, app.schemes())
        queue_village_news(app)
        room.told()
        app.clock.set_day(day, 9, 30)
        for act in STORY.get(day, ()):
            act(month)
        app.clock.set_day(day, 16)
        sweep_due(app.recorder)
        queue_village_news(app)
        app.clock.move(timedelta(minutes=5))
        room.told()
        day += timedelta(days=1)
    return room.lines


def hand_in(month: Month) -> None:
    """The village sends its first item."""
    month.says(VILLAGE, ITEM)
    month.presses(VILLAGE, "报送")
    month.item = _newest(month.app, "village_item")


def send_back(month: Month) -> None:
    """The clerk sends it back with a reason."""
    month.says(CLERK, str(month.item))
    month.says(CLERK, f"退回 {month.item} 缺人数和时间")
    month.presses(CLERK, "确认")


def hand_in_again(month: Month) -> None:
    """The village sends it anew."""
    month.says(VILLAGE, f"报送 {month.item}")
    month.says(VILLAGE, AGAIN)
    month.presses(VILLAGE, "报送")


def lay_down(month: Month) -> None:
    """The clerk receives it, and lays a text before its reviewers."""
    record(month.app, lambda uow: uow.cases.close(month.item, "received", month.app.today))
    facts = {
        "title": "甲村清理水渠两公里",
        "origin": "jia",
        "disclosure": "proactive",
        "made_on": f"{month.app.today}",
    }
    month.text = record(month.app, lambda uow: uow.cases.open("publication", "P1", month.app.today, facts))
    taken = {"publication": "P1"}
    record(month.app, lambda uow: uow.cases.step(month.item, "taken_up", month.app.today, taken))
    text = Manifest(
        title=facts["title"],
        text=AGAIN,
        origin="jia",
        disclosure="proactive",
        made_on=facts["made_on"],
        decision="published",
    )
    record(month.app, lambda uow: uow.signoff.draft(month.text, "clerk", text))


def sign(month: Month) -> None:
    """Whoever has the text before them signs it, once they have seen it."""
    _sign_next(month, month.text)


def sign_bulletin(month: Month) -> None:
    """Whoever has the bulletin before them signs it."""
    _sign_next(month, month.bulletin)


def _sign_next(month: Month, number: int) -> None:
    app, case = month.app, case_by_number(month.app, number)
    duty = app.duties[case.opening.kind]
    waits = pending_actions(case, duty, app.office, app.known_calendar(), Absences())
    for who in [wait.who[0] for wait in waits if wait.what is WaitKind.SIGN]:
        month.says(who, str(number))
        month.presses(who, "同意")


def publish(month: Month) -> None:
    """The clerk puts it on the website."""
    month.says(CLERK, f"发布 {month.text} https://www.zhaoduba.example/1.html")
    month.presses(CLERK, "确认")
    level = {"level": "town", "address": "https://www.zhaoduba.example/1.html"}
    record(month.app, lambda uow: uow.cases.step(month.item, "adopted", month.app.today, level))


def hand_in_second(month: Month) -> None:
    """The village asks how it stands, and sends the second item."""
    month.says(VILLAGE, "还差几条")
    month.says(VILLAGE, SECOND)
    month.presses(VILLAGE, "报送")


def receive_second(month: Month) -> None:
    """The clerk receives the second item."""
    number = _newest(month.app, "village_item")
    record(month.app, lambda uow: uow.cases.close(number, "received", month.app.today))


def ask_who_is_missing(month: Month) -> None:
    """The clerk asks who has not reported."""
    month.says(CLERK, "谁还没报")


def lay_bulletin(month: Month) -> None:
    """The month's bulletin is written."""
    month.bulletin = bulletin_case(month.app, FIRST).number
    text = Manifest(title="11月通报", text="见表。", decision="sent")
    record(month.app, lambda uow: uow.signoff.draft(month.bulletin, "clerk", text))


def send_bulletin(month: Month) -> None:
    """The clerk sends it out."""
    month.says(CLERK, str(month.bulletin))
    month.presses(CLERK, month.people[CLERK].labels()[0])
    month.presses(CLERK, "确认")


def _newest(app: OfficeApp, kind: str) -> int:
    with app.log() as log:
        end = log.end().next_case
    cases: Iterator[Case] = (case_by_number(app, number) for number in range(end - 1, 0, -1))
    return next(case.number for case in cases if case.opening and case.opening.kind == kind)


STORY = {
    date(2026, 11, 3): (hand_in,),
    date(2026, 11, 4): (send_back,),
    date(2026, 11, 5): (hand_in_again,),
    date(2026, 11, 6): (lay_down,),
    date(2026, 11, 9): (sign,),
    date(2026, 11, 10): (sign,),
    date(2026, 11, 11): (sign,),
    date(2026, 11, 12): (sign,),
    date(2026, 11, 13): (publish,),
    date(2026, 11, 18): (hand_in_second,),
    date(2026, 11, 19): (receive_second,),
    date(2026, 11, 24): (ask_who_is_missing,),
    date(2026, 11, 30): (lay_bulletin,),
    date(2026, 12, 1): (sign_bulletin,),
    date(2026, 12, 2): (sign_bulletin,),
    date(2026, 12, 3): (send_bulletin,),
}


def unasked(lines: list[Line], person: str) -> list[Line]:
    """What somebody was told without having asked."""
    return [line for line in lines if line.person == person and line.heard and line.unasked]


def counts(lines: list[Line]) -> dict[str, tuple[int, int]]:
    """By post: how many messages they got without asking, and how many answers."""
    heard = Counter((line.person, line.unasked) for line in lines if line.heard)
    return {person: (heard[person, True], heard[person, False]) for person, _ in sorted(heard)}


def transcript(lines: list[Line], person: str) -> str:
    """What one post said and heard, in order."""
    told = (
        f"{line.at} {'←' if line.heard else '→'} " + line.text.replace("\n", "\n" + " " * 14)
        for line in lines
        if line.person == person
    )
    return "\n".join(told)


def main() -> None:
    """Print the three transcripts and the counts of every post."""
    with TemporaryDirectory() as folder:
        lines = play(create_office(Path(folder), sample=True).path)
    for person in (VILLAGE, LEADER, CLERK):
        print(f"## {person}\n\n{transcript(lines, person)}\n")  # noqa: T201
    for person, (alone, answers) in counts(lines).items():
        print(f"{person:24} unasked {alone:3}  answers {answers:3}")  # noqa: T201


if __name__ == "__main__":
    main()

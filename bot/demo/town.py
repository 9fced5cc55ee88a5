"""The sample town at play: its clock, its posts, and the stories that go on in it day by day.

On each working day at 08:30 the sweep and the courier run as in ``gongkai run``; then whoever heard something reads
it, and then the stories whose day has come go on. A story yields the day on which it wants to go on.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from bot.delivery.reply_sender import Mouth
from bot.demo.channel import NAME, DemoChannel
from bot.demo.simulated_person import OffScript, Post
from bot.dispatch.dispatcher import Conversation
from bot.runtime.wiring import courier_of
from bot.services.app import Works
from config.calendar.working_calendar import span
from config.clock import HandClock
from scheduler.delivery.courier import Courier
from scheduler.signoff.approval_state import Standing, standing_in
from scheduler.sweep.sweep import sweep
from storage.eventlog.projections import Index
from storage.events.case import Case
from storage.events.manifest import Manifest
from storage.messaging.accounts import Accounts

Story = Generator[date, None, None]
Habit = Callable[["Town", Post], None]
MORNING, READING, WORKING = (8, 30), (9, 0), (10, 0)
AFTERWARDS = 28  # days of the next year: the report is written, signed and sealed in them


@dataclass(slots=True, kw_only=True)
class Town:
    """The office, its posts and what goes on."""

    works: Works
    clock: HandClock
    year: int
    seed: int
    channel: DemoChannel
    posts: dict[str, Post] = field(default_factory=dict)
    verdicts: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    """What a post is to say of a case other than 同意, once: the verb, and why."""
    away: dict[str, tuple[date, date]] = field(default_factory=dict)
    """Who does not read anything, and from when to when."""
    happened: list[str] = field(default_factory=list)
    """What is worth telling, as keys of its sentences."""
    _stories: list[tuple[date, int, Story]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def people(self) -> None:
        """Everybody joins: their chat is where they are reached."""
        mouth = Mouth(
            store=self.works.store,
            office=self.works.office.slug,
            clock=self.clock,
            channels={NAME: self.channel},
        )
        talk = Conversation(works=self.works)
        with self.works.store.writing(self.works.office.slug) as connection:
            accounts = Accounts(connection, self.works.office.slug)
            for person in self.works.office.people:
                accounts.bind(person.id, NAME, person.id, at=self.clock.now())
                self.posts[person.id] = Post(
                    person=person, clock=self.clock, channel=self.channel, talk=talk, mouth=mouth
                )

    def begin(self, story: Story, day: date) -> None:
        """A story begins on a day, or on the next working day."""
        heapq.heappush(self._stories, (day, next(self._order), story))

    def days(self) -> list[date]:
        """The working days of the play: the year, and what the report needs of the next one."""
        last = date(self.year, 12, 31) + timedelta(days=AFTERWARDS)
        calendar = self.works.calendar
        return [day for day in span(date(self.year, 1, 1), last) if calendar.is_workday(day)]

    def play(self, day: date, courier: Courier, habits: tuple[Habit, ...]) -> None:
        """One working day."""
        heard = self._morning(day, courier)
        self.clock.set_day(day, *READING)
        for post in self.posts.values():
            if post.id in heard and not self.is_away(post.id, day):
                for habit in habits:
                    habit(self, post)
        read_until = self.clock.now()
        self.clock.set_day(day, *WORKING)
        self.clock.at = max(self.clock.at, read_until)
        while self._stories and self._stories[0][0] <= day:
            _, _, story = heapq.heappop(self._stories)
            wake = next(story, None)
            if wake is not None:
                self.begin(story, max(wake, day + timedelta(days=1)))

    def courier(self) -> Courier:
        """Whoever delivers what the sweep plans; a fault of the demo flies."""
        return courier_of(self.works, {NAME: self.channel}, _fly)

    def is_away(self, person: str, day: date) -> bool:
        """Whether a post is on leave."""
        first, last = self.away.get(person, (date.max, date.min))
        return first <= day <= last

    def later(self, days: int, since: date | None = None) -> date:
        """So many working days from today, or from a day."""
        return self.works.calendar.nth_after(since or self.works.today, days)

    def chance(self, name: str) -> random.Random:
        """The luck of one story: it hangs on no other's."""
        return random.Random(f"{self.seed} {name}")  # noqa: S311 - a play

    def find(self, kind: str, reference: str) -> int:
        """A case by its reference; 0 where there is none yet."""
        with self.works.log() as log:
            found = Index(log.connection, log.office, self.works.duties).find(kind, [reference])
        return found.get(reference, 0)

    def case(self, number: int) -> Case:
        """A case as it stands."""
        with self.works.log() as log:
            return Index(log.connection, log.office, self.works.duties).cases([number])[number]

    def standing(self, number: int) -> Standing:
        """How far a case's text has come."""
        case = self.case(number)
        if case.opening is None:
            raise OffScript(f"case {number} is void")
        return standing_in(self.works.office, case, self.works.duties[case.opening.kind])

    def lays(self, by: str, case: int, manifest: Manifest, files: tuple[bytes, ...] = ()) -> None:
        """A post lays a text before the stages, as its form on the page does."""
        with self.works.desk.sitting(actor=by, means="page") as desk:
            desk.draft(case, by, manifest, files)

    def _morning(self, day: date, courier: Courier) -> set[str]:
        """The sweep and the courier. Returns who heard something."""
        self.clock.set_day(day, *MORNING)
        before = {post.id: post.heard for post in self.posts.values()}
        swept = sweep(self.works.desk, self.works.schemes(), self.works.reach)
        if swept.stuck:
            raise OffScript(f"{swept.stuck[0].reference}: {swept.stuck[0].error}")
        courier.deliver()
        return {post.id for post in self.posts.values() if post.heard > before[post.id]}


def signed(town: Town, case: int, write: Callable[[int], None]) -> Generator[date, None, str]:
    """Lay a text down and wait; rewrite it as often as it comes back. Returns ``complete`` or ``rejected``."""
    version = 1
    write(version)
    while True:
        yield town.later(1)
        at = town.standing(case)
        if at.complete or at.text.rejected:
            return "complete" if at.complete else "rejected"
        if not at.manifest:
            version += 1
            write(version)


def _fly(fault: Exception) -> None:
    raise fault

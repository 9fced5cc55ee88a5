"""Runs the demo's town: its clock, its posts, and the stories that continue day by day.

On each working day at 08:30 the sweep and the outbox sender run as in ``gongkai run``; then every post that got a
message reads it, and the stories of the day continue. A story yields the day on which it continues.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count

from sqlalchemy import Connection

from bot.delivery.reply_sender import ReplySender
from bot.demo.channel import NAME, DemoChannel
from bot.demo.simulated_person import SimulatedPerson, UnexpectedReply
from bot.dispatch.dispatcher import Dispatcher
from bot.runtime.office_channels import create_outbox_sender
from bot.services.accounts.accounts import AccountService
from bot.services.app import OfficeApp
from config.calendar.working_calendar import days_between
from config.clock import ManualClock
from scheduler.delivery.outbox_sender import OutboxSender
from scheduler.recording.context import ActingAccount
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case
from scheduler.sweep.sweep import sweep
from storage.eventlog.projections import CaseProjections
from storage.events.account_events import TERMINAL
from storage.events.case import Case
from storage.events.manifest import Manifest
from storage.messaging.accounts import Accounts
from storage.messaging.sessions import JoinRequests

TownStory = Generator[date, None, None]
DailyHabit = Callable[["DemoTown", SimulatedPerson], None]
SWEEP_TIME, READING_TIME, WORKING_TIME = (8, 30), (9, 0), (10, 0)
FIRST_KEEPER, SECOND_KEEPER = "clerk", "office_director"
"""Who keeps the registers and comes in first."""
LINK_LIFETIME = timedelta(days=1)
DAYS_AFTER_YEAR = 28  # days of the next year: the report is written, signed and sealed in them


@dataclass(slots=True, kw_only=True)
class DemoTown:
    """The office of the demo with its posts and its stories."""

    app: OfficeApp
    clock: ManualClock
    year: int
    seed: int
    channel: DemoChannel
    posts: dict[str, SimulatedPerson] = field(default_factory=dict)
    verdicts: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    """What a post is to say of a case other than 同意, once: the verb, and why."""
    away: dict[str, tuple[date, date]] = field(default_factory=dict)
    """Who does not read anything, and from when to when."""
    happened: list[str] = field(default_factory=list)
    """What is worth telling, as keys of its sentences."""
    _stories: list[tuple[date, int, TownStory]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def add_people(self) -> None:
        """Let every person join from their own chat: by a link, and whoever signs confirmed by a second person.

        The first keeper of the registers is invited at the terminal and invites the others; the second is confirmed
        at the terminal, and confirms whoever else has to be.
        """
        replies = ReplySender(
            store=self.app.store,
            office=self.app.office.slug,
            clock=self.clock,
            channels={NAME: self.channel},
        )
        talk = Dispatcher(app=self.app)
        for person in self.app.office.people:
            self.posts[person.id] = SimulatedPerson(
                person=person,
                clock=self.clock,
                channel=self.channel,
                dispatcher=talk,
                reply_sender=replies,
            )
        self._join(FIRST_KEEPER, invited_by=TERMINAL)
        self._join(SECOND_KEEPER, invited_by=FIRST_KEEPER)
        self._confirm(TERMINAL)
        for name in [one for one in self.posts if one not in {FIRST_KEEPER, SECOND_KEEPER}]:
            self._join(name, invited_by=FIRST_KEEPER)
        self._confirm(SECOND_KEEPER)

    def _join(self, person: str, *, invited_by: str) -> None:
        """Somebody makes a link on the page, or at the terminal, and the post opens it in its chat.

        The same seed gives the same log, so the salt of each account comes from it too.
        """
        with self.app.store.writing(self.app.office.slug) as connection:
            token = self._accounts(connection, invited_by).invite(person, LINK_LIFETIME)
        with self.app.store.writing(self.app.office.slug) as connection:
            salt = self.rng(f"salt {person}").randbytes(16).hex()
            service = replace(self._accounts(connection, person), means=NAME, new_salt=lambda: salt)
            service.join_on_chat(token, person)

    def _confirm(self, by: str) -> None:
        """A second person, or the terminal, confirms whoever waits, by the code that is read out to them."""
        with self.app.store.writing(self.app.office.slug) as connection:
            for request in list(JoinRequests(connection, self.app.office.slug).waiting()):
                self._accounts(connection, by).confirm(request, request.code)

    def _accounts(self, connection: Connection, by: str) -> AccountService:
        """The accounts of the office as somebody changes them, from their own account where they have one."""
        means = "command" if by == TERMINAL else "page"
        here = Accounts(connection, self.app.office.slug).at(NAME, by)
        account = ActingAccount(here.joined, bool(here.confirmed_by)) if here else None
        return AccountService(app=self.app, connection=connection, means=means, actor=by, account=account)

    def begin(self, story: TownStory, day: date) -> None:
        """Begin a story on a day, or on the next working day."""
        heapq.heappush(self._stories, (day, next(self._order), story))

    def days(self) -> list[date]:
        """The working days of the demo: the year, and those that the report needs of the next one."""
        last = date(self.year, 12, 31) + timedelta(days=DAYS_AFTER_YEAR)
        calendar = self.app.calendar
        return [day for day in days_between(date(self.year, 1, 1), last) if calendar.is_workday(day)]

    def play_day(self, day: date, courier: OutboxSender, habits: tuple[DailyHabit, ...]) -> None:
        """Play one working day."""
        update = self._run_morning(day, courier)
        self.clock.set_day(day, *READING_TIME)
        for post in self.posts.values():
            if post.id in update and not self.is_away(post.id, day):
                for habit in habits:
                    habit(self, post)
        read_until = self.clock.now()
        self.clock.set_day(day, *WORKING_TIME)
        self.clock.at = max(self.clock.at, read_until)
        while self._stories and self._stories[0][0] <= day:
            _, _, story = heapq.heappop(self._stories)
            wake = next(story, None)
            if wake is not None:
                self.begin(story, max(wake, day + timedelta(days=1)))

    def create_outbox_sender(self) -> OutboxSender:
        """The sender of what the sweep queues; a fault in it is raised."""
        return create_outbox_sender(self.app, {NAME: self.channel}, _reraise)

    def is_away(self, person: str, day: date) -> bool:
        """Whether a post is on leave."""
        first, last = self.away.get(person, (date.max, date.min))
        return first <= day <= last

    def workdays_later(self, days: int, since: date | None = None) -> date:
        """The day that is so many working days after today, or after a day."""
        return self.app.calendar.nth_after(since or self.app.today, days)

    def rng(self, name: str) -> random.Random:
        """A random generator for one story, independent of the others."""
        return random.Random(f"{self.seed} {name}")  # noqa: S311 - a demo

    def find(self, kind: str, reference: str) -> int:
        """The number of the case with this reference; 0 where there is none yet."""
        with self.app.log() as log:
            found = CaseProjections(log.connection, log.office, self.app.duties).find(kind, [reference])
        return found.get(reference, 0)

    def end(self) -> int:
        """The position of the last entry of the log."""
        with self.app.log() as log:
            return log.end().position

    def newest_case(self) -> int:
        """The number of the case that was opened last."""
        with self.app.log() as log:
            return log.end().next_case - 1

    def case(self, number: int) -> Case:
        """A case as recorded now."""
        with self.app.log() as log:
            return CaseProjections(log.connection, log.office, self.app.duties).cases([number])[number]

    def approval_state(self, number: int) -> ApprovalState:
        """How far a case's text has come."""
        case = self.case(number)
        if case.opening is None:
            raise UnexpectedReply(f"case {number} is void")
        return approval_state_of_case(self.app.office, case, self.app.duties[case.opening.kind])

    def submit_text(self, by: str, case: int, manifest: Manifest, files: tuple[bytes, ...] = ()) -> None:
        """Submit a text as the form on the page does."""
        with self.app.recorder.transaction(actor=by, means="page") as uow:
            uow.signoff.draft(case, by, manifest, files)

    def _run_morning(self, day: date, courier: OutboxSender) -> set[str]:
        """Run the sweep and the outbox sender; returns the posts that got a message."""
        self.clock.set_day(day, *SWEEP_TIME)
        before = {post.id: post.heard_count for post in self.posts.values()}
        swept = sweep(self.app.recorder, self.app.schemes(), self.app.unreachable_people)
        if swept.failures:
            raise UnexpectedReply(f"{swept.failures[0].reference}: {swept.failures[0].error}")
        courier.deliver()
        return {post.id for post in self.posts.values() if post.heard_count > before[post.id]}


def submit_until_decided(
    town: DemoTown, case: int, write: Callable[[int], None]
) -> Generator[date, None, str]:
    """Submit a text, and a new version each time it is returned. Returns ``complete`` or ``rejected``."""
    version = 1
    write(version)
    while True:
        yield town.workdays_later(1)
        at = town.approval_state(case)
        if at.complete or at.text.rejected:
            return "complete" if at.complete else "rejected"
        if not at.manifest:
            version += 1
            write(version)


def _reraise(fault: Exception) -> None:
    raise fault

"""Plays a year of the sample town through the real dispatcher, sweep and outbox sender on a manual clock.

Events are drawn from a seed: the same seed gives the same log, byte for byte, and the same papers.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from bot.demo.channel import NAME, DemoChannel
from bot.demo.duties.public_affairs import public_affairs_stories
from bot.demo.office import office_year
from bot.demo.papers import write_papers
from bot.demo.report import annual_report_story
from bot.demo.requests import request_stories
from bot.demo.routines import read_messages
from bot.demo.texts import text_stories
from bot.demo.town import DemoTown, TownStory
from bot.demo.villages import village_stories
from bot.services.app import create_office, open_app
from config.clock import manual_clock, office_day
from config.errors import Refusal
from storage.messaging.outbox import Outbox, OutboxState

MARKER_FILE = ".gongkai-demo"  # only a folder that an earlier demo made is overwritten
BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)

Progress = Callable[[Iterator[date], int], Iterator[date]]


class NotOurs(Refusal):
    """{path} exists and was not made by a demo. Choose another folder with --out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStatistics:
    """Counts of the messages delivered in the year."""

    messages: Mapping[str, int]
    """By post: how often something was said to it by itself, reminders and digests; answers are not counted."""
    notices: int
    """Reasons to speak that were delivered: several make one message."""
    statutory: int
    """Of them, those of a term of law."""
    expired: int
    """Of them, those about something whose day had passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResult:
    """The result of a demo: its town, papers and statistics."""

    entries: int
    cases: int
    happened: Mapping[str, int]
    """How often what is worth telling happened, by the key of its sentence."""
    deliveries: DeliveryStatistics
    papers: tuple[Path, ...]
    errors: int
    warnings: int


def play_year(out: Path, year: int, seed: int, progress: Progress) -> DemoResult:
    """Play the year and write its papers into a folder."""
    _prepare_folder(out)
    clock = manual_clock(date(year, 1, 1), hour=8)
    app = open_app(create_office(out / "town", sample=True).path, clock=clock)
    town = DemoTown(app=app, clock=clock, year=year, seed=seed, channel=DemoChannel(clock=clock))
    town.add_people()
    for story, day in all_stories(town):
        town.begin(story, day)
    days, courier = town.days(), town.create_outbox_sender()
    for day in progress(iter(days), len(days)):
        town.play_day(day, courier, (read_messages,))
    written = write_papers(town, out)
    with app.log() as log:
        end = log.end()
    return DemoResult(
        entries=end.position,
        cases=end.next_case - 1,
        happened=Counter(town.happened),
        deliveries=delivery_statistics(town),
        papers=written.papers,
        errors=written.errors,
        warnings=written.warnings,
    )


def all_stories(town: DemoTown) -> Iterator[tuple[TownStory, date]]:
    """Every story of the year with the day on which it begins."""
    yield from request_stories(town)
    yield from text_stories(town)
    yield from village_stories(town)
    yield from office_year(town)
    yield from public_affairs_stories(town)
    yield annual_report_story(town)


def delivery_statistics(town: DemoTown) -> DeliveryStatistics:
    """Count the messages that were delivered on the demo's channel."""
    office = town.app.office
    with town.app.store.reading() as connection:
        rows = [
            row
            for row in Outbox(connection, office.slug).since(BEGINNING_OF_TIME)
            if row.state is OutboxState.SENT
        ]
    bundles = {(row.notice.person, row.channel, row.message) for row in rows if row.channel == NAME}
    posts = {person.id: person.post for person in office.people}
    late = [
        row for row in rows if row.notice.until and row.sent_at and row.notice.until < office_day(row.sent_at)
    ]
    return DeliveryStatistics(
        # What is said to an address, such as that it was let in, is to nobody by their post.
        messages=Counter(posts[person] for person, _, _ in bundles if person in posts),
        notices=len(rows),
        statutory=sum(row.notice.statutory for row in rows),
        expired=len(late),
    )


def _prepare_folder(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        if not (out / MARKER_FILE).exists():
            raise NotOurs(path=out)
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARKER_FILE).touch()

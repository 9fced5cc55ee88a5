"""Renders the reminders to come: as a table for each person, or as the messages they would get."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from itertools import groupby

from bot.language.digest import DigestRenderer
from bot.language.labels import Labels
from bot.services.app import OfficeApp, user_phrasebook
from config.calendar.working_calendar import Calendar
from config.clock import office_day
from scheduler.recording.recorder import Recorder
from scheduler.sweep.simulation import ForecastNotice
from scheduler.terms.term_days import working_days_left
from storage.messaging.outbox import OutboxEntry

TABLE_WIDTH = (
    160  # columns: a day with its minute, what is asked, its last day and what is left of it on one line
)
FORECAST_COLUMNS = ("at", "asked", "until", "left", "marks")


def render_bundle(recorder: Recorder, person: str, rows: Sequence[OutboxEntry]) -> str:
    """A bundle of notices as the message that the outbox sender would send."""
    return DigestRenderer(recorder=recorder)(person, rows).text


def forecast_tables(found: Iterable[ForecastNotice], app: OfficeApp) -> Iterator[str]:
    """A table of reminders for each person, in the order of the office's file."""
    from rich.console import Console  # noqa: PLC0415 - a tenth of a second that only tables should cost
    from rich.table import Table  # noqa: PLC0415 - likewise

    calendar, labels = app.known_calendar(), Labels(book=user_phrasebook(), office=app.office)
    for person, mine in _by_person(found, app):
        rows = list(_table_rows(mine, app, calendar, labels))
        title = labels.book.say("simulate.person", post=labels.post(person), count=len(rows))
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for name in FORECAST_COLUMNS:
            table.add_column(labels.book.say(f"simulate.column.{name}"), no_wrap=True)
        for row in rows:
            table.add_row(*row)
        page = Console(file=StringIO(), width=TABLE_WIDTH, highlight=False, markup=False, emoji=False)
        with page.capture() as drawn:
            page.print(table)
        yield "\n".join(line.rstrip() for line in drawn.get().splitlines()) + "\n"


def forecast_messages(found: Iterable[ForecastNotice], app: OfficeApp) -> Iterator[str]:
    """Every message as it would be sent, below its recipient and its minute."""
    labels = Labels(book=user_phrasebook(), office=app.office)
    for person, mine in _by_person(found, app):
        for at, bundle in groupby(mine, key=lambda one: one.at):
            yield labels.book.say("simulate.message", post=labels.post(person), at=_minute_text(labels, at))
            yield next(bundle).text + "\n"


def _by_person(found: Iterable[ForecastNotice], app: OfficeApp) -> Iterator[tuple[str, list[ForecastNotice]]]:
    mine: dict[str, list[ForecastNotice]] = {}
    for one in found:
        mine.setdefault(one.notice.person, []).append(one)
    order = [person.id for person in app.office.people]
    yield from ((person, mine[person]) for person in order if person in mine)


def _table_rows(
    mine: Sequence[ForecastNotice], app: OfficeApp, calendar: Calendar, labels: Labels
) -> Iterator[tuple[str, ...]]:
    """The rows of a bundle; a notice about no case is one row, however many people it lists."""
    for (at, what, case), same in groupby(mine, key=lambda one: (one.at, one.notice.what, one.notice.case)):
        first, *others = same
        day = office_day(at)
        asked = (
            _action_text(first, app, labels) if case else _notice_text(first, labels, 1 + len(others), what)
        )
        marks = [
            *([labels.book.say("simulate.statutory")] if first.notice.statutory else []),
            *([labels.book.say("simulate.nobody")] if case and first.notice.topic else []),
            *(
                [labels.book.say("simulate.instead", post=labels.post(first.notice.for_person))]
                * bool(first.notice.for_person)
            ),
        ]
        yield (
            _minute_text(labels, at, provisional=not calendar.known(day.year)),
            asked,
            *_due_columns(first, calendar, labels, day),
            " ".join(marks),
        )


def _action_text(one: ForecastNotice, app: OfficeApp, labels: Labels) -> str:
    kind, case = one.opening.kind if one.opening else "", one.notice.case
    duty = app.duties.get(kind)
    return labels.book.say(
        f"simulate.asked.{one.notice.what}",
        kind=labels.duty(duty) if duty else kind,
        name=labels.case_title(one.opening, case),
        number=case,
    )


def _notice_text(one: ForecastNotice, labels: Labels, count: int, what: str) -> str:
    """What a notice about no case asks; one that only tells something is told in its own words."""
    own, told = f"simulate.asked.{what}", one.notice.topic
    several = f"{told}_several"
    key = (
        own
        if own in labels.book.phrases
        else several
        if count > 1 and several in labels.book.phrases
        else told
    )
    return labels.book.say(key, who=labels.post(one.notice.basis), count=count)


def _due_columns(one: ForecastNotice, calendar: Calendar, labels: Labels, day: date) -> tuple[str, str]:
    """The due day, and how many days are left when the reminder is sent."""
    until = one.notice.until
    if until is None or not one.notice.case:
        return "", ""
    days = working_days_left(calendar, day, until)
    key = "today" if day == until else "left" if until > day else "over" if days else "just_over"
    return labels.day(until, provisional=not calendar.known(until.year)), labels.book.say(
        f"simulate.then.{key}", days=abs(days)
    )


def _minute_text(labels: Labels, at: datetime, *, provisional: bool = False) -> str:
    return f"{labels.day(office_day(at), provisional=provisional)} {labels.moment(at).split()[-1]}"

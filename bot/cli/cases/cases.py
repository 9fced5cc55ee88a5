"""``gongkai clock``, ``explain``, ``amend`` and ``merge``: a due date, its explanation, and corrected entries."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import CaseArgument, HomeOption, JsonOption, find_case
from bot.cli.common.output import day_or_none, help_text, print_json, print_phrase
from bot.language.event_history import EventVersion, event_rows
from bot.language.labels import CHINESE, Labels
from bot.services.app import OfficeApp, cached_calendar, shipped_duties, user_phrasebook
from config.declarations.duty import Duty
from config.declarations.keys import CLERK, REQUEST_KIND
from config.declarations.terms import Term
from config.errors import Refusal
from config.settings import machine_settings
from scheduler.recording.case_commands import NoSuchEntry
from scheduler.terms.deadlines import DueDate, due_date
from scheduler.validation.case_links import follow_up
from scheduler.validation.date_calculator import calculate_due_date as calculate
from scheduler.validation.date_calculator import due_json, read_day, receipt_day
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case
from storage.events.codec import decode_record, encode_record
from storage.events.events import Opened, Record

UNCHANGEABLE_KEYS = {
    "type",
    "case",
    "facts",
}  # what a correction cannot change: the kind of fact and its case
CALCULATED_KIND = REQUEST_KIND  # the calculator's kind: the one whose terms the law fixes in working days


class ReceiptUnsaid(Refusal):
    """Say when it was received: --received DAY, or --channel WAY with the day that counts for it."""


class NotAChange(Refusal):
    """“{found}” is not a change. Write --set NAME=VALUE, such as outcome=granted. Here: {known}."""


def clock(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    received: Annotated[str, typer.Option("--received", help=help_text("clock.received"))] = "",
    step: Annotated[list[str] | None, typer.Option("--step", help=help_text("clock.step"))] = None,
    channel: Annotated[str, typer.Option("--channel", help=help_text("clock.channel"))] = "",
    handed_in: Annotated[str, typer.Option("--handed-in", help=help_text("clock.handed_in"))] = "",
    signed_for: Annotated[str, typer.Option("--signed-for", help=help_text("clock.signed_for"))] = "",
    confirmed: Annotated[str, typer.Option("--confirmed", help=help_text("clock.confirmed"))] = "",
    home: HomeOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Compute a due date without a case, from the day of receipt or from the way the request came (art. 31)."""
    if bool(received) == bool(channel):
        raise ReceiptUnsaid
    duty = shipped_duties()[CALCULATED_KIND]
    if channel:
        days = {"handed_in": handed_in, "signed_for": signed_for, "confirmed": confirmed}
        known = {name: read_day(day) for name, day in days.items() if day}
        received = receipt_day(duty, channel, **known).isoformat()
    named = home or machine_settings().home
    calendar_ = open_office(context, named).known_calendar() if named else cached_calendar()
    found = calculate(received, step or [], duty, calendar_)
    if as_json:
        print_json(due_json(found, user_phrasebook().say))
    else:
        print_due_date(found, duty.term)


def explain(
    context: typer.Context,
    case: CaseArgument,
    home: HomeOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Explain a case's due date, and list what was recorded about it."""
    app = open_office(context, home)
    found = find_case(app, case)
    opening = found.opening
    kinds = [entry.record.kind for entry in found.entries if isinstance(entry.record, Opened)]
    duty = app.duties.get(kinds[0]) if kinds else None  # a struck-out case still has its declaration
    dated = due_date(found.records, duty, app.known_calendar()) if duty and opening else None
    if as_json:
        print_json({"case": found.number, **(due_json(dated, user_phrasebook().say) if dated else {})})
        return
    print_phrase("explain.title", number=found.number, reference=opening.reference if opening else "—")
    for row in event_rows(found.entries, duty, labels := Labels(book=user_phrasebook(), office=app.office)):
        for version in row.versions:
            print_phrase("explain.entry", **_version_parts(version, labels))
    if dated:
        print_due_date(dated, duty.term_for(opening.facts, opening.happened_on) if duty and opening else None)
    if duty and opening:
        print_follow_up(app, found, duty)


def print_follow_up(app: OfficeApp, case: Case, duty: Duty) -> None:
    """Print the follow-up that this outcome requires in another case, until it is recorded there."""
    wanted = follow_up(case.records, duty)
    if wanted is None:
        return
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        numbers = index.find(wanted.kind, [wanted.reference])
        others = index.cases(list(numbers.values())).values()
    if not any(wanted.is_taken_in(other.records) for other in others):
        linked = app.duties[wanted.kind]
        step = linked.step(wanted.step)
        label = step.label if step else wanted.step
        print_phrase("explain.follow", kind=linked.label, reference=wanted.reference, step=label)


def amend(
    context: typer.Context,
    position: Annotated[int, typer.Argument(min=1, help=help_text("amend.position"))],
    reason: Annotated[str, typer.Option("--reason", help=help_text("amend.reason"))],
    change: Annotated[list[str] | None, typer.Option("--set", help=help_text("amend.set"))] = None,
    home: HomeOption = None,
    *,
    strike: Annotated[bool, typer.Option("--strike", help=help_text("amend.strike"))] = False,
    late: Annotated[bool, typer.Option("--late", help=help_text("amend.late"))] = False,
) -> None:
    """Correct an entry or strike it out; the original stays readable."""
    app = open_office(context, home)
    with app.log() as log:
        entry = next(iter(log.read(after=position - 1, upto=position)), None)
    if entry is None:
        raise NoSuchEntry(position=position)
    if strike == bool(change):
        raise NotAChange(found="--set / --strike", known=_changeable_keys(entry.record))
    right = None if strike else _corrected_record(entry.record, change or [])
    with app.recorder.transaction(actor=CLERK, means="command") as uow:
        uow.give_late_reason(reason if late else "")
        uow.corrections.amend(position, reason, right)
    print_phrase("amend.done", position=position, by=uow.entries[0].position)


def merge(
    context: typer.Context,
    double: Annotated[str, typer.Argument(help=help_text("merge.double"))],
    into: Annotated[str, typer.Argument(help=help_text("merge.into"))],
    reason: Annotated[str, typer.Option("--reason", help=help_text("amend.reason"))],
    home: HomeOption = None,
    *,
    late: Annotated[bool, typer.Option("--late", help=help_text("amend.late"))] = False,
) -> None:
    """Merge two registrations of one request; the duplicate is struck out."""
    app = open_office(context, home)
    one, other = find_case(app, double), find_case(app, into)
    with app.recorder.transaction(actor=CLERK, means="command") as uow:
        uow.give_late_reason(reason if late else "")
        uow.corrections.merge(one.number, other.number, reason)
    print_phrase("merge.done", double=one.number, into=other.number)


def term_label(term: Term | None) -> str:
    """A term's name: its Chinese label, or its key in English."""
    if term is None:
        return user_phrasebook().say("explain.term")
    return term.label if user_phrasebook().language == CHINESE else term.key.replace("_", " ")


def print_due_date(found: DueDate, term: Term | None) -> None:
    """Print a due date and its explanation, line by line."""
    if found.day:
        print_phrase(
            "explain.due",
            term=term_label(term),
            day=day_or_none(found.day, provisional=found.provisional, unconfirmed=found.unconfirmed),
        )
    else:
        print_phrase("explain.waits", state=user_phrasebook().say(f"clock.state.{found.state}"))
    if found.latest:
        print_phrase("explain.latest", day=day_or_none(found.latest, provisional=found.latest_provisional))
    explained = due_json(found, user_phrasebook().say)
    for line in explained["lines"]:
        print_phrase("explain.line", **{**line, "to": line["to"] or "……", "article": line["article"] or "—"})
    for late in explained.get("late", []):
        print_phrase("explain.late", **late)


def _version_parts(version: EventVersion, labels: Labels) -> dict[str, object]:
    """The parts of the line about one version of an entry: what, when, by whom, and why it was corrected."""
    event, entry, say = version.event, version.entry, user_phrasebook().say
    what = f"{event.day} {event.title}" if event else say("page.struck")
    facts = [f"{label} {value}" for label, value in event.facts] if event else []
    facts += [say("page.mended", reason=version.reason)] if version.reason else []
    facts += [] if version.is_current else [say("explain.replaced")]
    return {
        "position": entry.position,
        "text": say("explain.said", what=what, facts="；".join(facts)) if facts else what,
        "who": labels.post(entry.actor),
        "at": labels.moment(entry.recorded_at),
    }


def _corrected_record(record: Record, changes: list[str]) -> Record:
    """The record with some values changed. NotAChange names what can be set."""
    data = encode_record(record)
    for change in changes:
        name, _, value = change.partition("=")
        place: dict[str, Any] = data if name in data else data.get("facts", {})
        if name in UNCHANGEABLE_KEYS or (place is data and name not in data) or not value:
            raise NotAChange(found=change, known=_changeable_keys(record))
        place[name] = int(value) if isinstance(place.get(name), int) and value.isdecimal() else value
    try:
        return decode_record(data)
    except (ValueError, ArithmeticError) as error:
        raise NotAChange(found=", ".join(changes), known=_changeable_keys(record)) from error


def _changeable_keys(record: Record) -> str:
    """What can be set in a record."""
    data = encode_record(record)
    return ", ".join([*(name for name in data if name not in UNCHANGEABLE_KEYS), *(data.get("facts") or {})])

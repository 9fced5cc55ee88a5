"""One case and its date: computed without a case, explained for one, and its entries mended."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bot.cli.common.output import HomeOption, JsonOption, day_words, said, tell, tell_json
from bot.cli.context import open_office
from bot.language.event_history import Version, rows
from bot.language.labels import CHINESE, Labels
from bot.services.app import Works, calendar, shipped_duties, words
from config.declarations.duty import Duty, Term
from config.errors import Refusal
from config.settings import Settings
from scheduler.recording.unit_of_work import NoSuchEntry
from scheduler.terms.deadlines import Due, due
from scheduler.validation.case_links import follow_up
from scheduler.validation.date_calculator import clock as calculate
from scheduler.validation.date_calculator import due_json, read_day, receipt_day
from storage.eventlog.projections import Index
from storage.events.case import Case
from storage.events.codec import record_as_data, record_from
from storage.events.events import Opened, Record

FIXED = {"type", "case", "facts"}  # what a correction cannot change: the kind of fact and its case
CLOCKED = "request"  # the calculator's kind: the one whose terms the law fixes in working days


class ReceiptUnsaid(Refusal):
    """Say when it was received: --received DAY, or --channel WAY with the day that counts for it."""


class NoSuchCase(Refusal):
    """There is no case {case}. Name it by its number or by the office's own reference."""


class SeveralCases(Refusal):
    """Several cases are called {case}: {numbers}. Name the one by its number."""


class NotAChange(Refusal):
    """“{found}” is not a change. Write --set NAME=VALUE, such as outcome=granted. Here: {known}."""


def clock(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    received: Annotated[str, typer.Option("--received", help=said("clock.received"))] = "",
    step: Annotated[list[str] | None, typer.Option("--step", help=said("clock.step"))] = None,
    channel: Annotated[str, typer.Option("--channel", help=said("clock.channel"))] = "",
    handed_in: Annotated[str, typer.Option("--handed-in", help=said("clock.handed_in"))] = "",
    signed_for: Annotated[str, typer.Option("--signed-for", help=said("clock.signed_for"))] = "",
    confirmed: Annotated[str, typer.Option("--confirmed", help=said("clock.confirmed"))] = "",
    home: HomeOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """A due date without a case; the day of receipt as it is, or by the way the request came (art. 31)."""
    if bool(received) == bool(channel):
        raise ReceiptUnsaid
    duty = shipped_duties()[CLOCKED]
    if channel:
        days = {"handed_in": handed_in, "signed_for": signed_for, "confirmed": confirmed}
        known = {name: read_day(day) for name, day in days.items() if day}
        received = receipt_day(duty, channel, **known).isoformat()
    named = home or Settings().home
    calendar_ = open_office(context, named).known_calendar() if named else calendar()
    found = calculate(received, step or [], duty, calendar_)
    if as_json:
        tell_json(due_json(found, words().say))
    else:
        tell_due(found, duty.term)


def explain(
    context: typer.Context,
    case: Annotated[str, typer.Argument(help=said("explain.case"))],
    home: HomeOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Why a case is due when it is, and what was recorded about it."""
    works = open_office(context, home)
    found = find_case(works, case)
    opening = found.opening
    kinds = [entry.record.kind for entry in found.entries if isinstance(entry.record, Opened)]
    duty = works.duties.get(kinds[0]) if kinds else None  # a case that was struck out still has its words
    dated = (
        due([record for _, record in found.story], duty, works.known_calendar()) if duty and opening else None
    )
    if as_json:
        tell_json({"case": found.number, **(due_json(dated, words().say) if dated else {})})
        return
    tell("explain.title", number=found.number, reference=opening.reference if opening else "—")
    for row in rows(found.entries, duty, labels := Labels(book=words(), office=works.office)):
        for version in row.versions:
            tell("explain.entry", **_version_words(version, labels))
    if dated:
        tell_due(dated, duty.term_for(opening.facts, opening.happened_on) if duty and opening else None)
    if duty and opening:
        tell_follow_up(works, found, duty)


def tell_follow_up(works: Works, case: Case, duty: Duty) -> None:
    """What this ending calls for in another case, until it is done there."""
    wanted = follow_up([record for _, record in case.story], duty)
    if wanted is None:
        return
    with works.log() as log:
        index = Index(log.connection, log.office, works.duties)
        numbers = index.find(wanted.kind, [wanted.reference])
        others = index.cases(list(numbers.values())).values()
    if not any(wanted.taken([record for _, record in other.story]) for other in others):
        linked = works.duties[wanted.kind]
        step = linked.step(wanted.step)
        label = step.label if step else wanted.step
        tell("explain.follow", kind=linked.label, reference=wanted.reference, step=label)


def amend(
    context: typer.Context,
    position: Annotated[int, typer.Argument(min=1, help=said("amend.position"))],
    reason: Annotated[str, typer.Option("--reason", help=said("amend.reason"))],
    change: Annotated[list[str] | None, typer.Option("--set", help=said("amend.set"))] = None,
    home: HomeOption = None,
    *,
    strike: Annotated[bool, typer.Option("--strike", help=said("amend.strike"))] = False,
    late: Annotated[bool, typer.Option("--late", help=said("amend.late"))] = False,
) -> None:
    """Correct an entry, or strike it out; both the wrong and the right stay readable."""
    works = open_office(context, home)
    with works.log() as log:
        entry = next(iter(log.read(after=position - 1, upto=position)), None)
    if entry is None:
        raise NoSuchEntry(position=position)
    if strike == bool(change):
        raise NotAChange(found="--set / --strike", known=_known(entry.record))
    right = None if strike else _changed(entry.record, change or [])
    with works.desk.sitting(actor="clerk", means="command") as sitting:
        sitting.late(reason if late else "")
        sitting.amend(position, reason, right)
    tell("amend.done", position=position, by=sitting.entries[0].position)


def merge(
    context: typer.Context,
    double: Annotated[str, typer.Argument(help=said("merge.double"))],
    into: Annotated[str, typer.Argument(help=said("merge.into"))],
    reason: Annotated[str, typer.Option("--reason", help=said("amend.reason"))],
    home: HomeOption = None,
    *,
    late: Annotated[bool, typer.Option("--late", help=said("amend.late"))] = False,
) -> None:
    """Two registrations of one request become one; the double is struck out."""
    works = open_office(context, home)
    one, other = find_case(works, double), find_case(works, into)
    with works.desk.sitting(actor="clerk", means="command") as sitting:
        sitting.late(reason if late else "")
        sitting.merge(one.number, other.number, reason)
    tell("merge.done", double=one.number, into=other.number)


def called(term: Term | None) -> str:
    """What a term is called, as everything declared is."""
    if term is None:
        return words().say("explain.term")
    return term.label if words().language == CHINESE else term.key.replace("_", " ")


def tell_due(found: Due, term: Term | None) -> None:
    """A date and its reasons, line by line."""
    if found.day:
        tell("explain.due", term=called(term), day=day_words(found.day, provisional=found.provisional))
    else:
        tell("explain.waits", state=words().say(f"clock.state.{found.state}"))
    if found.latest:
        tell("explain.latest", day=day_words(found.latest, provisional=found.latest_provisional))
    told = due_json(found, words().say)
    for line in told["lines"]:
        tell("explain.line", **{**line, "to": line["to"] or "……", "article": line["article"] or "—"})
    for late in told.get("late", []):
        tell("explain.late", **late)


def find_case(works: Works, name: str) -> Case:
    """A case by its number or its reference. NoSuchCase, SeveralCases."""
    with works.log() as log:
        index = Index(log.connection, log.office, works.duties)
        numbers = [int(name)] if name.isdecimal() else index.called(name)
        if len(numbers) > 1:
            raise SeveralCases(case=name, numbers=", ".join(map(str, numbers)))
        found = index.cases(numbers)
    if not found:
        raise NoSuchCase(case=name)
    return found[numbers[0]]


def _version_words(version: Version, labels: Labels) -> dict[str, object]:
    """A reading of an entry in one line: what, when, by whom; whether it was mended since, and why it was."""
    told, entry, say = version.told, version.entry, words().say
    what = f"{told.day} {told.title}" if told else say("page.struck")
    facts = [f"{label} {value}" for label, value in told.facts] if told else []
    facts += [say("page.mended", reason=version.reason)] if version.reason else []
    facts += [] if version.holds else [say("explain.replaced")]
    return {
        "position": entry.position,
        "text": say("explain.said", what=what, facts="；".join(facts)) if facts else what,
        "who": labels.post(entry.actor),
        "at": labels.moment(entry.recorded_at),
    }


def _changed(record: Record, changes: list[str]) -> Record:
    """The record with some of its values otherwise. NotAChange names what can be set."""
    data = record_as_data(record)
    for change in changes:
        name, _, value = change.partition("=")
        place: dict[str, Any] = data if name in data else data.get("facts", {})
        if name in FIXED or (place is data and name not in data) or not value:
            raise NotAChange(found=change, known=_known(record))
        place[name] = int(value) if isinstance(place.get(name), int) and value.isdecimal() else value
    try:
        return record_from(data)
    except (ValueError, ArithmeticError) as error:
        raise NotAChange(found=", ".join(changes), known=_known(record)) from error


def _known(record: Record) -> str:
    """What can be set in a record."""
    data = record_as_data(record)
    return ", ".join([*(name for name in data if name not in FIXED), *(data.get("facts") or {})])

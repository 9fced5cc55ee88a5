"""Shows beside a form what its act would move, before anything is recorded: the due date, or why it may not stand.

The sentences stand in the form for the values it is filled in with; with script they follow what is typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from starlette.responses import Response

from bot.channels.web.request.forms import WebForm, read_facts, read_legal_day
from bot.channels.web.request.request import PageRequest
from bot.channels.web.request.viewer import viewing
from bot.dialog.questions import opening_day_label
from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty
from config.errors import Refusal
from scheduler.terms.deadlines import CLOSED, DueDate, chronological, due_date
from scheduler.terms.term_days import working_days_left
from scheduler.validation.validator import violations
from storage.events.case import Case
from storage.events.events import Closed, Opened, Record, Stepped

STEP_PREFIX, CLOSE, OPEN = "step.", "close", "open"


@dataclass(frozen=True, kw_only=True)
class ActPreview:
    """What an act would move in a case of a kind, as a person reads it."""

    page: PageRequest
    duty: Duty
    calendar: Calendar
    records: tuple[Record, ...] = ()
    """What is recorded about the case; nothing where a new one is entered."""

    @cached_property
    def _before(self) -> DueDate:
        """The due date as the case stands, which every form of its page starts from."""
        return due_date(self.records, self.duty, self.calendar)

    def lines(self, sent: Mapping[str, str]) -> tuple[str, ...]:
        """The sentences for a form as it stands; none while something that decides it is not filled in."""
        try:
            record = self._record(sent)
        except Refusal:
            return ()
        if record is None:
            return ()
        story = chronological((*self.records, record), self.duty)
        if isinstance(record, Opened):  # what is not filled in yet moves no date
            return tuple(self._moves(record, due_date(story, self.duty, self.calendar)))
        found = violations(
            self.duty,
            story,
            self.calendar,
            today=self.page.app.today,
            roles=self.page.app.office.roles_of,
        )
        if found:
            return (self.page.labels.book.error(found[0].refusal()),)
        return tuple(self._moves(record, due_date(story, self.duty, self.calendar)))

    def _record(self, sent: Mapping[str, str]) -> Record | None:
        """The fact that the form would record; None where a required field is empty."""
        page, act, duty = self.page, sent.get("act", ""), self.duty
        label = opening_day_label(page.labels, duty) if act == OPEN else page.say("page.happened_on")
        day = read_legal_day(sent, label, page.app.today)
        if act == CLOSE:
            outcome = sent.get("outcome", "")
            return Closed(case=0, happened_on=day, outcome=outcome) if outcome else None
        step = duty.step(act.removeprefix(STEP_PREFIX))
        fields = duty.fields if act == OPEN else step.fields if step else ()
        facts = read_facts(fields, sent, page.labels, page.app.today)
        if act == OPEN:
            return Opened(case=0, happened_on=day, kind=duty.kind, reference="—", facts=facts)
        if step is None or any(field.required and field.key not in facts for field in fields):
            return None
        return Stepped(case=0, happened_on=day, step=step.key, facts=facts)

    def _moves(self, record: Record, after: DueDate) -> Iterator[str]:
        page, say, day = self.page, self.page.say, self.page.labels.day
        if isinstance(record, Opened):
            if after.day:
                yield say("moves.due", day=page.labels.due_day(after))
            return
        before = self._before
        if isinstance(record, Closed):
            yield from self._close_moves(record, before)
        elif after.external_waits and not after.day:
            yield say("moves.waits", state=say(f"clock.state.{after.state}"))
            if after.latest:
                yield say("moves.latest", day=day(after.latest, provisional=after.latest_provisional))
        elif after.day and after.day != before.day:
            now = page.labels.due_day(after)
            yield (
                say("moves.moved", before=day(before.day), after=now)
                if before.day
                else say("moves.due", day=now)
            )
        elif after.day:
            yield say("moves.stays", day=page.labels.due_day(after))
        if after.state == CLOSED and not isinstance(record, Closed):
            yield page.say("moves.closed_already")

    def _close_moves(self, record: Closed, before: DueDate) -> Iterator[str]:
        """Whether the close is in time, by the date that runs until then."""
        if before.day is None:
            return
        left = working_days_left(self.calendar, record.happened_on, before.day)
        limit = self.page.labels.due_day(before)
        key = "moves.in_time" if record.happened_on <= before.day else "moves.late"
        yield self.page.say(key, day=limit, days=abs(left))


def with_preview(form: WebForm, preview: ActPreview, path: str) -> WebForm:
    """The form with the address that says what it would move, and what it moves as it is filled in."""
    sent = {field.name: field.value for field in form.web_fields} | {"act": form.key}
    return replace(form, preview=path, moves=preview.lines(sent))


def case_preview(page: PageRequest, case: Case, duty: Duty, calendar: Calendar) -> ActPreview:
    """The preview of an act on a case."""
    return ActPreview(page=page, duty=duty, calendar=calendar, records=tuple(case.records))


def act_preview(page: PageRequest) -> Response:
    """What a form of a case would move with the values in the address, as a part of the page."""
    with viewing(page) as viewer:
        case, duty = viewer.case(page.path_number("number"))
        preview = case_preview(page, case, duty, viewer.context.calendar)
        return page.render("moves.html", lines=preview.lines(_sent(page)))


def opening_preview(page: PageRequest, duty: Duty) -> Response:
    """By when a new case of a kind would be due, as a part of the page."""
    preview = ActPreview(page=page, duty=duty, calendar=page.app.known_calendar())
    return page.render("moves.html", lines=preview.lines(_sent(page)))


def _sent(page: PageRequest) -> dict[str, str]:
    return {name: page.query_value(name) for name in page.request.query_params}

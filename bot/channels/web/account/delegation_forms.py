"""Makes the forms for leave, return and handover, and the commands they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.channels.web.request.forms import (
    WebField,
    WebForm,
    new_idempotency_key,
    read_day_field,
    read_text,
)
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import RecordCommand
from scheduler.reminders.recipients import proposed_deputy
from storage.events.delegations import Absences

AWAY, BACK, HANDOVER, CONSENT = "away", "back", "over", "consent"


def leave_form(page: PageRequest, absences: Absences) -> WebForm:
    """The form of a leave: first day, last day and deputy; keepers of the registers may enter it for others."""
    today = page.app.today
    deputy = proposed_deputy(page.me, absences, today)
    return WebForm(
        key=AWAY,
        title=page.say("page.people.away"),
        button=page.say("page.people.away_button"),
        web_fields=(
            *_delegator_fields(page),
            _person_field(page, "deputy", "page.people.deputy", deputy),
            _day_field(page, "first", today),
            _day_field(page, "last", today),
            WebField(name="reason", label=page.say("page.reason")),
        ),
        action="/people",
        idempotency_key=new_idempotency_key(),
    )


def handover_form(page: PageRequest) -> WebForm:
    """The form that hands all of a person's tasks over from today on; a tick confirms it."""
    return WebForm(
        key=HANDOVER,
        title=page.say("page.people.over"),
        note=page.say("page.people.over_note"),
        button=page.say("page.people.over_button"),
        web_fields=(
            *_delegator_fields(page),
            _person_field(page, "to", "page.people.to", ""),
            WebField(name="reason", label=page.say("page.reason"), required=True),
            WebField(name="sure", label=page.say("page.people.sure"), kind="check"),
        ),
        action="/people",
        idempotency_key=new_idempotency_key(),
    )


def delegation_command(page: PageRequest) -> RecordCommand:
    """The command that a form stands for; the recorder checks who may give it. NotFilled, NoSuchPage."""
    act, sent, say = page.form.get("act", ""), page.form, page.say
    reason = read_text("reason", say("page.reason"), sent, required=act == HANDOVER)
    person = sent.get("person", "") or page.me.id
    if act == AWAY:
        deputy = read_text("deputy", say("page.people.deputy"), sent, required=True)
        first, last = _read_day(page, "first"), _read_day(page, "last")
        return lambda uow, _key: uow.office.delegate(person, deputy, first, last, reason)
    if act == BACK and sent.get("position", "").isdecimal():
        return lambda uow, _key: uow.office.recall(int(sent["position"]), reason)
    if act == CONSENT and sent.get("position", "").isdecimal():
        return lambda uow, _key: uow.office.consent(int(sent["position"]), reason)
    if act == HANDOVER:
        to = read_text("to", say("page.people.to"), sent, required=True)
        read_text("sure", say("page.people.sure"), sent, required=True)
        return lambda uow, _key: uow.office.hand_over(person, to, reason)
    raise NoSuchPage


def _delegator_fields(page: PageRequest) -> Iterator[WebField]:
    if page.may_record:
        yield _person_field(page, "person", "page.people.whom", page.me.id)


def _person_field(page: PageRequest, name: str, label: str, value: str) -> WebField:
    choices = tuple((one.id, one.post) for one in page.app.office.people)
    return WebField(
        name=name, label=page.say(label), kind="choice", required=True, choices=choices, value=value
    )


def _day_field(page: PageRequest, name: str, value: date) -> WebField:
    label = page.say(f"page.people.{name}")
    return WebField(name=name, label=label, kind="date", required=True, value=value.isoformat())


def _read_day(page: PageRequest, name: str) -> date:
    return read_day_field(name, page.say(f"page.people.{name}"), page.form, page.app.today)

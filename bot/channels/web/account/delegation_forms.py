"""Being away, being back, and handing everything over: the forms, and what they say at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.channels.web.request.forms import NotFilled, WebField, WebForm, new_idempotency_key, read_text
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import RecordCommand
from scheduler.validation.date_calculator import read_day

AWAY, BACK, HANDOVER = "away", "back", "over"


def leave_form(visit: PageRequest) -> WebForm:
    """From which day to which, and who acts; for somebody else only where one keeps the registers."""
    today = visit.app.today
    return WebForm(
        key=AWAY,
        title=visit.say("page.people.away"),
        button=visit.say("page.people.away_button"),
        web_fields=(
            *_delegator_fields(visit),
            _person_field(visit, "deputy", "page.people.deputy", visit.me.deputy),
            _day_field(visit, "first", today),
            _day_field(visit, "last", today),
            WebField(name="reason", label=visit.say("page.reason")),
        ),
        action="/people",
        idempotency_key=new_idempotency_key(),
    )


def handover_form(visit: PageRequest) -> WebForm:
    """Everything that waits for one waits for another from today on; ticked as meant."""
    return WebForm(
        key=HANDOVER,
        title=visit.say("page.people.over"),
        note=visit.say("page.people.over_note"),
        button=visit.say("page.people.over_button"),
        web_fields=(
            *_delegator_fields(visit),
            _person_field(visit, "to", "page.people.to", ""),
            WebField(name="reason", label=visit.say("page.reason"), required=True),
            WebField(name="sure", label=visit.say("page.people.sure"), kind="check"),
        ),
        action="/people",
        idempotency_key=new_idempotency_key(),
    )


def delegation_command(visit: PageRequest) -> RecordCommand:
    """What one of them says at the desk, which judges who may."""
    act, sent, say = visit.form.get("act", ""), visit.form, visit.say
    reason = read_text("reason", say("page.reason"), sent, required=act == HANDOVER)
    person = sent.get("person", "") or visit.me.id
    if act == AWAY:
        deputy = read_text("deputy", say("page.people.deputy"), sent, required=True)
        first, last = _read_day(visit, "first"), _read_day(visit, "last")
        return lambda uow, _key: uow.delegate(person, deputy, first, last, reason)
    if act == BACK and sent.get("position", "").isdecimal():
        return lambda uow, _key: uow.recall(int(sent["position"]), reason)
    if act == HANDOVER:
        to = read_text("to", say("page.people.to"), sent, required=True)
        read_text("sure", say("page.people.sure"), sent, required=True)
        return lambda uow, _key: uow.hand_over(person, to, reason)
    raise NoSuchPage


def _delegator_fields(visit: PageRequest) -> Iterator[WebField]:
    if visit.may_record:
        yield _person_field(visit, "person", "page.people.whom", visit.me.id)


def _person_field(visit: PageRequest, name: str, label: str, value: str) -> WebField:
    choices = tuple((one.id, one.post) for one in visit.app.office.people)
    return WebField(
        name=name, label=visit.say(label), kind="choice", required=True, choices=choices, value=value
    )


def _day_field(visit: PageRequest, name: str, value: date) -> WebField:
    label = visit.say(f"page.people.{name}")
    return WebField(name=name, label=label, kind="date", required=True, value=value.isoformat())


def _read_day(visit: PageRequest, name: str) -> date:
    label = visit.say(f"page.people.{name}")
    if not visit.form.get(name):
        raise NotFilled(label=label)
    return read_day(visit.form[name])

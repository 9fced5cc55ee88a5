"""Being away, being back, and handing everything over: the forms, and what they say at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.channels.web.request.forms import Blank, Form, NotFilled, new_once, read_text
from bot.channels.web.request.request import NoSuchPage, Visit
from bot.channels.web.request.submission import Say
from scheduler.validation.date_calculator import read_day

AWAY, BACK, OVER = "away", "back", "over"


def away_form(visit: Visit) -> Form:
    """From which day to which, and who acts; for somebody else only where one keeps the registers."""
    today = visit.works.today
    return Form(
        key=AWAY,
        title=visit.say("page.people.away"),
        button=visit.say("page.people.away_button"),
        blanks=(
            *_whom(visit),
            _person(visit, "deputy", "page.people.deputy", visit.me.deputy),
            _day(visit, "first", today),
            _day(visit, "last", today),
            Blank(name="reason", label=visit.say("page.reason")),
        ),
        action="/people",
        once=new_once(),
    )


def over_form(visit: Visit) -> Form:
    """Everything that waits for one waits for another from today on; ticked as meant."""
    return Form(
        key=OVER,
        title=visit.say("page.people.over"),
        note=visit.say("page.people.over_note"),
        button=visit.say("page.people.over_button"),
        blanks=(
            *_whom(visit),
            _person(visit, "to", "page.people.to", ""),
            Blank(name="reason", label=visit.say("page.reason"), required=True),
            Blank(name="sure", label=visit.say("page.people.sure"), kind="check"),
        ),
        action="/people",
        once=new_once(),
    )


def said_away(visit: Visit) -> Say:
    """What one of them says at the desk, which judges who may."""
    act, sent, say = visit.form.get("act", ""), visit.form, visit.say
    reason = read_text("reason", say("page.reason"), sent, required=act == OVER)
    person = sent.get("person", "") or visit.me.id
    if act == AWAY:
        deputy = read_text("deputy", say("page.people.deputy"), sent, required=True)
        first, last = _read_day(visit, "first"), _read_day(visit, "last")
        return lambda desk, _key: desk.delegate(person, deputy, first, last, reason)
    if act == BACK and sent.get("position", "").isdecimal():
        return lambda desk, _key: desk.recall(int(sent["position"]), reason)
    if act == OVER:
        to = read_text("to", say("page.people.to"), sent, required=True)
        read_text("sure", say("page.people.sure"), sent, required=True)
        return lambda desk, _key: desk.hand_over(person, to, reason)
    raise NoSuchPage


def _whom(visit: Visit) -> Iterator[Blank]:
    if visit.may_record:
        yield _person(visit, "person", "page.people.whom", visit.me.id)


def _person(visit: Visit, name: str, label: str, value: str) -> Blank:
    choices = tuple((one.id, one.post) for one in visit.works.office.people)
    return Blank(
        name=name, label=visit.say(label), kind="choice", required=True, choices=choices, value=value
    )


def _day(visit: Visit, name: str, value: date) -> Blank:
    label = visit.say(f"page.people.{name}")
    return Blank(name=name, label=label, kind="date", required=True, value=value.isoformat())


def _read_day(visit: Visit, name: str) -> date:
    label = visit.say(f"page.people.{name}")
    if not visit.form.get(name):
        raise NotFilled(label=label)
    return read_day(visit.form[name])

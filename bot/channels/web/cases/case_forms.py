"""The forms of a case, from its kind's declaration: one for each step that may be taken, one to close it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.channels.web.request.forms import (
    Blank,
    Form,
    day_blank,
    field_blanks,
    new_once,
    read_facts,
    read_happened,
    read_text,
)
from bot.channels.web.request.late_entries import late_blanks
from bot.channels.web.request.request import NoSuchPage, Visit
from bot.channels.web.request.submission import Say
from config.declarations.duty import Duty, Outcome, Step
from config.declarations.receipt import Receipt
from config.errors import Refusal
from scheduler.validation.available_steps import Offer, is_closed, offers
from scheduler.validation.case_history import Bench
from storage.content.applicant import IdentityKind, Particulars
from storage.content.applicant_store import FIELDS
from storage.events.case import Case

STEP, CLOSE = "step.", "close"
PERSONAL = "private."


class NotOurKind(Refusal):
    """“{found}” is none of the kinds of identity paper. Choose one from the list."""


def case_forms(visit: Visit, case: Case, bench: Bench, *, late: bool) -> list[Form]:
    """Everything that may be said about a case now; ``late``: everything its kind declares."""
    seen, action = case.entries[-1].position, f"/cases/{case.number}" + ("?late=1" if late else "")
    made = [_step_form(visit, offer, action, seen) for offer in offers(bench, late=late)]
    if bench.duty.outcomes and (late or not is_closed(bench)):
        made.append(_close_form(visit, bench.duty, action, seen))
    more = late_blanks(visit)
    return [replace(form, blanks=(*form.blanks, *more)) for form in made]


def _step_form(visit: Visit, offer: Offer, action: str, seen: int) -> Form:
    step, labels = offer.step, visit.labels
    whom = {offer.pair: offer.whom} if offer.pair else {}
    return Form(
        key=STEP + step.key,
        title=labels.of(step),
        note=step.article,
        button=visit.say("page.record"),
        blanks=(
            day_blank(visit.say("page.happened_on"), visit.works.today),
            *field_blanks(step.fields, labels, actor=visit.person, whom=whom),
        ),
        action=action,
        seen=seen,
        once=new_once(),
    )


def _close_form(visit: Visit, duty: Duty, action: str, seen: int) -> Form:
    return Form(
        key=CLOSE,
        title=visit.say("page.close"),
        button=visit.say("page.close_button"),
        blanks=(
            day_blank(visit.say("page.closed_on"), visit.works.today),
            outcome_blank(visit, duty.outcomes),
        ),
        action=action,
        seen=seen,
        once=new_once(),
    )


def outcome_blank(
    visit: Visit, outcomes: tuple[Outcome, ...], value: str = "", *, name: str = "outcome"
) -> Blank:
    """The results of a kind, each with its article."""
    choices = tuple((each.key, _with_article(visit, each)) for each in outcomes)
    label = visit.say("page.outcome")
    return Blank(name=name, label=label, kind="choice", required=True, choices=choices, value=value)


def _with_article(visit: Visit, outcome: Outcome) -> str:
    name, article = visit.labels.of(outcome), outcome.article
    return visit.say("page.outcome_article", outcome=name, article=article) if article else name


def said_in(visit: Visit, number: int, duty: Duty) -> Say:
    """What a case's form says at the desk."""
    sent = visit.form
    if sent.get("act") == CLOSE:
        day = read_happened(sent, visit.say("page.closed_on"))
        outcome = read_text("outcome", visit.say("page.outcome"), sent, required=True)
        return lambda desk, key: desk.close(number, outcome, day, key=key)
    step = _step_named(duty, sent.get("act", ""))
    day = read_happened(sent, visit.say("page.happened_on"))
    facts = read_facts(step.fields, sent, visit.labels)
    return lambda desk, key: desk.step(number, step.key, day, facts, key=key)


def _step_named(duty: Duty, act: str) -> Step:
    step = duty.step(act.removeprefix(STEP)) if act.startswith(STEP) else None
    if step is None:
        raise NoSuchPage
    return step


def opening_form(visit: Visit, duty: Duty) -> Form:
    """A new case of a kind: what it is called, when it began, what its kind asks, and who applies."""
    labels, receipt = visit.labels, duty.receipt
    blanks = [
        Blank(name="reference", label=visit.say("page.reference"), required=True),
        day_blank(
            opened_words(visit, duty),
            visit.works.today,
            hint=_receipt_hint(visit, duty, receipt) if receipt else "",
        ),
        *field_blanks(duty.fields, labels, actor=visit.person),
        *late_blanks(visit),
        *(personal_blanks(visit) if receipt else ()),
    ]
    return Form(
        key="open",
        title=labels.duty(duty),
        note=duty.article,
        button=visit.say("page.register"),
        blanks=tuple(blanks),
        action=f"/new/{duty.kind}",
        once=new_once(),
    )


def opened_words(visit: Visit, duty: Duty) -> str:
    """What the day is called that opens a case of a kind."""
    if duty.begins_by_itself:
        return visit.say("page.opened_by_itself_on")
    return visit.say("page.opened_on" if duty.receipt else "page.began_on")


def _receipt_hint(visit: Visit, duty: Duty, receipt: Receipt) -> str:
    """Which day opens the case, by the way it came."""
    way = duty.field(receipt.by)
    ways: dict[str, list[str]] = {}
    for choice, day in receipt.days.items():
        ways.setdefault(day, []).append(visit.labels.choice(way, choice) if way else choice)
    comma, stop = visit.say("page.comma"), visit.say("page.semicolon")
    spoken = [visit.say(f"page.receipt.{day}", ways=comma.join(found)) for day, found in ways.items()]
    return visit.say("page.receipt.hint", ways=stop.join(spoken), article=receipt.article)


def personal_blanks(visit: Visit) -> Iterator[Blank]:
    """Who applies: kept in the erasable table, never in the log."""
    group = visit.say("page.personal.group")
    for key in FIELDS:
        label = visit.say(f"private.label.{key}")
        if key == "identity_kind":
            kinds = tuple((kind.value, visit.say(f"private.kind.{kind}")) for kind in IdentityKind)
            yield Blank(name=PERSONAL + key, label=label, kind="choice", choices=kinds, group=group)
        else:
            yield Blank(name=PERSONAL + key, label=label, kind="private", group=group)


def personal_form(visit: Visit, case: Case, key: str) -> Form:
    """Who applies, entered or mended later. It comes empty: what is kept is shown masked, never sent back."""
    return Form(
        key=key,
        title=visit.say("page.personal.mend"),
        note=visit.say("page.personal.note"),
        button=visit.say("page.personal.keep"),
        blanks=tuple(personal_blanks(visit)),
        action=f"/cases/{case.number}/personal",
        seen=case.entries[-1].position,
    )


def read_personal(visit: Visit) -> Particulars:
    """What was filled in about the applicant."""
    found = {key: read_text(PERSONAL + key, visit.say(f"private.label.{key}"), visit.form) for key in FIELDS}
    if found["identity_kind"] not in {"", *IdentityKind}:
        raise NotOurKind(found=found["identity_kind"])
    return Particulars(**found)

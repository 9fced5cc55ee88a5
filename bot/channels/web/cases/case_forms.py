"""The forms of a case, from its kind's declaration: one for each step that may be taken, one to close it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.channels.web.request.forms import (
    WebField,
    WebForm,
    day_field,
    declared_web_fields,
    new_idempotency_key,
    read_facts,
    read_legal_day,
    read_text,
)
from bot.channels.web.request.late_entries import late_reason_fields
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import RecordCommand
from config.declarations.duty import CaseOutcome, Duty, Step
from config.declarations.receipt import ReceiptRule
from config.errors import Refusal
from scheduler.validation.available_steps import AvailableStep, available_steps, is_closed
from scheduler.validation.case_history import CaseHistory
from storage.content.applicant import Applicant, IdentityKind
from storage.content.applicant_store import APPLICANT_FIELDS
from storage.events.case import Case

STEP_PREFIX, CLOSE = "step.", "close"
APPLICANT_PREFIX = "private."


class NotOurKind(Refusal):
    """“{found}” is none of the kinds of identity paper. Choose one from the list."""


def case_forms(visit: PageRequest, case: Case, bench: CaseHistory, *, late: bool) -> list[WebForm]:
    """Everything that may be said about a case now; ``late``: everything its kind declares."""
    seen, action = case.entries[-1].position, f"/cases/{case.number}" + ("?late=1" if late else "")
    made = [_step_form(visit, offer, action, seen) for offer in available_steps(bench, late=late)]
    if bench.duty.outcomes and (late or not is_closed(bench)):
        made.append(_close_form(visit, bench.duty, action, seen))
    more = late_reason_fields(visit)
    return [replace(form, web_fields=(*form.web_fields, *more)) for form in made]


def _step_form(visit: PageRequest, offer: AvailableStep, action: str, seen: int) -> WebForm:
    step, labels = offer.step, visit.labels
    whom = {offer.pair: offer.parties} if offer.pair else {}
    return WebForm(
        key=STEP_PREFIX + step.key,
        title=labels.label(step),
        note=step.article,
        button=visit.say("page.record"),
        web_fields=(
            day_field(visit.say("page.happened_on"), visit.app.today),
            *declared_web_fields(step.fields, labels, actor=visit.person, whom=whom),
        ),
        action=action,
        seen_position=seen,
        idempotency_key=new_idempotency_key(),
    )


def _close_form(visit: PageRequest, duty: Duty, action: str, seen: int) -> WebForm:
    return WebForm(
        key=CLOSE,
        title=visit.say("page.close"),
        button=visit.say("page.close_button"),
        web_fields=(
            day_field(visit.say("page.closed_on"), visit.app.today),
            outcome_field(visit, duty.outcomes),
        ),
        action=action,
        seen_position=seen,
        idempotency_key=new_idempotency_key(),
    )


def outcome_field(
    visit: PageRequest, outcomes: tuple[CaseOutcome, ...], value: str = "", *, name: str = "outcome"
) -> WebField:
    """The results of a kind, each with its article."""
    choices = tuple((each.key, _outcome_label(visit, each)) for each in outcomes)
    label = visit.say("page.outcome")
    return WebField(name=name, label=label, kind="choice", required=True, choices=choices, value=value)


def _outcome_label(visit: PageRequest, outcome: CaseOutcome) -> str:
    name, article = visit.labels.label(outcome), outcome.article
    return visit.say("page.outcome_article", outcome=name, article=article) if article else name


def case_command(visit: PageRequest, number: int, duty: Duty) -> RecordCommand:
    """What a case's form says at the desk."""
    sent = visit.form
    if sent.get("act") == CLOSE:
        day = read_legal_day(sent, visit.say("page.closed_on"))
        outcome = read_text("outcome", visit.say("page.outcome"), sent, required=True)
        return lambda uow, key: uow.close(number, outcome, day, key=key)
    step = _step_named(duty, sent.get("act", ""))
    day = read_legal_day(sent, visit.say("page.happened_on"))
    facts = read_facts(step.fields, sent, visit.labels)
    return lambda uow, key: uow.step(number, step.key, day, facts, key=key)


def _step_named(duty: Duty, act: str) -> Step:
    step = duty.step(act.removeprefix(STEP_PREFIX)) if act.startswith(STEP_PREFIX) else None
    if step is None:
        raise NoSuchPage
    return step


def opening_form(visit: PageRequest, duty: Duty) -> WebForm:
    """A new case of a kind: what it is called, when it began, what its kind asks, and who applies."""
    labels, receipt = visit.labels, duty.receipt
    blanks = [
        WebField(name="reference", label=visit.say("page.reference"), required=True),
        day_field(
            opening_day_label(visit, duty),
            visit.app.today,
            hint=_receipt_hint(visit, duty, receipt) if receipt else "",
        ),
        *declared_web_fields(duty.fields, labels, actor=visit.person),
        *late_reason_fields(visit),
        *(applicant_fields(visit) if receipt else ()),
    ]
    return WebForm(
        key="open",
        title=labels.duty(duty),
        note=duty.article,
        button=visit.say("page.register"),
        web_fields=tuple(blanks),
        action=f"/new/{duty.kind}",
        idempotency_key=new_idempotency_key(),
    )


def opening_day_label(visit: PageRequest, duty: Duty) -> str:
    """What the day is called that opens a case of a kind."""
    if duty.opens_automatically:
        return visit.say("page.opened_by_itself_on")
    return visit.say("page.opened_on" if duty.receipt else "page.began_on")


def _receipt_hint(visit: PageRequest, duty: Duty, receipt: ReceiptRule) -> str:
    """Which day opens the case, by the way it came."""
    way = duty.field(receipt.by)
    ways: dict[str, list[str]] = {}
    for choice, day in receipt.days.items():
        ways.setdefault(day, []).append(visit.labels.choice(way, choice) if way else choice)
    comma, stop = visit.say("page.comma"), visit.say("page.semicolon")
    spoken = [visit.say(f"page.receipt.{day}", ways=comma.join(found)) for day, found in ways.items()]
    return visit.say("page.receipt.hint", ways=stop.join(spoken), article=receipt.article)


def applicant_fields(visit: PageRequest) -> Iterator[WebField]:
    """Who applies: kept in the erasable table, never in the log."""
    group = visit.say("page.personal.group")
    for key in APPLICANT_FIELDS:
        label = visit.say(f"private.label.{key}")
        if key == "identity_kind":
            kinds = tuple((kind.value, visit.say(f"private.kind.{kind}")) for kind in IdentityKind)
            yield WebField(
                name=APPLICANT_PREFIX + key, label=label, kind="choice", choices=kinds, group=group
            )
        else:
            yield WebField(name=APPLICANT_PREFIX + key, label=label, kind="private", group=group)


def applicant_form(visit: PageRequest, case: Case, key: str) -> WebForm:
    """Who applies, entered or mended later. It comes empty: what is kept is shown masked, never sent back."""
    return WebForm(
        key=key,
        title=visit.say("page.personal.mend"),
        note=visit.say("page.personal.note"),
        button=visit.say("page.personal.keep"),
        web_fields=tuple(applicant_fields(visit)),
        action=f"/cases/{case.number}/personal",
        seen_position=case.entries[-1].position,
    )


def read_applicant(visit: PageRequest) -> Applicant:
    """What was filled in about the applicant."""
    found = {
        key: read_text(APPLICANT_PREFIX + key, visit.say(f"private.label.{key}"), visit.form)
        for key in APPLICANT_FIELDS
    }
    if found["identity_kind"] not in {"", *IdentityKind}:
        raise NotOurKind(found=found["identity_kind"])
    return Applicant(**found)

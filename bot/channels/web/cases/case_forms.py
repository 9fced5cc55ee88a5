"""Makes a case's forms from its kind's declaration (one for each available step, one to close it) and reads them."""

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


def case_forms(page: PageRequest, case: Case, history: CaseHistory, *, late: bool) -> list[WebForm]:
    """The forms of the steps that are available now; with ``late`` of every step its kind declares."""
    seen, action = case.entries[-1].position, f"/cases/{case.number}" + ("?late=1" if late else "")
    made = [_step_form(page, available, action, seen) for available in available_steps(history, late=late)]
    if history.duty.outcomes and (late or not is_closed(history)):
        made.append(_close_form(page, history.duty, action, seen))
    more = late_reason_fields(page)
    return [replace(form, web_fields=(*form.web_fields, *more)) for form in made]


def _step_form(page: PageRequest, available: AvailableStep, action: str, seen: int) -> WebForm:
    step, labels = available.step, page.labels
    whom = {available.pair: available.parties} if available.pair else {}
    return WebForm(
        key=STEP_PREFIX + step.key,
        title=labels.label(step),
        note=step.article,
        button=page.say("page.record"),
        web_fields=(
            day_field(page.say("page.happened_on"), page.app.today),
            *declared_web_fields(step.fields, labels, actor=page.person, whom=whom),
        ),
        action=action,
        seen_position=seen,
        idempotency_key=new_idempotency_key(),
    )


def _close_form(page: PageRequest, duty: Duty, action: str, seen: int) -> WebForm:
    return WebForm(
        key=CLOSE,
        title=page.say("page.close"),
        button=page.say("page.close_button"),
        web_fields=(
            day_field(page.say("page.closed_on"), page.app.today),
            outcome_field(page, duty.outcomes),
        ),
        action=action,
        seen_position=seen,
        idempotency_key=new_idempotency_key(),
    )


def outcome_field(
    page: PageRequest, outcomes: tuple[CaseOutcome, ...], value: str = "", *, name: str = "outcome"
) -> WebField:
    """The choice of an outcome, each with its article."""
    choices = tuple((each.key, _outcome_label(page, each)) for each in outcomes)
    label = page.say("page.outcome")
    return WebField(name=name, label=label, kind="choice", required=True, choices=choices, value=value)


def _outcome_label(page: PageRequest, outcome: CaseOutcome) -> str:
    name, article = page.labels.label(outcome), outcome.article
    return page.say("page.outcome_article", outcome=name, article=article) if article else name


def case_command(page: PageRequest, number: int, duty: Duty) -> RecordCommand:
    """The command that a case's form stands for. NoSuchPage where its step is not declared."""
    sent = page.form
    if sent.get("act") == CLOSE:
        day = read_legal_day(sent, page.say("page.closed_on"))
        outcome = read_text("outcome", page.say("page.outcome"), sent, required=True)
        return lambda uow, key: uow.cases.close(number, outcome, day, key=key)
    step = _step_named(duty, sent.get("act", ""))
    day = read_legal_day(sent, page.say("page.happened_on"))
    facts = read_facts(step.fields, sent, page.labels)
    return lambda uow, key: uow.cases.step(number, step.key, day, facts, key=key)


def _step_named(duty: Duty, act: str) -> Step:
    step = duty.step(act.removeprefix(STEP_PREFIX)) if act.startswith(STEP_PREFIX) else None
    if step is None:
        raise NoSuchPage
    return step


def opening_form(page: PageRequest, duty: Duty) -> WebForm:
    """The form of a new case: reference, day, declared fields, and the applicant where the kind has one."""
    labels, receipt = page.labels, duty.receipt
    fields = [
        WebField(name="reference", label=page.say("page.reference"), required=True),
        day_field(
            opening_day_label(page, duty),
            page.app.today,
            hint=_receipt_hint(page, duty, receipt) if receipt else "",
        ),
        *declared_web_fields(duty.fields, labels, actor=page.person),
        *late_reason_fields(page),
        *(applicant_fields(page) if receipt else ()),
    ]
    return WebForm(
        key="open",
        title=labels.duty(duty),
        note=duty.article,
        button=page.say("page.register"),
        web_fields=tuple(fields),
        action=f"/new/{duty.kind}",
        idempotency_key=new_idempotency_key(),
    )


def opening_day_label(page: PageRequest, duty: Duty) -> str:
    """The label of the day that opens a case of a kind."""
    if duty.opens_automatically:
        return page.say("page.opened_by_itself_on")
    return page.say("page.opened_on" if duty.receipt else "page.began_on")


def _receipt_hint(page: PageRequest, duty: Duty, receipt: ReceiptRule) -> str:
    """The hint that says which day opens the case, by the way the request came in."""
    way = duty.field(receipt.by)
    ways: dict[str, list[str]] = {}
    for choice, day in receipt.days.items():
        ways.setdefault(day, []).append(page.labels.choice(way, choice) if way else choice)
    comma, stop = page.say("page.comma"), page.say("page.semicolon")
    spoken = [page.say(f"page.receipt.{day}", ways=comma.join(found)) for day, found in ways.items()]
    return page.say("page.receipt.hint", ways=stop.join(spoken), article=receipt.article)


def applicant_fields(page: PageRequest) -> Iterator[WebField]:
    """The applicant's fields; they are stored in the erasable table, never in the log."""
    group = page.say("page.personal.group")
    for key in APPLICANT_FIELDS:
        label = page.say(f"private.label.{key}")
        if key == "identity_kind":
            kinds = tuple((kind.value, page.say(f"private.kind.{kind}")) for kind in IdentityKind)
            yield WebField(
                name=APPLICANT_PREFIX + key, label=label, kind="choice", choices=kinds, group=group
            )
        else:
            yield WebField(name=APPLICANT_PREFIX + key, label=label, kind="private", group=group)


def applicant_form(page: PageRequest, case: Case, key: str) -> WebForm:
    """The form that enters or corrects the applicant later. Stored values are shown masked, never sent out."""
    return WebForm(
        key=key,
        title=page.say("page.personal.mend"),
        note=page.say("page.personal.note"),
        button=page.say("page.personal.keep"),
        web_fields=tuple(applicant_fields(page)),
        action=f"/cases/{case.number}/personal",
        seen_position=case.entries[-1].position,
    )


def read_applicant(page: PageRequest) -> Applicant:
    """Read the applicant's particulars. TooLong, NotOurKind."""
    found = {
        key: read_text(APPLICANT_PREFIX + key, page.say(f"private.label.{key}"), page.form)
        for key in APPLICANT_FIELDS
    }
    if found["identity_kind"] not in {"", *IdentityKind}:
        raise NotOurKind(found=found["identity_kind"])
    return Applicant(**found)

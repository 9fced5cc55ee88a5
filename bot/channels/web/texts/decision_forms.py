"""Makes the forms that decide on a text (sign, return, reject …): those the user may use, on the shown version."""

from __future__ import annotations

from collections.abc import Iterator

from bot.channels.web.request.forms import WebField, WebForm, new_idempotency_key, read_text
from bot.channels.web.request.request import PageRequest
from bot.channels.web.request.submission import RecordCommand
from bot.channels.web.request.viewer import Viewer
from config.declarations.duty import Duty
from config.declarations.keys import ANY_HOLDER
from scheduler.signoff.approval_state import ApprovalState
from scheduler.signoff.circulation import (
    circulations_for,
    may_be_shown_texts,
    may_circulate,
    open_circulations,
)
from scheduler.signoff.signing_rights import (
    override_candidates,
    signers,
    signing_right,
    withdrawable_signature,
)
from storage.events.approvals import is_published, releases
from storage.events.case import Case

SIGN, RETURN, REJECT, PASS, WITHDRAW, OVERRIDE = "sign", "return", "reject", "pass", "withdraw", "override"
CIRCULATE, COMMENT = "circulate", "comment"
DECISIONS = frozenset({SIGN, RETURN, REJECT, PASS, WITHDRAW, OVERRIDE, CIRCULATE, COMMENT})
WITHOUT_REASON = frozenset({SIGN, PASS, CIRCULATE, COMMENT})
WRITER = "writer"


def decision_forms(viewer: Viewer, case: Case, duty: Duty, at: ApprovalState) -> Iterator[WebForm]:
    """The decisions the user may take on the text now."""
    page, context = viewer.page_request, viewer.context
    office, me = page.app.office, page.me.id
    if at.stage and signing_right(at, office, context.absences, page.me, context.today):
        note = at.stage.meaning or at.stage.name
        yield _decision_form(page, case, at, SIGN, _opinion_field(page), note=note)
        yield _decision_form(page, case, at, RETURN, _return_to_field(page, at), _reason_field(page))
        if duty.rejected and not releases(case, duty):
            yield _decision_form(page, case, at, REJECT, _reason_field(page))
        others = [one for one in signers(at, office) if one.id != me]
        if others and at.stage.rule == ANY_HOLDER:
            choices = tuple((one.id, one.post) for one in others)
            to = WebField(
                name="to", label=page.say("page.text.to"), kind="choice", required=True, choices=choices
            )
            yield _decision_form(page, case, at, PASS, to, _reason_field(page, required=False))
    if own := withdrawable_signature(at.text, me, is_released=is_published(case, duty)):
        yield _decision_form(page, case, at, WITHDRAW, _reason_field(page), note=own.stage)
    if at.stage and me in {one.id for one in override_candidates(at, office)}:
        yield _decision_form(page, case, at, OVERRIDE, _reason_field(page), note=at.stage.name)
    yield from _circulation_forms(page, viewer, case, at)


def _circulation_forms(page: PageRequest, viewer: Viewer, case: Case, at: ApprovalState) -> Iterator[WebForm]:
    """The forms by which a text is shown to somebody, and by which whoever it was shown to comments on it."""
    office, context = page.app.office, viewer.context
    mine = circulations_for(open_circulations(case), context.absences, page.me.id, context.today)
    if mine and at.manifest:
        asked = mine[-1].record
        key = "page.text.asked_by" if asked.note else "page.text.shown_by"
        note = page.say(key, post=asked.post, note=asked.note)
        yield _decision_form(page, case, at, COMMENT, _opinion_field(page), note=note)
    if at.manifest and may_circulate(at, office, page.me.id):
        people = [one for one in office.people if may_be_shown_texts(office, one.id)]
        to = WebField(
            name="to",
            label=page.say("page.text.show_to"),
            kind="choice",
            required=True,
            choices=tuple((one.id, one.post) for one in people if one.id != page.me.id),
        )
        ask = WebField(name="reason", label=page.say("page.text.ask"))
        yield _decision_form(page, case, at, CIRCULATE, to, ask)


def decision_command(page: PageRequest, number: int) -> RecordCommand:
    """The command that a decision stands for, on the manifest the form was made for, never on a newer one."""
    act, me = page.form["act"], page.me.id
    shown, stage = page.form.get("manifest", ""), page.form.get("stage", "")
    label = page.say("page.reason")
    reason = read_text("reason", label, page.form, required=act not in WITHOUT_REASON)
    to = page.form.get("to", "")
    commands: dict[str, RecordCommand] = {
        SIGN: lambda uow, _key: uow.signoff.sign(
            number, me, stage, shown, said_at=page.at.isoformat(), opinion=reason
        ),
        CIRCULATE: lambda uow, _key: uow.signoff.circulate(number, me, to, shown, reason),
        COMMENT: lambda uow, _key: uow.signoff.comment(number, me, shown, reason),
        RETURN: lambda uow, _key: uow.signoff.send_back(
            number, me, shown, reason, "" if to == WRITER else to
        ),
        REJECT: lambda uow, _key: uow.signoff.reject(number, me, shown, reason),
        PASS: lambda uow, _key: uow.signoff.reassign_stage(number, me, to, shown, reason),
        WITHDRAW: lambda uow, _key: uow.signoff.withdraw(number, me, reason),
        OVERRIDE: lambda uow, _key: uow.signoff.override(number, me, stage, shown, reason),
    }
    return commands[act]


def _decision_form(
    page: PageRequest, case: Case, at: ApprovalState, key: str, *fields: WebField, note: str = ""
) -> WebForm:
    stage = at.stage.name if at.stage else ""
    return WebForm(
        key=key,
        title=page.say(f"page.text.{key}"),
        note=note,
        button=page.say(f"page.text.{key}"),
        web_fields=(*fields, _hidden_field("manifest", at.manifest), _hidden_field("stage", stage)),
        action=f"/texts/{case.number}",
        seen_position=case.entries[-1].position,
        idempotency_key=new_idempotency_key(),
    )


def _hidden_field(name: str, value: str) -> WebField:
    return WebField(name=name, label="", kind="hidden", value=value)


def _reason_field(page: PageRequest, *, required: bool = True) -> WebField:
    return WebField(name="reason", label=page.say("page.reason"), required=required)


def _opinion_field(page: PageRequest) -> WebField:
    return WebField(name="reason", label=page.say("page.text.opinion"))


def _return_to_field(page: PageRequest, at: ApprovalState) -> WebField:
    """The choice of where a text returns to: its writer, or a stage that has acted."""
    given = {one.stage for one in at.signed} | at.text.overridden_stages
    stages = tuple((name, name) for name in at.text.route if name in given)
    choices = ((WRITER, page.say("page.text.writer")), *stages)
    label = page.say("page.text.back_to")
    return WebField(name="to", label=label, kind="choice", required=True, choices=choices, value=WRITER)

"""The forms by which a text is decided upon: only those its reader may send now, each bound to what was shown."""

from __future__ import annotations

from collections.abc import Iterator

from bot.channels.web.request.forms import WebField, WebForm, new_idempotency_key, read_text
from bot.channels.web.request.request import PageRequest
from bot.channels.web.request.submission import RecordCommand
from bot.channels.web.request.viewer import Viewer
from config.declarations.duty import Duty
from scheduler.signoff.approval_state import ApprovalState, override_candidates, signers, signing_right
from storage.events.approvals import is_published, releases
from storage.events.case import Case

SIGN, RETURN, REJECT, PASS, WITHDRAW, OVERRIDE = "sign", "return", "reject", "pass", "withdraw", "override"
DECISIONS = frozenset({SIGN, RETURN, REJECT, PASS, WITHDRAW, OVERRIDE})
WRITER = "writer"


def decision_forms(sight: Viewer, case: Case, duty: Duty, at: ApprovalState) -> Iterator[WebForm]:
    """What whoever reads it may say of it now."""
    visit, context = sight.page_request, sight.context
    office, me = visit.app.office, visit.me.id
    if at.stage and signing_right(at, office, context.absences, visit.me, context.today):
        yield _decision_form(visit, case, at, SIGN, note=at.stage.meaning or at.stage.name)
        yield _decision_form(visit, case, at, RETURN, _return_to_field(visit, at), _reason_field(visit))
        if duty.rejected and not releases(case, duty):
            yield _decision_form(visit, case, at, REJECT, _reason_field(visit))
        others = [one for one in signers(at, office) if one.id != me]
        if others and at.stage.rule == "any":
            choices = tuple((one.id, one.post) for one in others)
            to = WebField(
                name="to", label=visit.say("page.text.to"), kind="choice", required=True, choices=choices
            )
            yield _decision_form(visit, case, at, PASS, to, _reason_field(visit, required=False))
    last = at.signed[-1] if at.signed else None
    if last and last.by == me and not is_published(case, duty):
        yield _decision_form(visit, case, at, WITHDRAW, _reason_field(visit), note=last.stage)
    if at.stage and me in {one.id for one in override_candidates(at, office)}:
        yield _decision_form(visit, case, at, OVERRIDE, _reason_field(visit), note=at.stage.name)


def decision_command(visit: PageRequest, number: int) -> RecordCommand:
    """What a form says at the desk: on the fingerprint it came with, and never on what lies there now."""
    act, me = visit.form["act"], visit.me.id
    shown, stage = visit.form.get("manifest", ""), visit.form.get("stage", "")
    label = visit.say("page.reason")
    reason = read_text("reason", label, visit.form, required=act not in {SIGN, PASS})
    to = visit.form.get("to", "")
    says: dict[str, RecordCommand] = {
        SIGN: lambda uow, _key: uow.sign(number, me, stage, shown, said_at=visit.at.isoformat()),
        RETURN: lambda uow, _key: uow.send_back(number, me, shown, reason, "" if to == WRITER else to),
        REJECT: lambda uow, _key: uow.reject(number, me, shown, reason),
        PASS: lambda uow, _key: uow.reassign_stage(number, me, to, shown, reason),
        WITHDRAW: lambda uow, _key: uow.withdraw(number, me, reason),
        OVERRIDE: lambda uow, _key: uow.override(number, me, stage, shown, reason),
    }
    return says[act]


def _decision_form(
    visit: PageRequest, case: Case, at: ApprovalState, key: str, *blanks: WebField, note: str = ""
) -> WebForm:
    stage = at.stage.name if at.stage else ""
    return WebForm(
        key=key,
        title=visit.say(f"page.text.{key}"),
        note=note,
        button=visit.say(f"page.text.{key}"),
        web_fields=(*blanks, _hidden_field("manifest", at.manifest), _hidden_field("stage", stage)),
        action=f"/texts/{case.number}",
        seen_position=case.entries[-1].position,
        idempotency_key=new_idempotency_key(),
    )


def _hidden_field(name: str, value: str) -> WebField:
    return WebField(name=name, label="", kind="hidden", value=value)


def _reason_field(visit: PageRequest, *, required: bool = True) -> WebField:
    return WebField(name="reason", label=visit.say("page.reason"), required=required)


def _return_to_field(visit: PageRequest, at: ApprovalState) -> WebField:
    """Back to its writer, or to a stage that has acted."""
    given = {one.stage for one in at.signed} | at.text.overridden_stages
    stages = tuple((name, name) for name in at.text.route if name in given)
    choices = ((WRITER, visit.say("page.text.writer")), *stages)
    label = visit.say("page.text.back_to")
    return WebField(name="to", label=label, kind="choice", required=True, choices=choices, value=WRITER)

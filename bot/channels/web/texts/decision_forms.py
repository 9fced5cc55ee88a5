"""The forms by which a text is decided upon: only those its reader may send now, each bound to what was shown."""

from __future__ import annotations

from collections.abc import Iterator

from bot.channels.web.request.forms import Blank, Form, new_once, read_text
from bot.channels.web.request.request import Visit
from bot.channels.web.request.submission import Say
from bot.channels.web.request.viewer import Sight
from config.declarations.duty import Duty
from scheduler.signoff.approval_state import Standing, mandate, overriders, signers
from storage.events.approvals import is_out, releases
from storage.events.case import Case

SIGN, RETURN, REJECT, PASS, WITHDRAW, OVERRIDE = "sign", "return", "reject", "pass", "withdraw", "override"
ACTS = frozenset({SIGN, RETURN, REJECT, PASS, WITHDRAW, OVERRIDE})
WRITER = "writer"


def decision_forms(sight: Sight, case: Case, duty: Duty, at: Standing) -> Iterator[Form]:
    """What whoever reads it may say of it now."""
    visit, turn = sight.visit, sight.turn
    office, me = visit.works.office, visit.me.id
    if at.stage and mandate(at, office, turn.absences, visit.me, turn.today):
        yield _form(visit, case, at, SIGN, note=at.stage.meaning or at.stage.name)
        yield _form(visit, case, at, RETURN, _to_blank(visit, at), _reason(visit))
        if duty.rejected and not releases(case, duty):
            yield _form(visit, case, at, REJECT, _reason(visit))
        others = [one for one in signers(at, office) if one.id != me]
        if others and at.stage.rule == "any":
            choices = tuple((one.id, one.post) for one in others)
            to = Blank(
                name="to", label=visit.say("page.text.to"), kind="choice", required=True, choices=choices
            )
            yield _form(visit, case, at, PASS, to, _reason(visit, required=False))
    last = at.signed[-1] if at.signed else None
    if last and last.by == me and not is_out(case, duty):
        yield _form(visit, case, at, WITHDRAW, _reason(visit), note=last.stage)
    if at.stage and me in {one.id for one in overriders(at, office)}:
        yield _form(visit, case, at, OVERRIDE, _reason(visit), note=at.stage.name)


def said_of(visit: Visit, number: int) -> Say:
    """What a form says at the desk: on the fingerprint it came with, and never on what lies there now."""
    act, me = visit.form["act"], visit.me.id
    shown, stage = visit.form.get("manifest", ""), visit.form.get("stage", "")
    label = visit.say("page.reason")
    reason = read_text("reason", label, visit.form, required=act not in {SIGN, PASS})
    to = visit.form.get("to", "")
    says: dict[str, Say] = {
        SIGN: lambda desk, _key: desk.sign(number, me, stage, shown, said_at=visit.at.isoformat()),
        RETURN: lambda desk, _key: desk.send_back(number, me, shown, reason, "" if to == WRITER else to),
        REJECT: lambda desk, _key: desk.reject(number, me, shown, reason),
        PASS: lambda desk, _key: desk.pass_on(number, me, to, shown, reason),
        WITHDRAW: lambda desk, _key: desk.withdraw(number, me, reason),
        OVERRIDE: lambda desk, _key: desk.override(number, me, stage, shown, reason),
    }
    return says[act]


def _form(visit: Visit, case: Case, at: Standing, key: str, *blanks: Blank, note: str = "") -> Form:
    stage = at.stage.name if at.stage else ""
    return Form(
        key=key,
        title=visit.say(f"page.text.{key}"),
        note=note,
        button=visit.say(f"page.text.{key}"),
        blanks=(*blanks, _hidden("manifest", at.manifest), _hidden("stage", stage)),
        action=f"/texts/{case.number}",
        seen=case.entries[-1].position,
        once=new_once(),
    )


def _hidden(name: str, value: str) -> Blank:
    return Blank(name=name, label="", kind="hidden", value=value)


def _reason(visit: Visit, *, required: bool = True) -> Blank:
    return Blank(name="reason", label=visit.say("page.reason"), required=required)


def _to_blank(visit: Visit, at: Standing) -> Blank:
    """Back to its writer, or to a stage that has acted."""
    given = {one.stage for one in at.signed} | at.text.overridden
    stages = tuple((name, name) for name in at.text.route if name in given)
    choices = ((WRITER, visit.say("page.text.writer")), *stages)
    label = visit.say("page.text.back_to")
    return Blank(name="to", label=label, kind="choice", required=True, choices=choices, value=WRITER)

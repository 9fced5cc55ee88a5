"""Prints how far a case's text has come through its stages, and who may sign it now."""

from __future__ import annotations

from typing import Any

from bot.cli.common.output import print_phrase
from bot.language.labels import Labels
from bot.services.app import OfficeApp, user_phrasebook
from config.office.model import Chain, Person
from scheduler.recording.signoff_commands import NoChain
from scheduler.signoff.approval_state import ApprovalState, approval_state
from scheduler.signoff.signing_rights import override_candidates, signers, signing_right
from storage.eventlog.recorded_office import office_events
from storage.events.approvals import is_published
from storage.events.case import Case, chain_kind
from storage.events.delegations import fold_absences

DIGEST_DIGITS_SHOWN = 12  # digits of a fingerprint: enough to compare two by eye
SIGNED_MARK, CURRENT_MARK, AHEAD_MARK = "✓", "●", "○"


def chain_of(app: OfficeApp, case: Case) -> Chain:
    """The stages that sign the case's text. NoChain where nobody signs it."""
    duty = app.duties.get(case.opening.kind) if case.opening else None
    if duty is None or not chain_kind(case, duty):
        raise NoChain(case=case.number)
    return app.office.chain(chain_kind(case, duty))


def case_approval_state(app: OfficeApp, case: Case) -> ApprovalState:
    """How far the case's text has come. NoChain where nobody signs it."""
    return approval_state(chain_of(app, case), app.office, case.approvals)


def print_approval_state(app: OfficeApp, case: Case) -> None:
    """Print the text, its stages with their marks, and who may sign now. NoChain where nobody signs it."""
    chain, state = chain_of(app, case), case_approval_state(app, case)
    print_phrase(
        "signing.text",
        case=case.number,
        title=state.title
        or Labels(book=user_phrasebook(), office=app.office).case_title(case.opening, case.number),
        manifest=state.manifest[:DIGEST_DIGITS_SHOWN] or "—",
    )
    print_phrase("signing.route", route=" ".join(mark + name for name, mark in _stage_marks(chain, state)))
    may_sign, may_override = signers(state, app.office), override_candidates(state, app.office)
    who = "、".join(_person_label(app, state, person) for person in may_sign or may_override) or "—"
    key = _printed_state_key(app, case, state, signers_left=bool(may_sign), overridable=bool(may_override))
    print_phrase(f"signing.state.{key}", stage=state.stage.name if state.stage else "—", who=who)


def approval_state_data(app: OfficeApp, case: Case) -> dict[str, Any]:
    """The same for a program. NoChain where nobody signs it."""
    chain, state = chain_of(app, case), case_approval_state(app, case)
    marks = _stage_marks(chain, state)
    return {
        "case": case.number,
        "state": _state_key(state),
        "title": state.title,
        "manifest": state.manifest,
        "stages": [{"name": name, "signed": mark == SIGNED_MARK} for name, mark in marks],
        "waits_for": state.stage.name if state.stage else None,
        "may_sign": [{"id": person.id, "post": person.post} for person in signers(state, app.office)],
    }


def _printed_state_key(
    app: OfficeApp, case: Case, state: ApprovalState, *, signers_left: bool, overridable: bool
) -> str:
    """The phrase that tells the state: also whether the text is published, or nobody is left to sign it."""
    duty = app.duties.get(case.opening.kind) if case.opening else None
    if duty and is_published(case, duty):
        return "out"
    key = _state_key(state)
    if key == "waits" and not signers_left:
        return "nobody" if overridable else "stuck"
    return key


def _state_key(state: ApprovalState) -> str:
    if state.text.rejected:
        return "rejected"
    if state.complete:
        return "complete"
    if state.stage:
        return "waits"
    return "with_writer" if state.has_text else "nothing"


def _stage_marks(chain: Chain, state: ApprovalState) -> list[tuple[str, str]]:
    """Each stage's name with its mark, in order."""
    names = [stage.name for stage in chain.stages]
    done = len(names) if state.complete else names.index(state.stage.name) if state.stage else 0
    marks = [SIGNED_MARK] * done + [CURRENT_MARK] * bool(state.stage)
    return list(zip(names, marks + [AHEAD_MARK] * (len(names) - len(marks)), strict=True))


def _person_label(app: OfficeApp, state: ApprovalState, person: Person) -> str:
    """A post with its id, and the deputy who may sign for it today."""
    with app.log() as log:
        absences = fold_absences(office_events(log))
    running = absences.deputy_of(person.id, app.today)
    deputy = app.office.find_person(running.deputy) if running else None
    right = signing_right(state, app.office, absences, deputy, app.today) if deputy else None
    stands_in = right is not None and right.deputy_for is not None
    away = user_phrasebook().say("signing.by_deputy", deputy=deputy.post) if deputy and stands_in else ""
    return f"{person.post}（{person.id}{away}）"

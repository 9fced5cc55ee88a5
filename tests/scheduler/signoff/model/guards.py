"""The guards of the rules, each taken away in turn: the search of the small world must notice every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from scheduler.signoff import acts, approval_state, signing_rights
from scheduler.signoff.approval_state import ApprovalState
from scheduler.signoff.signing_rights import SigningRight
from storage.events.approvals import ApprovalHistory
from storage.events.delegations import Delegation
from tests.scheduler.signoff.model.small_model import Found, Search

Change = tuple[Any, str, Any]


def _nothing(*_parts: Any, **_words: Any) -> None:
    """Ask nothing."""


def _anybody(_at: Any, _office: Any, _absences: Any, person: Any, _day: Any) -> SigningRight:
    return SigningRight(person=person)


def _deputies_unasked(at: Any, office: Any, absences: Any, person: Any, day: Any) -> SigningRight | None:
    may = {each.id: each for each in signing_rights.signers(at, office)}
    away = (may.get(one.person) for one in absences.acting_for(person.id, day))
    stood = next((SigningRight(person=person, deputy_for=each) for each in away if each), None)
    return SigningRight(person=person) if person.id in may else stood


def _keeping_signatures(self: ApprovalHistory, draft: Any) -> ApprovalHistory:
    return replace(NEXT(self, draft), signed=self.signed)


def _keeping_all(self: ApprovalHistory, stage: str) -> ApprovalHistory:
    return replace(self, manifest=self.manifest if stage in self.route else "", reassigned=None)


def _handed_unasked(at: ApprovalState, office: Any) -> tuple[Any, ...]:
    free = approval_state.stage_holders(at.stage, office, at.text.facts) if at.stage else ()
    return tuple(person for person in free if person.id not in at.excluded)


NEXT: Callable[[ApprovalHistory, Any], ApprovalHistory] = ApprovalHistory._new_version
DEEP = "whom a deputy stood in for is barred"  # five acts away: for `make proof`
GUARDS: dict[str, tuple[str, tuple[Change, ...]]] = {
    "writers are barred": (
        "all",
        (
            (
                ApprovalState,
                "excluded",
                property(lambda at: approval_state.signer_ids(at.text.signed, at.text.valid_overrides)),
            ),
        ),
    ),
    "signers are barred": ("all", ((ApprovalState, "excluded", property(lambda at: at.writers)),)),
    "whom a deputy stood in for is barred": (
        "each",
        ((ApprovalState, "excluded", property(lambda at: at.writers | {one.by for one in at.text.signed})),),
    ),
    "only for the bytes that lie there": ("each", ((acts, "require_same_version", _nothing),)),
    "only at the open stage": ("each", ((acts, "require_stage", _nothing),)),
    "only by those whose stage it is": ("each", ((acts, "signing_right", _anybody),)),
    "no deputy who is barred": ("each", ((acts, "signing_right", _deputies_unasked),)),
    "only while a delegation runs": ("each", ((Delegation, "covers", lambda _one, _day: True),)),
    "a new text voids what was signed": ("all", ((ApprovalHistory, "_new_version", _keeping_signatures),)),
    "a return voids the later stages": ("all", ((ApprovalHistory, "_returned_to", _keeping_all),)),
    "withdrawn only before the next stage": ("all", ((acts, "later_stage_acted", lambda *_: ""),)),
    "a rejected text has ended": ("each", ((acts, "require_not_ended", _nothing),)),
    "whoever it was handed to acts alone": ("all", ((signing_rights, "signers", _handed_unasked),)),
    "released only when signed": ("each", ((acts, "require_release", _nothing),)),
    "every stage, and enough people": (
        "each",
        (
            (approval_state, "is_stage_done", lambda _stage, _office, text: bool(text.signed)),
            (acts, "has_required_signers", lambda _ground: True),
        ),
    ),
}


@contextmanager
def without(guard: str) -> Iterator[Search]:
    """The small world with this guard taken away."""
    world, changes = GUARDS[guard]
    with ExitStack() as stack:
        for target, name, instead in changes:
            stack.enter_context(patch.object(target, name, instead))
        yield Search(world)


def noticed(guard: str, depth: int) -> Found:
    """What the search finds without a guard."""
    with without(guard) as search:
        return search.run(depth)

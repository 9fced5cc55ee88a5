"""The guards of the rules, each taken away in turn: the search of the small world must notice every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from scheduler.signoff import approval_state, rules
from scheduler.signoff.approval_state import Mandate, Standing
from storage.events.approvals import Text
from storage.events.delegations import Delegation
from tests.scheduler.signoff.model.small_model import Found, Search

Change = tuple[Any, str, Any]


def _nothing(*_parts: Any, **_words: Any) -> None:
    """Ask nothing."""


def _anybody(_at: Any, _office: Any, _absences: Any, person: Any, _day: Any) -> Mandate:
    return Mandate(person=person)


def _deputies_unasked(at: Any, office: Any, absences: Any, person: Any, day: Any) -> Mandate | None:
    may = {each.id: each for each in approval_state.signers(at, office)}
    away = (may.get(one.person) for one in absences.acting_for(person.id, day))
    stood = next((Mandate(person=person, deputy_for=each) for each in away if each), None)
    return Mandate(person=person) if person.id in may else stood


def _keeping_signatures(self: Text, draft: Any) -> Text:
    return replace(NEXT(self, draft), signed=self.signed)


def _keeping_all(self: Text, stage: str) -> Text:
    return replace(self, manifest=self.manifest if stage in self.route else "", passed=None)


def _handed_unasked(at: Standing, office: Any) -> tuple[Any, ...]:
    free = approval_state.entitled(at.stage, office, at.text.facts) if at.stage else ()
    return tuple(person for person in free if person.id not in at.barred)


NEXT: Callable[[Text, Any], Text] = Text._next
DEEP = "whom a deputy stood in for is barred"  # five acts away: for `make proof`
GUARDS: dict[str, tuple[str, tuple[Change, ...]]] = {
    "writers are barred": (
        "all",
        (
            (
                Standing,
                "barred",
                property(lambda at: approval_state.acted(at.text.signed, at.text.overriding)),
            ),
        ),
    ),
    "signers are barred": ("all", ((Standing, "barred", property(lambda at: at.writers)),)),
    "whom a deputy stood in for is barred": (
        "each",
        ((Standing, "barred", property(lambda at: at.writers | {one.by for one in at.text.signed})),),
    ),
    "only for the bytes that lie there": ("each", ((rules, "require_same", _nothing),)),
    "only at the open stage": ("each", ((rules, "require_stage", _nothing),)),
    "only by those whose stage it is": ("each", ((rules, "mandate", _anybody),)),
    "no deputy who is barred": ("each", ((rules, "mandate", _deputies_unasked),)),
    "only while a delegation runs": ("each", ((Delegation, "runs", lambda _one, _day: True),)),
    "a new text voids what was signed": ("all", ((Text, "_next", _keeping_signatures),)),
    "a return voids the later stages": ("all", ((Text, "_back_to", _keeping_all),)),
    "withdrawn only before the next stage": ("all", ((rules, "went_on_from", lambda *_: ""),)),
    "a rejected text has ended": ("each", ((rules, "require_unended", _nothing),)),
    "whoever it was handed to acts alone": ("all", ((approval_state, "signers", _handed_unasked),)),
    "released only when signed": ("each", ((rules, "require_release", _nothing),)),
    "every stage, and enough people": (
        "each",
        (
            (approval_state, "is_done", lambda _stage, _office, text: bool(text.signed)),
            (rules, "enough", lambda _ground: True),
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

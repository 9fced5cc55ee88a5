"""Computes what a change of the office does to its open cases: whom they wait for, and whether they can go on.

A case whose work would wait for nobody is stranded, and such a change is refused. A text whose chain has other stages
than it was submitted under must be submitted again, and such a change is asked about. Everything else only moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duties, Duty
from config.office.model import Office
from scheduler.signoff.approval_state import approval_state_of_case
from scheduler.signoff.signing_rights import blocked_stages
from scheduler.worklist.pending import STAGE_WAIT_KINDS, WaitKind, pending_actions
from storage.events.case import Case, chain_kind
from storage.events.delegations import Absences


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseImpact:
    """What a change of the office does to one case."""

    case: int
    kind: str
    reference: str
    before: tuple[str, ...] = ()
    """The posts it waits for now."""
    after: tuple[str, ...] = ()
    """The posts it would wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeImpact:
    """What a change of the office does to its open cases."""

    stranded: tuple[CaseImpact, ...] = ()
    """Nobody could act on them any more."""
    restarted: tuple[CaseImpact, ...] = ()
    """Their texts would have to be submitted again, because the chain has other stages."""
    moved: tuple[CaseImpact, ...] = ()
    """They would wait for other posts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeChangeJudge:
    """Judges open cases by the office before and after a change."""

    before: Office
    after: Office
    duties: Duties
    calendar: Calendar
    absences: Absences = field(default_factory=Absences)
    absences_after: Absences | None = None
    """Where the change hands work over: who stands in for whom afterwards."""

    def impact(self, cases: Iterable[Case]) -> OfficeImpact:
        """What the change does to these cases."""
        found: dict[str, list[CaseImpact]] = {"stranded": [], "restarted": [], "moved": []}
        for case in cases:
            duty = self.duties.get(case.opening.kind) if case.opening else None
            for what, impact in self._of_case(case, duty) if duty else ():
                found[what].append(impact)
        return OfficeImpact(**{what: tuple(impacts) for what, impacts in found.items()})

    def waiting_for(self, people: Iterable[str], cases: Iterable[Case]) -> tuple[CaseImpact, ...]:
        """The cases that wait for one of these people by the office before the change."""
        wanted, found = set(people), []
        for case in cases:
            duty = self.duties.get(case.opening.kind) if case.opening else None
            waits = self._waits(case, duty, self.before, self.absences) if duty else {}
            if waited := [who for who in _all(waits) if who in wanted]:
                found.append(self._named(case, waited, ()))
        return tuple(found)

    def _of_case(self, case: Case, duty: Duty) -> Iterator[tuple[str, CaseImpact]]:
        before = self._waits(case, duty, self.before, self.absences)
        if self._place_is_gone(case):
            people = {who for some in before.values() for who in some}
            yield "stranded", self._named(case, people, ())
            return
        after = self._waits(case, duty, self.after, self.absences_after or self.absences)
        if self._must_be_submitted_again(case, duty):
            yield "restarted", self._named(case, _all(before), _all(after))
        elif any(people and not after.get(wait, ()) for wait, people in before.items()) or self._is_blocked(
            case, duty
        ):
            yield "stranded", self._named(case, _all(before), _all(after))
        elif before != after:
            yield "moved", self._named(case, _all(before), _all(after))

    def _waits(
        self, case: Case, duty: Duty, office: Office, absences: Absences
    ) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Who of the office each pending action waits for; whoever has left it counts as nobody.

        A stage waits for whoever signs it, overrides it or finds somebody for it: to name a signer strands nobody.
        """
        waits: dict[tuple[str, str], tuple[str, ...]] = {}
        for one in pending_actions(case, duty, office, self.calendar, absences):
            key = WaitKind.SIGN if one.what in STAGE_WAIT_KINDS else one.what, one.stage
            people = (who for who in one.who if office.find_person(who))
            waits[key] = (*waits.get(key, ()), *people)
        return waits

    def _place_is_gone(self, case: Case) -> bool:
        """Whether a department or village that the case names would be in the office no longer."""
        facts = case.opening.facts if case.opening else {}
        named = {str(value) for value in facts.values()}
        return bool(named & (_places(self.before) - _places(self.after)))

    def _must_be_submitted_again(self, case: Case, duty: Duty) -> bool:
        if not case.approvals:
            return False
        before, after = (approval_state_of_case(office, case, duty) for office in (self.before, self.after))
        return after.chain_changed and not before.chain_changed

    def _is_blocked(self, case: Case, duty: Duty) -> bool:
        """Whether a stage still to come, at which somebody may act now, would have nobody."""
        if not case.approvals:
            return False
        kind = chain_kind(case, duty)
        now, then = (
            {
                one.name
                for one in blocked_stages(
                    approval_state_of_case(office, case, duty), office.chain(kind), office
                )
            }
            for office in (self.before, self.after)
        )
        return bool(then - now)

    def _named(self, case: Case, before: Iterable[str], after: Iterable[str]) -> CaseImpact:
        return CaseImpact(
            case=case.number,
            kind=case.opening.kind if case.opening else "",
            reference=case.opening.reference if case.opening else "",
            before=tuple(self.before.post_of(who) for who in dict.fromkeys(before)),
            after=tuple(self.after.post_of(who) for who in dict.fromkeys(after)),
        )


def _all(waits: Mapping[tuple[str, str], tuple[str, ...]]) -> list[str]:
    return [who for people in waits.values() for who in people]


def _places(office: Office) -> set[str]:
    return {row.id for row in office.departments} | {row.id for row in office.villages}

"""Decides who may read a case: nobody, until a right, a place, an act of their own or a pending action allows it.

``READER_ROLES`` names the roles whose holders read every case. Anybody else reads what comes from their own village
or department, what they wrote, signed or recorded, what waits for them and what the program itself wrote to them
about. A deputy reads what the absent person reads, for the time of the delegation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from config.declarations.duty import Duties, Duty
from config.declarations.keys import ORIGIN_FIELD, VILLAGE_FIELD
from config.office.model import Office, Person, Village
from config.office.roles import READER_ROLES
from scheduler.signoff.approval_state import approval_state_of_case, stage_holders
from scheduler.signoff.signing_rights import override_candidates
from scheduler.worklist.pending import PendingAction, assignees
from storage.events.approvals import is_published
from storage.events.case import Case, chain_kind
from storage.events.delegations import Absences
from storage.events.events import Drafted


@dataclass(frozen=True, kw_only=True)
class CaseReader:
    """Somebody who reads cases: a person, together with everybody whose deputy they are today."""

    office: Office
    absences: Absences
    acting: frozenset[str]
    """The ids of the person and of those they are the deputy of."""
    notified_cases: Callable[[], Collection[int]]
    """Reads the numbers of the cases about which the program wrote to the person."""

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles of the person and of those they are the deputy of."""
        return frozenset[str]().union(*(self.office.roles_of(one) for one in self.acting))

    @property
    def reads_all(self) -> bool:
        """Whether the person may read every case of the office."""
        return bool(self.roles & READER_ROLES)

    @cached_property
    def villages(self) -> tuple[Village, ...]:
        """The villages whose reporter or leader the person is, or acts for."""
        return villages_of(self.acting, self.office, self.absences)

    def may_read(self, case: Case, duty: Duty, waits: Callable[[], Sequence[PendingAction]]) -> bool:
        """Whether the person may read a case. Its pending actions are computed only where nothing else allows it."""
        return (
            self.reads_all
            or bool(case_origins(case) & self.places)
            or bool(self.acting & (case_writers(case) | {entry.actor for entry in case.entries}))
            or bool(self.acting & self._holders(case, duty))
            or any(self.acting & set(wait.who) for wait in waits())
            or case.number in self.notified_cases()
        )

    @cached_property
    def places(self) -> frozenset[str]:
        """The ids of the villages and departments that the person belongs to."""
        people = [one for each in self.acting if (one := self.office.find_person(each))]
        heads = {row.id for row in self.office.departments if row.head in self.acting}
        own = {one.department for one in people} | heads | {village.id for village in self.villages}
        return frozenset(own - {""})

    def kinds_of_roles(self, duties: Duties) -> frozenset[str]:
        """The kinds whose cases a role of theirs has, until somebody else is given them."""
        return frozenset(duty.kind for duty in duties.values() if duty.default_assignee.role in self.roles)

    def kinds_of_stages(self, duties: Duties) -> frozenset[str]:
        """The kinds whose texts may pass a stage that they hold, or that they may let pass."""
        stages = {stage.by for chain in self.office.chains for stage in chain.stages}
        if not (stages | set(self.office.override)) & (self.roles | self.acting):
            return frozenset()
        return frozenset(duty.kind for duty in duties.values() if duty.chain or duty.chain_field)

    def _holders(self, case: Case, duty: Duty) -> frozenset[str]:
        """The ids of its assignees; of a submitted text also of those who hold its stages or may override one."""
        holders = set(assignees(case, case.opening, duty, self.office, self.absences) if case.opening else ())
        if chain_kind(case, duty) and case.approvals:
            holders |= {one.id for one in case_signers(case, duty, self.office)}
            state = approval_state_of_case(self.office, case, duty)
            holders |= {one.id for one in override_candidates(state, self.office)}
        return frozenset(holders)


def villages_of(people: frozenset[str], office: Office, absences: Absences) -> tuple[Village, ...]:
    """Return the villages of which one of these people, by id, is reporter or leader, or has become it."""
    successor = absences.successor
    return tuple(
        village
        for village in office.villages
        if {successor(village.reporter), successor(village.leader)} & people
    )


def is_disclosed(case: Case, duty: Duty) -> bool:
    """Whether everybody may know of a case: its text is released, and no applicant stands behind it."""
    return not duty.has_applicant and bool(chain_kind(case, duty)) and is_published(case, duty)


def case_origins(case: Case) -> frozenset[str]:
    """The ids of the village and the department that a case comes from."""
    return frozenset(str(case.facts.get(key, "")) for key in (VILLAGE_FIELD, ORIGIN_FIELD)) - {""}


def case_writers(case: Case) -> frozenset[str]:
    """The ids of those who wrote a version of a case's text."""
    return frozenset(fact.by for fact in case.approvals if isinstance(fact, Drafted))


def case_signers(case: Case, duty: Duty, office: Office) -> tuple[Person, ...]:
    """The holders of every stage that a case's text passes."""
    kind = chain_kind(case, duty)
    stages = office.chain(kind).stages if kind else ()
    return tuple(one for stage in stages for one in stage_holders(stage, office, case.facts))

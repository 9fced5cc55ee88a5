"""Folds the approval history of a case's text: its versions, signatures, returns, withdrawals and reassignments.

It only says what is in force after these records; ``scheduler/signoff/approval_state.py`` decides who may act. A new
version voids every approval of the old one, a return those from that stage on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from config.declarations.duty import Duty, Step
from config.office.model import REQUIRED_OVERRIDERS
from storage.events.case import Case
from storage.events.events import (
    Amended,
    Approval,
    Closed,
    Drafted,
    Facts,
    LogEntry,
    Overridden,
    Record,
    Rejected,
    Returned,
    Signed,
    StageReassigned,
    Stepped,
    Withdrawn,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalHistory:
    """The current version of a text, the writers of all versions, and the approvals in force for it."""

    version: int = 0
    """The number of the current version, from 1; 0 where nothing was drafted."""
    manifest: str = ""
    """The digest of its manifest; empty while the text is with its writer."""
    route: tuple[str, ...] = ()
    title: str = ""
    decision: str = ""
    facts: Facts = field(default_factory=dict)
    writers: frozenset[str] = frozenset()
    """Those who wrote a version, and the authors whose words one took over."""
    drafters: frozenset[str] = frozenset()
    """Those who laid a version down: a return comes to them."""
    signed: tuple[Signed, ...] = ()
    overrides: tuple[Overridden, ...] = ()
    """All override votes, also of one person alone; ``overridden_stages`` names the stages that are overridden."""
    reassigned: StageReassigned | None = None
    rejected: Rejected | None = None
    returned: str = ""
    """Why it is with its writer again; empty where it is not, or once a new version was laid down."""

    def apply(self, fact: Approval) -> ApprovalHistory:
        """Return the history after one more record."""
        now = self
        match fact:
            case Drafted():
                now = self._new_version(fact)
            case Signed():
                now = replace(self, signed=(*self.signed, fact))
            case Overridden():
                now = replace(self, overrides=(*self.overrides, fact))
            case Returned():
                now = self._returned_to(fact)
            case Withdrawn():
                now = self._without_signature(fact)
            case StageReassigned():
                now = replace(self, reassigned=fact)
            case Rejected():
                now = replace(self, rejected=fact)
        return now

    def _new_version(self, draft: Drafted) -> ApprovalHistory:
        return ApprovalHistory(
            version=self.version + 1,
            manifest=draft.manifest,
            route=draft.route,
            title=draft.title,
            decision=draft.decision,
            facts=draft.facts,
            writers=self.writers | {draft.by, *draft.authors},
            drafters=self.drafters | {draft.by},
        )

    def _without_signature(self, withdrawn: Withdrawn) -> ApprovalHistory:
        """Return the history without one signature; a later stage is no longer reassigned."""
        left = (one for one in self.signed if (one.by, one.stage) != (withdrawn.by, withdrawn.stage))
        reassigned = self.reassigned if self.reassigned and self.reassigned.stage == withdrawn.stage else None
        return replace(self, signed=tuple(left), reassigned=reassigned)

    def _returned_to(self, fact: Returned) -> ApprovalHistory:
        """Return the history after a return: only approvals of the stages before the one it goes to stay."""
        stage = fact.to
        kept = self.route[: self.route.index(stage)] if stage in self.route else ()
        return replace(
            self,
            manifest=self.manifest if stage in self.route else "",
            signed=tuple(one for one in self.signed if one.stage in kept),
            overrides=tuple(one for one in self.overrides if one.stage in kept),
            reassigned=None,
            returned="" if stage in self.route else fact.reason,
        )

    @property
    def overridden_stages(self) -> frozenset[str]:
        """The names of the stages that enough different people have let pass unsigned."""
        by_stage: dict[str, set[str]] = {}
        for one in self.overrides:
            by_stage.setdefault(one.stage, set()).add(one.by)
        return frozenset(stage for stage, people in by_stage.items() if len(people) >= REQUIRED_OVERRIDERS)

    def override_votes(self, stage: str) -> tuple[Overridden, ...]:
        """Return the override votes for a stage, one or both."""
        return tuple(one for one in self.overrides if one.stage == stage)

    @property
    def valid_overrides(self) -> tuple[Overridden, ...]:
        """The override votes for stages that are overridden."""
        stages = self.overridden_stages
        return tuple(one for one in self.overrides if one.stage in stages)

    @property
    def approvals_in_force(self) -> tuple[Signed | Overridden, ...]:
        """All approvals of the current version: its signatures and its valid overrides."""
        return (*self.signed, *self.valid_overrides)


def last_drafted_manifest(approvals: Sequence[Approval]) -> str:
    """Return the digest of the newest version, whatever became of it; empty where nothing was drafted."""
    return next((fact.manifest for fact in reversed(approvals) if isinstance(fact, Drafted)), "")


def approval_history(approvals: Iterable[Approval]) -> ApprovalHistory:
    """Fold the records, given in the order of the log."""
    text = ApprovalHistory()
    for fact in approvals:
        text = text.apply(fact)
    return text


def valid_approvals(entries: Iterable[LogEntry], text: ApprovalHistory) -> tuple[LogEntry, ...]:
    """Return the log entries of the approvals in force; of two equal records the last, as the earlier one is void."""
    last = {entry.record: entry for entry in entries if isinstance(entry.record, Signed | Overridden)}
    return tuple(
        sorted(
            (last[one] for one in text.approvals_in_force if one in last), key=lambda entry: entry.position
        )
    )


def text_versions(approvals: Iterable[Approval]) -> Iterator[ApprovalHistory]:
    """Yield every version as it was when the next one replaced it, and the last one as it is now."""
    text = ApprovalHistory()
    for fact in approvals:
        if isinstance(fact, Drafted) and text.version:
            yield text
        text = text.apply(fact)
    if text.version:
        yield text


class Release(NamedTuple):
    """The release of a text: by which record, and in which version."""

    position: int
    """The log position of the record that released it."""
    version: int
    manifest: str


def release_key(record: Record, duty: Duty) -> str:
    """Return the step or outcome by which a record releases a text; empty for a record that does not."""
    if isinstance(record, Stepped):
        step = duty.step(record.step)
        return record.step if step and step.requires_approval else ""
    if isinstance(record, Closed) and duty.chain:
        outcome = duty.outcome(record.outcome)
        return record.outcome if outcome and outcome.required_paragraphs else ""
    return ""


def releases(case: Case, duty: Duty) -> tuple[Release, ...]:
    """Return the releases of a case that are in force; an answer without a drafted text is none."""
    moments = _release_positions(case.entries, duty)
    return tuple(
        Release(position, text.version, text.manifest)
        for position, _ in case.timeline
        if position in moments and (text := approval_history_before(case, moments[position])).version
    )


def approval_history_before(case: Case, position: int) -> ApprovalHistory:
    """Return the approval history of a case as it was before a log position."""
    facts = (entry.record for entry in case.entries if entry.position < position)
    return approval_history(fact for fact in facts if isinstance(fact, Approval))


def is_published(case: Case, duty: Duty) -> bool:
    """Whether the current version has been released."""
    version = approval_history(case.approvals).version
    return any(release.version == version for release in releases(case, duty))


def attested_file(case: Case, step: Step) -> Stepped | None:
    """Return the last record of a step that attests a file, in the order of recording; None where there is none."""
    found = {place: one for place, one in case.timeline if isinstance(one, Stepped) and one.step == step.key}
    return found[max(found)] if found else None


def _release_positions(entries: Iterable[LogEntry], duty: Duty) -> dict[int, int]:
    """Return since which position each record releases a text: since it was recorded, or corrected into a release.

    A correction of the day alone does not change what was released.
    """
    found: dict[int, tuple[str, int]] = {}
    for entry in entries:
        record, place = entry.record, entry.position
        if isinstance(record, Amended):
            place = record.position
            record = record.right or record
        key = release_key(record, duty)
        if not key:
            found.pop(place, None)
        elif found.get(place, ("", 0))[0] != key:
            found[place] = (key, entry.position)
    return {place: moment for place, (_, moment) in found.items()}

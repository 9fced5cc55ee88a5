"""How far a case's text has come: the fold of its versions and of what was signed, returned, taken back, passed on.

It asks nobody who may do what (``scheduler/signoff/approval_state.py`` does): it says what holds after what was recorded. A new
version, or a return, voids what was given for the old one or from that stage on.
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
    """The version that counts, whoever wrote any, and what holds of what was given for it."""

    version: int = 0
    """The first is 1; 0 where nothing was drafted."""
    manifest: str = ""
    """Empty while it is with its writer."""
    route: tuple[str, ...] = ()
    title: str = ""
    decision: str = ""
    facts: Facts = field(default_factory=dict)
    writers: frozenset[str] = frozenset()
    signed: tuple[Signed, ...] = ()
    overrides: tuple[Overridden, ...] = ()
    """Those of one person alone are here too; ``overridden_stages`` names the stages that two have let pass."""
    reassigned: StageReassigned | None = None
    rejected: Rejected | None = None

    def apply(self, fact: Approval) -> ApprovalHistory:
        """The text after one more fact."""
        now = self
        match fact:
            case Drafted():
                now = self._new_version(fact)
            case Signed():
                now = replace(self, signed=(*self.signed, fact))
            case Overridden():
                now = replace(self, overrides=(*self.overrides, fact))
            case Returned(to=to):
                now = self._returned_to(to)
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
            writers=self.writers | {draft.by},
        )

    def _without_signature(self, gone: Withdrawn) -> ApprovalHistory:
        """Without one signature; whoever was handed the stage after it has it no more, for the text is not there."""
        left = (one for one in self.signed if (one.by, one.stage) != (gone.by, gone.stage))
        passed = self.reassigned if self.reassigned and self.reassigned.stage == gone.stage else None
        return replace(self, signed=tuple(left), reassigned=passed)

    def _returned_to(self, stage: str) -> ApprovalHistory:
        """What was given before that stage stays; all of it falls where the text goes back to its writer."""
        kept = self.route[: self.route.index(stage)] if stage in self.route else ()
        return replace(
            self,
            manifest=self.manifest if stage in self.route else "",
            signed=tuple(one for one in self.signed if one.stage in kept),
            overrides=tuple(one for one in self.overrides if one.stage in kept),
            reassigned=None,
        )

    @property
    def overridden_stages(self) -> frozenset[str]:
        """The stages that enough different people have let pass unsigned."""
        by_stage: dict[str, set[str]] = {}
        for one in self.overrides:
            by_stage.setdefault(one.stage, set()).add(one.by)
        return frozenset(stage for stage, people in by_stage.items() if len(people) >= REQUIRED_OVERRIDERS)

    def override_votes(self, stage: str) -> tuple[Overridden, ...]:
        """Who said that a stage may pass unsigned, one of the two or both."""
        return tuple(one for one in self.overrides if one.stage == stage)

    @property
    def valid_overrides(self) -> tuple[Overridden, ...]:
        """The overrides that count."""
        stages = self.overridden_stages
        return tuple(one for one in self.overrides if one.stage in stages)

    @property
    def approvals_in_force(self) -> tuple[Signed | Overridden, ...]:
        """Every word that holds for it: the signatures, and the overrides that count."""
        return (*self.signed, *self.valid_overrides)


def last_drafted_manifest(approvals: Sequence[Approval]) -> str:
    """The fingerprint of the newest version, whatever has become of it; empty where none was ever laid down."""
    return next((fact.manifest for fact in reversed(approvals) if isinstance(fact, Drafted)), "")


def approval_history(approvals: Iterable[Approval]) -> ApprovalHistory:
    """The replay, in the order in which it was recorded."""
    text = ApprovalHistory()
    for fact in approvals:
        text = text.apply(fact)
    return text


def valid_approvals(entries: Iterable[LogEntry], text: ApprovalHistory) -> tuple[LogEntry, ...]:
    """The entries behind every word that holds for it. Of two that say the same the last: the earlier one fell."""
    last = {entry.record: entry for entry in entries if isinstance(entry.record, Signed | Overridden)}
    return tuple(
        sorted(
            (last[one] for one in text.approvals_in_force if one in last), key=lambda entry: entry.position
        )
    )


def text_versions(approvals: Iterable[Approval]) -> Iterator[ApprovalHistory]:
    """Every version, each as it stood when the next one took its place, the last as it stands now."""
    text = ApprovalHistory()
    for fact in approvals:
        if isinstance(fact, Drafted) and text.version:
            yield text
        text = text.apply(fact)
    if text.version:
        yield text


class Release(NamedTuple):
    """A text went out: by which fact, and as which version."""

    position: int
    """Where the fact that let it out stands in the log."""
    version: int
    manifest: str


def release_key(record: Record, duty: Duty) -> str:
    """The step or outcome by which a fact lets a text out; empty for a fact that does not."""
    if isinstance(record, Stepped):
        step = duty.step(record.step)
        return record.step if step and step.requires_approval else ""
    if isinstance(record, Closed) and duty.chain:
        outcome = duty.outcome(record.outcome)
        return record.outcome if outcome and outcome.required_paragraphs else ""
    return ""


def releases(case: Case, duty: Duty) -> tuple[Release, ...]:
    """What went out of a case, and holds; an answer on which no text was begun is none."""
    moments = _release_positions(case.entries, duty)
    return tuple(
        Release(position, text.version, text.manifest)
        for position, _ in case.timeline
        if position in moments and (text := approval_history_before(case, moments[position])).version
    )


def approval_history_before(case: Case, position: int) -> ApprovalHistory:
    """A case's text as it stood before an entry."""
    facts = (entry.record for entry in case.entries if entry.position < position)
    return approval_history(fact for fact in facts if isinstance(fact, Approval))


def is_published(case: Case, duty: Duty) -> bool:
    """Whether the version that counts has gone out already."""
    version = approval_history(case.approvals).version
    return any(release.version == version for release in releases(case, duty))


def attested_file(case: Case, step: Step) -> Stepped | None:
    """The last word, in the order of recording, by which a step vouched for the file; None where none holds."""
    words = {place: one for place, one in case.timeline if isinstance(one, Stepped) and one.step == step.key}
    return words[max(words)] if words else None


def _release_positions(entries: Iterable[LogEntry], duty: Duty) -> dict[int, int]:
    """Since when each fact lets a text out: since it was recorded, or corrected into one that does.

    Where only its day is mended, what went out stays what it was.
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

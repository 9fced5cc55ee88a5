"""How far a case's text has come: the fold of its versions and of what was signed, returned, taken back, passed on.

It asks nobody who may do what (``scheduler/signoff/approval_state.py`` does): it says what holds after what was recorded. A new
version, or a return, voids what was given for the old one or from that stage on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from config.declarations.duty import Duty, Step
from config.office.model import OVERRIDERS
from storage.events.case import Case
from storage.events.events import (
    Amended,
    Approval,
    Closed,
    Drafted,
    Entry,
    Facts,
    Overridden,
    Passed,
    Record,
    Rejected,
    Returned,
    Signed,
    Stepped,
    Withdrawn,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
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
    """Those of one person alone are here too; ``overridden`` names the stages that two have let pass."""
    passed: Passed | None = None
    rejected: Rejected | None = None

    def followed_by(self, fact: Approval) -> Text:
        """The text after one more fact."""
        now = self
        match fact:
            case Drafted():
                now = self._next(fact)
            case Signed():
                now = replace(self, signed=(*self.signed, fact))
            case Overridden():
                now = replace(self, overrides=(*self.overrides, fact))
            case Returned(to=to):
                now = self._back_to(to)
            case Withdrawn():
                now = self._without(fact)
            case Passed():
                now = replace(self, passed=fact)
            case Rejected():
                now = replace(self, rejected=fact)
        return now

    def _next(self, draft: Drafted) -> Text:
        return Text(
            version=self.version + 1,
            manifest=draft.manifest,
            route=draft.route,
            title=draft.title,
            decision=draft.decision,
            facts=draft.facts,
            writers=self.writers | {draft.by},
        )

    def _without(self, gone: Withdrawn) -> Text:
        """Without one signature; whoever was handed the stage after it has it no more, for the text is not there."""
        left = (one for one in self.signed if (one.by, one.stage) != (gone.by, gone.stage))
        passed = self.passed if self.passed and self.passed.stage == gone.stage else None
        return replace(self, signed=tuple(left), passed=passed)

    def _back_to(self, stage: str) -> Text:
        """What was given before that stage stays; all of it falls where the text goes back to its writer."""
        kept = self.route[: self.route.index(stage)] if stage in self.route else ()
        return replace(
            self,
            manifest=self.manifest if stage in self.route else "",
            signed=tuple(one for one in self.signed if one.stage in kept),
            overrides=tuple(one for one in self.overrides if one.stage in kept),
            passed=None,
        )

    @property
    def overridden(self) -> frozenset[str]:
        """The stages that enough different people have let pass unsigned."""
        by_stage: dict[str, set[str]] = {}
        for one in self.overrides:
            by_stage.setdefault(one.stage, set()).add(one.by)
        return frozenset(stage for stage, people in by_stage.items() if len(people) >= OVERRIDERS)

    def said_to_pass(self, stage: str) -> tuple[Overridden, ...]:
        """Who said that a stage may pass unsigned, one of the two or both."""
        return tuple(one for one in self.overrides if one.stage == stage)

    @property
    def overriding(self) -> tuple[Overridden, ...]:
        """The overrides that count."""
        stages = self.overridden
        return tuple(one for one in self.overrides if one.stage in stages)

    @property
    def given(self) -> tuple[Signed | Overridden, ...]:
        """Every word that holds for it: the signatures, and the overrides that count."""
        return (*self.signed, *self.overriding)


def last_drafted(approvals: Sequence[Approval]) -> str:
    """The fingerprint of the newest version, whatever has become of it; empty where none was ever laid down."""
    return next((fact.manifest for fact in reversed(approvals) if isinstance(fact, Drafted)), "")


def text_of(approvals: Iterable[Approval]) -> Text:
    """The replay, in the order in which it was recorded."""
    text = Text()
    for fact in approvals:
        text = text.followed_by(fact)
    return text


def words_that_hold(entries: Iterable[Entry], text: Text) -> tuple[Entry, ...]:
    """The entries behind every word that holds for it. Of two that say the same the last: the earlier one fell."""
    last = {entry.record: entry for entry in entries if isinstance(entry.record, Signed | Overridden)}
    return tuple(sorted((last[one] for one in text.given if one in last), key=lambda entry: entry.position))


def versions(approvals: Iterable[Approval]) -> Iterator[Text]:
    """Every version, each as it stood when the next one took its place, the last as it stands now."""
    text = Text()
    for fact in approvals:
        if isinstance(fact, Drafted) and text.version:
            yield text
        text = text.followed_by(fact)
    if text.version:
        yield text


class Release(NamedTuple):
    """A text went out: by which fact, and as which version."""

    position: int
    """Where the fact that let it out stands in the log."""
    version: int
    manifest: str


def lets_out(record: Record, duty: Duty) -> str:
    """The step or outcome by which a fact lets a text out; empty for a fact that does not."""
    if isinstance(record, Stepped):
        step = duty.step(record.step)
        return record.step if step and step.released else ""
    if isinstance(record, Closed) and duty.chain:
        outcome = duty.outcome(record.outcome)
        return record.outcome if outcome and outcome.says else ""
    return ""


def releases(case: Case, duty: Duty) -> tuple[Release, ...]:
    """What went out of a case, and holds; an answer on which no text was begun is none."""
    moments = _moments(case.entries, duty)
    return tuple(
        Release(position, text.version, text.manifest)
        for position, _ in case.story
        if position in moments and (text := text_before(case, moments[position])).version
    )


def text_before(case: Case, position: int) -> Text:
    """A case's text as it stood before an entry."""
    facts = (entry.record for entry in case.entries if entry.position < position)
    return text_of(fact for fact in facts if isinstance(fact, Approval))


def is_out(case: Case, duty: Duty) -> bool:
    """Whether the version that counts has gone out already."""
    version = text_of(case.approvals).version
    return any(release.version == version for release in releases(case, duty))


def vouched(case: Case, step: Step) -> Stepped | None:
    """The last word, in the order of recording, by which a step vouched for the file; None where none holds."""
    words = {place: one for place, one in case.story if isinstance(one, Stepped) and one.step == step.key}
    return words[max(words)] if words else None


def _moments(entries: Iterable[Entry], duty: Duty) -> dict[int, int]:
    """Since when each fact lets a text out: since it was recorded, or corrected into one that does.

    Where only its day is mended, what went out stays what it was.
    """
    found: dict[int, tuple[str, int]] = {}
    for entry in entries:
        record, place = entry.record, entry.position
        if isinstance(record, Amended):
            place = record.position
            record = record.right or record
        key = lets_out(record, duty)
        if not key:
            found.pop(place, None)
        elif found.get(place, ("", 0))[0] != key:
            found[place] = (key, entry.position)
    return {place: moment for place, (_, moment) in found.items()}

"""The coverage of an office's catalogue in a year: on which subjects something was published, and on which nothing.

It is read off the cases of the matters (``config/duties/public_affairs/matter.py``): each text that named a matter
fed it. A matter whose owner declared that there was nothing new is told apart from one of which nobody said anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from config.declarations.disclosure_topics import SUBJECTS, article_of
from config.declarations.keys import FED_STEP, NAME_FIELD, SUBJECT_FIELD
from storage.events.case import Case

NOTHING_NEW_STEP = "nothing_new"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterCoverage:
    """One matter in a year: how often it was fed, when last, and whether its owner declared that nothing was new."""

    case: int
    """The number of the matter's case."""
    name: str
    subject: str
    published: int
    last: date | None
    declared: bool

    @property
    def is_silent(self) -> bool:
        """Whether nothing was published and nobody said so."""
        return not self.published and not self.declared


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectCoverage:
    """One subject of art. 20 or 21 with its matters."""

    subject: str
    matters: tuple[MatterCoverage, ...]

    @property
    def label(self) -> str:
        """The subject as the article has it, shortened."""
        return SUBJECTS[self.subject]

    @property
    def article(self) -> str:
        """The item of the Regulation."""
        return article_of(self.subject)

    @property
    def published(self) -> int:
        """How many texts were published on it."""
        return sum(matter.published for matter in self.matters)


def coverage(cases: Iterable[Case], year: int) -> tuple[SubjectCoverage, ...]:
    """Return the coverage of every subject that the catalogue had in the year, in the order of the articles."""
    matters = [found for case in cases if (found := _matter_coverage(case, year))]
    subjects = {matter.subject for matter in matters}
    return tuple(
        SubjectCoverage(
            subject=subject, matters=tuple(matter for matter in matters if matter.subject == subject)
        )
        for subject in SUBJECTS
        if subject in subjects
    )


def all_matters(found: Sequence[SubjectCoverage]) -> Iterator[MatterCoverage]:
    """Every matter of every subject."""
    return (matter for subject in found for matter in subject.matters)


def _matter_coverage(case: Case, year: int) -> MatterCoverage | None:
    """Return the coverage of one matter; None where it was not in the catalogue in that year."""
    opening, closing = case.opening, case.closing
    if opening is None or opening.happened_on.year > year or (closing and closing.happened_on.year < year):
        return None
    steps = [step for step in case.steps if step.happened_on.year == year]
    fed = [step.happened_on for step in steps if step.step == FED_STEP]
    return MatterCoverage(
        case=case.number,
        name=str(opening.facts.get(NAME_FIELD, opening.reference)),
        subject=str(opening.facts.get(SUBJECT_FIELD, "")),
        published=len(fed),
        last=max(fed, default=None),
        declared=any(step.step == NOTHING_NEW_STEP for step in steps),
    )

"""What an outcome requires: steps before it, paragraphs in its letter, and a step in another case after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRequirement:
    """An outcome requires that one of these steps was taken.

    ``unanswered``: the step was taken and its reply deadline passed without an answer.
    """

    steps: tuple[str, ...]
    unanswered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredParagraph:
    """A paragraph that an answer must contain, by the key of its text; a change of law adds a line and edits none."""

    key: str
    article: str = ""
    since: date = date.min
    until: date = date.max

    def applies_on(self, day: date) -> bool:
        """Whether an answer of this day must contain it."""
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredFollowUp:
    """A step that an outcome may require in another case, which this field names."""

    field: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardedStep:
    """A step that the program records in another open case, which this field of the opening names.

    ``copied``: the fields of that step, and those of this case's opening or step they are written from.
    """

    field: str
    step: str
    copied: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredNotice:
    """A step that an outcome requires for each party that was asked by one step and answered so by another.

    ``pair`` names the field by which the question, the answer and the notice find each other.
    """

    step: str
    article: str
    question: str
    question_facts: Mapping[str, str]
    answer: str
    answer_facts: Mapping[str, str]
    pair: str


def notice_for_each(question: str, step: str, article: str) -> RequiredNotice:
    """Require ``step`` for each thing that ``question`` raised, found again by the field “about”."""
    return RequiredNotice(
        step=step,
        article=article,
        question=question,
        question_facts={},
        answer=question,
        answer_facts={},
        pair="about",
    )

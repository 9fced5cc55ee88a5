"""What a kind requires of its cases: what an outcome needs, and what a value or a step needs and forbids.

An outcome requires steps before it, paragraphs in its letter, and a step in another case after it. A condition:

    Condition(field="disclosure", values=("withheld",), needs=("article",))  # a class asks for its reason
    Condition(field="disclosure", values=("withheld",), forbidden=("published",))  # and is not published
    Condition(step="published", forbidden=("withdrawn",))  # a published text is not withdrawn
    Condition(field="county_first", values=("yes",), before={"published": "county_approved"})

They are declared with a kind and validated for every kind alike (``scheduler/validation``).
"""

from __future__ import annotations

import dataclasses
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What is required and forbidden if a field of the opening has one of these values, or a step was taken."""

    article: str
    field: str = ""
    values: tuple[str, ...] = ()
    step: str = ""
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Of the step: the facts it was recorded with; whatever they are, where empty."""
    after: str = ""
    """Of the step: another that must have been taken before it."""
    until_next: bool = False
    """Of the step: whether it holds only until the same step is taken again."""
    needs: tuple[str, ...] = ()
    """Fields of the opening that must then be filled in."""
    forbidden: tuple[str, ...] = ()
    """Steps and outcomes that then cannot be."""
    before: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Steps and outcomes that then need another step before them, and that step."""

    def holds(self, opening: Mapping[str, str | int]) -> bool:
        """Whether the facts of an opening meet it."""
        return bool(self.field) and opening.get(self.field) in self.values

"""Conditions of a kind: a value or a step of a case requires some fields, or forbids some steps and outcomes.

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

"""The words in which a kind of duty is declared. A kind is one file in ``config/duties`` written in them.

The other packages interpret declarations and never ask which kind they have before them. Every term, step
and outcome stands under its article, so that a date or a refusal can name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FieldType(StrEnum):
    """What may be written in a field."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing asked for: at the opening of a case, at a step, or at its close."""

    key: str
    label: str
    type: FieldType = FieldType.TEXT
    choices: Mapping[str, str] = field(default_factory=dict)
    required: bool = False


class Moment(StrEnum):
    """When a case counts in a cell of the year's form."""

    OPENED = "opened"  # its opening day lies in the period
    CARRIED_IN = "carried_in"  # open when the period begins
    OPEN_AT_END = "open_at_end"  # open when the period ends
    CLOSED = "closed"  # its closing day lies in the period


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """At this moment a case counts one in this cell; ``{column}`` stands for the case's column."""

    moment: Moment
    cell: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One way a case ends, the article it rests on, and the cell it counts in."""

    key: str
    label: str
    article: str
    cell: str = ""
    needs: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    """The paragraphs its answer must contain, by the key of their text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """So many working days, counted from the day after the one that starts it."""

    key: str
    label: str
    days: int
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a step does to the running term; a bare one only leaves its trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Effect):
    """The case waits for someone outside; no date runs until ``until`` is recorded."""

    state: str
    until: str
    latest: Term | None = None
    """How long the one outside has, where the law says; the case is then closable, never closed by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart(Effect):
    """The term starts again from this step's day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Effect):
    """The days until ``until`` is recorded are not counted; several at once count once.

    ``pair`` names the fact by which an end finds its beginning.
    """

    state: str
    until: str
    pair: str = "with"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Effect):
    """Ends the pause with the same fact."""

    pair: str = "with"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Effect):
    """Adds the days written in ``days``, at most ``most`` in all."""

    most: int
    days: str = "days"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDate(Effect):
    """The date written in ``until`` takes the place of the counted one."""

    until: str = "until"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that can happen to an open case, between its opening and its close."""

    key: str
    label: str
    article: str = ""
    effect: Effect = field(default_factory=Effect)
    fields: tuple[Field, ...] = ()
    after: tuple[str, ...] = ()
    """Steps of which one must have happened before."""
    once: bool = False
    within: Term | None = None
    """The term in which the step itself must be taken, counted from the opening."""
    in_term: bool = False
    """Whether the step must be taken before the answer is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A kind of case: what is asked, what can happen, how long it may take, how it ends, where it counts."""

    kind: str
    label: str
    article: str
    term: Term | None = None
    fields: tuple[Field, ...] = ()
    column: str = ""
    """The field that picks the column (or group) of the form a case counts in."""
    steps: tuple[Step, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    counts: tuple[Count, ...] = ()

    def step(self, key: str) -> Step | None:
        """The declared step, or None."""
        return next((step for step in self.steps if step.key == key), None)

    def outcome(self, key: str) -> Outcome | None:
        """The declared outcome, or None."""
        return next((outcome for outcome in self.outcomes if outcome.key == key), None)

    def field(self, key: str) -> Field | None:
        """The field asked for at the opening, or None."""
        return next((asked for asked in self.fields if asked.key == key), None)


Duties = Mapping[str, Duty]
"""Every kind the program knows, by its key."""

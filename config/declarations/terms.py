"""The terms of a kind of duty, the day of receipt that starts one, and what a step does to the term that runs.

``scheduler/terms`` replays them; a date is never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from config.declarations.reminder_ladders import Assignee
from config.errors import Refusal


class TermUnit(StrEnum):
    """Which days a term counts."""

    WORKING = "working"
    CALENDAR = "calendar"  # every day; a last day off moves to the next working day
    EVERY = "every"  # every day; the last one stands, day off or not


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of ``days`` days (working days unless ``unit`` differs), from the day after the one that starts it."""

    key: str
    label: str
    days: int
    article: str
    unit: TermUnit = TermUnit.WORKING
    roll_article: str = ""
    """The article by which a last day that is a day off moves on."""
    shorter_days_field: str = ""
    """The field in which an opening may set fewer days, never more."""
    days_field: str = ""
    """The field in which an opening sets its own number of days; with 0 days declared, none are due without it."""
    unit_field: str = ""
    """The field in which an opening sets which days are counted: a ``TermUnit``."""
    article_field: str = ""
    """The field in which an opening names the article of its own term."""
    last_day_fields: tuple[str, ...] = ()
    """The fields in which an opening names last days: the earliest counts; without one, the days are counted."""
    outermost_months: int = 0
    """The months after which it ends at the latest, whatever days were set: on the same day of that month."""
    outermost_article: str = ""
    minimum: bool = False
    """Whether it is the least that something must stay: the day after it is the first on which that may end."""


class MonthDay(StrEnum):
    """How a day of a month is named."""

    DAY = "day"  # by its date: a day off moves to the next working day, one the month lacks to its last day
    WORKDAY = "workday"  # the so-manieth working day, or the last one where there are fewer
    LAST_WORKDAY = "last_workday"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTerm(Term):
    """Ends on a day of the month in which the case opens; the opening names it, so each case keeps its own."""

    days: int = 0
    rule: str
    """The field that says how the day is named: a ``MonthDay``."""
    number: str
    """The field with the date, or with which working day it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalTerm:
    """A term for cases opened with these facts, from one day to another; a change of law adds a line."""

    term: Term
    when: Mapping[str, str] = field(default_factory=dict)
    since: date = date.min
    until: date = date.max

    def applies_to(self, facts: Mapping[str, str | int], day: date) -> bool:
        """Whether it is the term of a case opened on this day with these facts."""
        return self.since <= day <= self.until and self.when.items() <= facts.items()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRule:
    """Which of the known days is the day of receipt of a case from outside, by the way it came (条例 art. 31)."""

    by: str
    days: Mapping[str, str]
    """The name of the day that counts, by the choice of the field ``by``."""
    article: str

    def day_of(self, way: str, known: Mapping[str, date | None]) -> date:
        """The day of receipt for this channel. ReceiptUnknown where it is not among the known days."""
        wanted = self.days.get(way, "")
        day = known.get(wanted)
        if day is None:
            raise ReceiptUnknown(way=way, day=wanted, article=self.article, ways="、".join(self.days))
        return day


class ReceiptUnknown(Refusal):
    """For {way} the day of receipt is the day “{day}” ({article}), which is not given. Ways: {ways}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseLimit:
    """How long someone outside has to answer. Its end closes nothing: a person records what follows."""

    term: Term | None = None
    terms: Mapping[str, Term | None] = field(default_factory=dict)  # None: no limit
    by: str = ""
    """The field that picks among ``terms``; ``term`` where it picks none."""
    since: str = ""
    """The field with the day they received it; without it the term runs from the step's own day."""
    day: str = ""
    """The field that names the last day itself."""

    def term_for(self, choice: object) -> Term | None:
        """The term of whoever was asked."""
        return self.terms.get(str(choice), self.term)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a step does to the running term; the base class itself is only recorded and changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Effect):
    """The case waits for someone outside and no day counts; several waits at once count once.

    It lasts until the step ``until``, whose effect says whether the term then goes on (Resume) or starts
    again (Restart). ``pair`` names the fact by which an answer finds what was asked.
    """

    state: str
    until: str
    pair: str = ""
    limit: ResponseLimit = field(default_factory=ResponseLimit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfil(Wait):
    """The duty is done, in time or late: the case waits for its close alone, and no date of the office runs."""

    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Effect):
    """The rest of the term runs on from the day after this step.

    ``silence``: the value of the field ``opinion`` that records a missing answer, by the party that was asked.
    """

    opinion: str = "opinion"
    silence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart(Effect):
    """The whole term starts again from this step's day.

    ``receipt``: the day takes the place of the day of receipt, so that every term from receipt runs from it.
    """

    receipt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Renew(Effect):
    """The whole term starts again, also where it had run out: from this step's day, or from the day in ``since``.

    ``due_at_once``: the new term is over as it begins, so the case is due at once.
    """

    since: str = ""
    due_at_once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Effect):
    """Adds the working days written in ``days``, at most ``max_days`` in all."""

    max_days: int
    days: str = "days"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDate(Effect):
    """The date written in ``until`` takes the place of an earlier counted one."""

    until: str = "until"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTerm(Effect):
    """What the term is for was done, in time or late: another term runs from this step on.

    The days it names are those of the opening, or what a later step of this effect wrote in their place.
    ``settled`` are the fields with a day that this step has dealt with: it is no longer waited for.
    """

    term: Term
    settled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Effect):
    """A closed case is taken up again: until the date in ``until``, or for the whole term without one."""

    until: str = "until"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount(Effect):
    """The figures of the case are counted anew, with everything recorded before this step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassign(Effect):
    """The person written in ``to`` becomes the assignee; the date of the case does not change."""

    to: str = "to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect(Effect):
    """The published text has a defect; the case, closed or not, waits for one of these steps."""

    until: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack(Effect):
    """The case goes back to whoever handed it in and waits for them to take the step ``until``."""

    to: Assignee
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver(Effect):
    """The answer is sent, on the day of the step: by it, and not by the close, is judged whether it was in time.

    国办公开办函〔2016〕235号: what is posted counts on the day it is handed to the postal enterprise, by which alone
    official papers are sent (邮政法 art. 55); what is handed over, or passed on by another organ, on the day it is
    signed for. ``by`` names the field with the way.
    """

    by: str
    unofficial: Mapping[str, str]
    """The ways by which official papers may not be sent, each with its article: the person is warned."""
    undelivered: tuple[str, ...] = ()
    """Outcomes that conclude a case without an answer to be sent."""

    def warning_article(self, way: object) -> str:
        """The article that forbids this way; empty where none does."""
        return self.unofficial.get(str(way), "")

"""A card: what one person is to do about one case, in at most twelve lines that stand on their own when forwarded.

The first line says what is asked and of what, the second by when; then what it is about, the route with ticks and
what happened last; the number comes at the end. A channel renders the card; which buttons it may carry, the core
says here and judges again when one is pressed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.language.labels import Labels, told
from config.calendar.working_calendar import Calendar
from config.declarations.annual_term import YEAR_DAY
from config.declarations.duty import Duty
from scheduler.signoff.approval_state import standing
from scheduler.terms.workdays import left
from scheduler.villages.months import read_month
from scheduler.worklist.pending import Wait, What, troubles
from storage.events.approvals import text_of
from storage.events.case import Case, chain_kind

MOST_LINES = 12
NAMING = {"village", "month", "title", "name", "year"}
"""What stands in the first line already."""
RECKONING = {field.key for field in YEAR_DAY}
"""What only says how the day is found, which the second line says; 为什么 and the case's page explain it."""
MOST_FACTS = 4
MOST_FINDINGS = 2  # on a telephone; the text's page has them all
LONGEST_LINE = 60
SIGNED, WAITING, AHEAD = "✓", "●", "○"
WORDS_OF: dict[What, tuple[str, ...]] = {
    What.SIGN: ("approve", "return"),
    What.OVERRIDE: ("override", "acknowledge"),
    What.REWRITE: ("acknowledge", "why"),
    What.RELEASE: ("acknowledge", "why"),
    What.MEND: ("acknowledge", "why"),
    What.ACT: ("acknowledge", "why"),
    What.OUTSIDE: ("acknowledge", "why"),
}
"""The two main verbs of a card, where its kind declares no step to take at once; everything else is behind 更多."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is asked of one person about one case."""

    case: int
    wait: Wait
    lines: tuple[str, ...]
    verbs: tuple[str, ...]
    """Its main buttons: verbs, or keys of declared steps (``step:submitted``)."""

    @property
    def text(self) -> str:
        """The card as plain text."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealer:
    """Makes one person's cards: their words, the day, and the calendar they are counted by."""

    labels: Labels
    calendar: Calendar
    today: date

    def card(
        self, case: Case, wait: Wait, duty: Duty, for_person: str = "", findings: Sequence[str] = ()
    ) -> Card:
        """The card of one thing a case waits for; with the first of what the text checks found."""
        lines = [
            self.asked(case, wait, duty),
            self.by_when(wait),
            *self._standing_in(for_person),
            *self._passing(case, wait),
            *self._wrong(case, wait, duty),
            *self._facts(case, duty),
            *self._route(case, duty),
            *self._findings(findings),
            *self._last(case, duty),
        ]
        number = self.labels.book.say("card.number", number=case.number)
        return Card(
            case=case.number,
            wait=wait,
            lines=(*tuple(_short(line) for line in lines if line)[: MOST_LINES - 1], number),
            verbs=main_verbs(wait, duty),
        )

    def asked(self, case: Case, wait: Wait, duty: Duty) -> str:
        """What is asked, and of what."""
        what = self.labels.duty(duty)
        name = self.name(case)
        return self.labels.book.say(f"card.asked.{wait.what}", kind=what, name=name, stage=wait.stage)

    def name(self, case: Case) -> str:
        """What a case is called: its village or title, and its reference; never an applicant."""
        return self.labels.called(case.opening, case.number)

    def by_when(self, wait: Wait) -> str:
        """The last day with its weekday and the working days left; what has expired is called expired."""
        say, until = self.labels.book.say, wait.until
        if until is None:
            return say("card.since", day=self.labels.day(wait.since))
        day = self.labels.day(until, provisional=wait.provisional)
        if self.today > until:
            late = -left(self.calendar, self.today, until)
            return say("card.expired", day=day, days=late) if late else say("card.just_expired", day=day)
        if self.today == until:
            return say("card.today", day=day)
        return say("card.left", day=day, days=left(self.calendar, self.today, until))

    def so_far(self, case: Case, duty: Duty) -> Iterator[str]:
        """How much a village has handed in this month, of how much it is asked for."""
        if duty.round and case.opening:
            month = read_month(case, case.opening, duty, duty.round, self.calendar)
            declared = month.outcome == duty.round.declared
            phrase = "card.declared" if declared else "card.so_far"
            yield self.labels.book.say(phrase, items=month.items, minimum=month.minimum)

    def _standing_in(self, person: str) -> Iterator[str]:
        if person:
            yield self.labels.book.say("card.for_person", post=self.labels.post(person))

    def _passing(self, case: Case, wait: Wait) -> Iterator[str]:
        """Of the two who let a stage pass: whether one has said so, and who."""
        if wait.what is What.OVERRIDE:
            said = [self.labels.post(one.by) for one in text_of(case.approvals).said_to_pass(wait.stage)]
            key = "card.passed_by_one" if said else "card.passing"
            yield self.labels.book.say(key, who="、".join(said))

    def _wrong(self, case: Case, wait: Wait, duty: Duty) -> Iterator[str]:
        """What was found wrong with what went out, and where."""
        for last in troubles(case, duty)[:1] if wait.what is What.MEND else ():
            step = duty.step(last.step)
            for label, value in self.labels.facts(step.fields if step else (), last.facts):
                yield self.labels.book.say("card.fact", label=label, value=value)

    def _findings(self, findings: Sequence[str]) -> Iterator[str]:
        if findings:
            yield self.labels.book.say("card.findings", count=len(findings))
            yield from findings[:MOST_FINDINGS]

    def _facts(self, case: Case, duty: Duty) -> Iterator[str]:
        opening = case.opening
        if opening is None:
            return
        if duty.round:  # its fields are the rules of the month, which the second line and the count apply
            yield from self.so_far(case, duty)
            return
        beside = NAMING | RECKONING
        fields = tuple(field for field in duty.fields if field.key not in beside)
        facts = {key: value for key, value in opening.facts.items() if key not in beside}
        for label, value in self.labels.facts(fields, facts)[:MOST_FACTS]:
            yield self.labels.book.say("card.fact", label=label, value=value)

    def _route(self, case: Case, duty: Duty) -> Iterator[str]:
        if not chain_kind(case, duty) or not case.approvals:
            return
        chain = self.labels.office.chain(chain_kind(case, duty))
        at = standing(chain, self.labels.office, case.approvals)
        names = [stage.name for stage in chain.stages]
        done = len(names) if at.complete else names.index(at.stage.name) if at.stage else 0
        marks = [SIGNED] * done + [WAITING] * bool(at.stage)
        marks += [AHEAD] * (len(names) - len(marks))
        yield " ".join(mark + name for mark, name in zip(marks, names, strict=True))

    def _last(self, case: Case, duty: Duty) -> Iterator[str]:
        """What happened last, and who recorded it; the opening is no news."""
        for entry in reversed(case.entries[1:]):
            said = told(entry.record, duty, self.labels)
            yield self.labels.book.say(
                "card.last", what=said.title, who=self.labels.post(entry.actor), day=said.day
            )
            return


def main_verbs(wait: Wait, duty: Duty) -> tuple[str, ...]:
    """The two verbs of a card: steps its kind puts first, else what its wait calls for."""
    keys = duty.buttons if wait.what is What.ACT else ()
    if wait.what is What.RELEASE:
        keys = tuple(step.key for step in duty.steps if step.released)
    steps = tuple(f"step:{key}" for key in keys)
    if wait.what is What.RELEASE and steps:
        return (steps[0], "acknowledge")
    if wait.what is What.REWRITE and duty.receipt is None:  # an answer names its applicant: the page's matter
        return ("draft", "acknowledge")
    return (steps or WORDS_OF[wait.what])[:2]


def _short(line: str) -> str:
    """One line, cut where it is too long for a telephone."""
    flat = " ".join(line.split())
    return flat if len(flat) <= LONGEST_LINE else flat[: LONGEST_LINE - 1] + "…"

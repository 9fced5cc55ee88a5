"""Builds cards: one person's task about one case, in at most twelve lines that can be read alone when forwarded.

The first line names the task and its subject, the second its date; then come the facts, the chain with ticks and the
last event; the number comes at the end. A channel renders the card. Its buttons are chosen here, and permissions are
checked again when one is pressed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.language.labels import Labels, describe_event
from bot.language.verbs import Verb, VerbKind
from config.calendar.working_calendar import Calendar
from config.declarations.annual_dates import ANNUAL_TERM_FIELDS
from config.declarations.duty import Duty
from config.declarations.keys import (
    DELIVERED_STEP,
    MONTH_FIELD,
    NAME_FIELD,
    TITLE_FIELD,
    VILLAGE_FIELD,
    VILLAGE_ITEM_KIND,
    YEAR_FIELD,
)
from config.declarations.terms import SendBack
from scheduler.signoff.approval_state import approval_state
from scheduler.signoff.circulation import open_circulations
from scheduler.terms.term_days import working_days_left
from scheduler.villages.months import read_month
from scheduler.worklist.case_stages import asked_consent, open_defects, sent_back_step
from scheduler.worklist.pending import STAGE_WAIT_KINDS, PendingAction, WaitKind
from storage.events.approvals import approval_history
from storage.events.case import Case, chain_kind
from storage.events.events import Returned, Signed

MAX_LINES = 12
HEADING_FIELDS = {VILLAGE_FIELD, MONTH_FIELD, TITLE_FIELD, NAME_FIELD, YEAR_FIELD}
"""Fields that the first line shows already."""
ANNUAL_DAY_FIELDS = {field.key for field in ANNUAL_TERM_FIELDS}
"""Fields that only tell how the day is computed; 为什么 and the case's page explain it."""
MAX_FACTS = 4
MAX_FINDINGS = 2  # on a telephone; the text's page has them all
MAX_LINE_LENGTH = 60
SIGNED_MARK, CURRENT_MARK, AHEAD_MARK = "✓", "●", "○"
_ACKNOWLEDGE, _WHY = Verb(VerbKind.ACKNOWLEDGE), Verb(VerbKind.WHY)
MAIN_VERBS_BY_WAIT_KIND: dict[WaitKind, tuple[Verb, ...]] = {
    WaitKind.SIGN: (Verb(VerbKind.APPROVE), Verb(VerbKind.RETURN)),
    WaitKind.VACANT: (_ACKNOWLEDGE, _WHY),
    WaitKind.OVERRIDE: (Verb(VerbKind.OVERRIDE), _ACKNOWLEDGE),
    WaitKind.REWRITE: (_ACKNOWLEDGE, _WHY),
    WaitKind.RELEASE: (_ACKNOWLEDGE, _WHY),
    WaitKind.MEND: (_ACKNOWLEDGE, _WHY),
    WaitKind.CONSENT: (_ACKNOWLEDGE, _WHY),
    WaitKind.READ: (Verb(VerbKind.COMMENT), Verb(VerbKind.TEXT)),
    WaitKind.CLOSE: (Verb(VerbKind.CLOSE), _ACKNOWLEDGE),
    WaitKind.DELIVER: (Verb(VerbKind.STEP, DELIVERED_STEP), _ACKNOWLEDGE),
    WaitKind.ACT: (_ACKNOWLEDGE, _WHY),
    WaitKind.OUTSIDE: (_ACKNOWLEDGE, _WHY),
}
"""The two main verbs of a card, where its kind declares no step to take at once; everything else is behind 更多."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCard:
    """One person's task about one case, as a card."""

    case: int
    wait: PendingAction
    lines: tuple[str, ...]
    verbs: tuple[Verb, ...]
    """The verbs of its main buttons."""

    @property
    def text(self) -> str:
        """The card as plain text."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardBuilder:
    """Builds one person's cards in their language, as of a day and by a calendar."""

    labels: Labels
    calendar: Calendar
    today: date

    def card(
        self,
        case: Case,
        wait: PendingAction,
        duty: Duty,
        for_person: str = "",
        *,
        findings: Sequence[str] = (),
        text: str = "",
        proposal: str = "",
    ) -> TaskCard:
        """The card of one pending action of a case, with the beginning of its text and the checks' first findings.

        ``proposal`` says of an item which text its adoption opens.
        """
        lines = [
            self.request_line(case, wait, duty),
            self.due_text(wait),
            *self._deputy_lines(for_person),
            *self._stage_lines(case, wait),
            *self._defect_lines(case, wait, duty),
            *self._consent_lines(case, wait, duty),
            *self._return_lines(case, wait, duty),
            *self._circulation_lines(case, wait),
            *self._answer_lines(case, wait, duty),
            *self._fact_lines(case, duty),
            *self._route_lines(case, duty),
            *self._text_lines(text),
            proposal,
            *self._finding_lines(findings),
            *self._last_event_lines(case, duty),
        ]
        number = self.labels.book.say("card.number", number=case.number)
        return TaskCard(
            case=case.number,
            wait=wait,
            lines=(*tuple(_shortened_line(line) for line in lines if line)[: MAX_LINES - 1], number),
            verbs=main_verbs(wait, duty),
        )

    def request_line(self, case: Case, wait: PendingAction, duty: Duty) -> str:
        """The line that names the task and its subject."""
        what = self.labels.duty(duty)
        name = self.case_title(case)
        return self.labels.book.say(f"card.asked.{wait.what}", kind=what, name=name, stage=wait.stage)

    def case_title(self, case: Case) -> str:
        """The title of a case: its village or title, and its reference; never an applicant."""
        return self.labels.case_title(case.opening, case.number)

    def due_text(self, wait: PendingAction) -> str:
        """The last day with its weekday and the working days left, or the words that it has expired."""
        say, until = self.labels.book.say, wait.until
        if until is None:
            return say("card.since", day=self.labels.day(wait.since))
        day = self.labels.day(until, provisional=wait.provisional, unconfirmed=wait.unconfirmed)
        if self.today > until:
            late = -working_days_left(self.calendar, self.today, until)
            return say("card.expired", day=day, days=late) if late else say("card.just_expired", day=day)
        if self.today == until:
            return say("card.today", day=day)
        return say("card.left", day=day, days=working_days_left(self.calendar, self.today, until))

    def progress_lines(self, case: Case, duty: Duty) -> Iterator[str]:
        """The number of items a village has reported this month, and the minimum."""
        if duty.village_round and case.opening:
            month = read_month(case, case.opening, duty, duty.village_round, self.calendar)
            declared = month.outcome == duty.village_round.declared
            phrase = "card.declared" if declared else "card.so_far"
            yield self.labels.book.say(phrase, items=month.items, minimum=month.minimum)

    def _deputy_lines(self, person: str) -> Iterator[str]:
        if person:
            yield self.labels.book.say("card.for_person", post=self.labels.post(person))

    def _stage_lines(self, case: Case, wait: PendingAction) -> Iterator[str]:
        """How a stage that nobody may sign goes on; of an override, which two decide, whether one voted, and who."""
        if wait.what is WaitKind.VACANT:
            yield self.labels.book.say("card.vacant")
        if wait.what is WaitKind.OVERRIDE:
            said = [
                self.labels.post(one.by)
                for one in approval_history(case.approvals).override_votes(wait.stage)
            ]
            key = "card.passed_by_one" if said else "card.passing"
            yield self.labels.book.say(key, who="、".join(said))

    def _defect_lines(self, case: Case, wait: PendingAction, duty: Duty) -> Iterator[str]:
        """The lines about the newest defect of a published text."""
        for last in open_defects(case, duty)[:1] if wait.what is WaitKind.MEND else ():
            step = duty.step(last.step)
            for label, value in self.labels.facts(step.fields if step else (), last.facts):
                yield self.labels.book.say("card.fact", label=label, value=value)

    def _consent_lines(self, case: Case, wait: PendingAction, duty: Duty) -> Iterator[str]:
        """The lines that say what is asked for, such as how many days and why, and whoever recorded it."""
        asked = asked_consent(case, duty) if wait.what is WaitKind.CONSENT else None
        step = duty.step(asked.step) if asked else None
        for label, value in self.labels.facts(step.fields, asked.facts) if asked and step else ():
            yield self.labels.book.say("card.fact", label=label, value=value)

    def _return_lines(self, case: Case, wait: PendingAction, duty: Duty) -> Iterator[str]:
        """The line with the reason of the last return: where it waits to be sent again, and where it was since."""
        if wait.what is WaitKind.REWRITE and (reason := _return_reason(case, duty)):
            yield self.labels.book.say("card.returned_because", reason=reason)
        if wait.what is WaitKind.SIGN:
            acts = [one for one in case.approvals if isinstance(one, Returned | Signed)]
            if acts and isinstance(acts[-1], Returned):  # nobody has signed since
                yield self.labels.book.say("card.returned_because", reason=acts[-1].reason)

    def _circulation_lines(self, case: Case, wait: PendingAction) -> Iterator[str]:
        """Who shows a text to its reader, what they ask, and how to answer."""
        shown = next((one for one in open_circulations(case) if one.basis == wait.basis), None)
        if shown is None:
            return
        say, sender = self.labels.book.say, self.labels.post(shown.record.by)
        yield say(
            "card.shown_asking" if shown.record.note else "card.shown", post=sender, note=shown.record.note
        )
        yield say("card.shown_how", number=case.number)

    def _answer_lines(self, case: Case, wait: PendingAction, duty: Duty) -> Iterator[str]:
        """Which answer is to be decided on, and where its words are read: no card shows what names an applicant."""
        outcome = duty.outcome(approval_history(case.approvals).decision)
        if wait.what in STAGE_WAIT_KINDS and outcome:
            say = self.labels.book.say
            yield say("card.answer", outcome=self.labels.label(outcome))
            yield say("card.answer_where", number=case.number)

    def _text_lines(self, text: str) -> Iterator[str]:
        """The beginning of a text."""
        if text:
            yield self.labels.book.say("card.text", text=" ".join(text.split()))

    def _finding_lines(self, findings: Sequence[str]) -> Iterator[str]:
        if findings:
            yield self.labels.book.say("card.findings", count=len(findings))
            yield from findings[:MAX_FINDINGS]

    def _fact_lines(self, case: Case, duty: Duty) -> Iterator[str]:
        opening = case.opening
        if opening is None:
            return
        if (
            duty.village_round
        ):  # its fields are the rules of the month, which the second line and the count apply
            yield from self.progress_lines(case, duty)
            return
        beside = HEADING_FIELDS | ANNUAL_DAY_FIELDS
        beside |= {field.key for field in duty.fields if field.filled_in}
        fields = tuple(field for field in duty.fields if field.key not in beside)
        facts = {key: value for key, value in opening.facts.items() if key not in beside}
        for label, value in self.labels.facts(fields, facts)[:MAX_FACTS]:
            yield self.labels.book.say("card.fact", label=label, value=value)

    def _route_lines(self, case: Case, duty: Duty) -> Iterator[str]:
        if not chain_kind(case, duty) or not case.approvals:
            return
        chain = self.labels.office.chain(chain_kind(case, duty))
        at = approval_state(chain, self.labels.office, case.approvals)
        names = [stage.name for stage in chain.stages]
        done = len(names) if at.complete else names.index(at.stage.name) if at.stage else 0
        marks = [SIGNED_MARK] * done + [CURRENT_MARK] * bool(at.stage)
        marks += [AHEAD_MARK] * (len(names) - len(marks))
        route = " ".join(mark + name for mark, name in zip(marks, names, strict=True))
        yield self.labels.book.say("card.route", route=route)

    def _last_event_lines(self, case: Case, duty: Duty) -> Iterator[str]:
        """The line about the last event and who recorded it; none for the opening."""
        for entry in reversed(case.entries[1:]):
            said = describe_event(entry.record, duty, self.labels)
            yield self.labels.book.say(
                "card.last", what=said.title, who=self.labels.post(entry.actor), day=said.day
            )
            return


def _return_reason(case: Case, duty: Duty) -> str:
    """Why what is to be sent again came back: the main words of the step, or the reason of the text's last return."""
    sent_back = sent_back_step(case, duty)
    if sent_back and (step := duty.step(sent_back.step)):
        return str(sent_back.facts.get(step.main_field, ""))
    returns = [one.reason for one in case.approvals if isinstance(one, Returned)]
    return returns[-1] if returns else ""


def main_verbs(wait: PendingAction, duty: Duty) -> tuple[Verb, ...]:
    """The two main verbs of a card: the steps its kind declares as buttons, else those of the pending action.

    An item of a village has more: whether it is adopted, received or returned, and its words.
    """
    keys = duty.buttons if wait.what is WaitKind.ACT else ()
    if wait.what is WaitKind.CONSENT:
        keys = next(step.consent_steps for step in duty.steps if step.key == wait.basis.split()[1])
    if wait.what is WaitKind.RELEASE:
        keys = tuple(step.key for step in duty.steps if step.requires_approval)
    steps = tuple(Verb(VerbKind.STEP, key) for key in keys)
    if wait.what is WaitKind.RELEASE and steps:
        return (steps[0], _ACKNOWLEDGE)
    if wait.what is WaitKind.REWRITE and (again := _sending_again(duty)):
        return (again, _ACKNOWLEDGE)
    if wait.what is WaitKind.ACT and duty.kind == VILLAGE_ITEM_KIND:
        return (Verb(VerbKind.TAKE_UP), Verb(VerbKind.RECEIVE), *steps, Verb(VerbKind.TEXT))
    if wait.what is WaitKind.ACT and duty.village_round:
        return (Verb(VerbKind.ITEM), *steps)[:2]
    return (steps or MAIN_VERBS_BY_WAIT_KIND[wait.what])[:2]


def _sending_again(duty: Duty) -> Verb | None:
    """How an item, a board or a text that came back is sent again; None where only the page shows it."""
    if duty.opened_with_text:
        return Verb(VerbKind.ITEM)
    until = next((step.effect.until for step in duty.steps if isinstance(step.effect, SendBack)), "")
    if until:
        return Verb(VerbKind.STEP, until)
    return None if duty.has_applicant else Verb(VerbKind.DRAFT)


def _shortened_line(line: str) -> str:
    """The line without line breaks, cut where it is too long for a telephone."""
    flat = " ".join(line.split())
    return flat if len(flat) <= MAX_LINE_LENGTH else flat[: MAX_LINE_LENGTH - 1] + "…"

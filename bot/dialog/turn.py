"""One turn of a conversation: who said something, where and when, and what the office looks like at that moment.

It is opened inside the writing transaction of the inbox: what is read here is what stands when the act is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from bot.dialog.reply import CardKey, Choice, Reply
from bot.language.cards import CardBuilder, TaskCard, main_verbs
from bot.language.finding_lines import proofread_lines
from bot.language.labels import Declared, Labels
from bot.language.phrasebook import Phrasebook, office_phrasebook
from bot.publishing.review_findings import findings_for_digest
from bot.services.app import OfficeApp
from config.calendar.working_calendar import Calendar
from config.clock import office_day
from config.declarations.duty import Duty
from config.errors import Refusal
from config.office.loader import Person
from config.reporting import activities, registers
from scheduler.delivery.channel import ChannelCapabilities
from scheduler.worklist.pending import STAGE_WAIT_KINDS, PendingAction, WaitKind, pending_actions
from storage.content.content_store import ContentStore
from storage.eventlog.known_calendar import calendar_from_entries
from storage.eventlog.log import Log
from storage.eventlog.office_events import office_events
from storage.eventlog.projections import CaseProjections
from storage.events.approvals import approval_history
from storage.events.case import Case
from storage.events.delegations import Absences, Delegation, fold_absences
from storage.events.events import LogEntry
from storage.messaging.callback_tokens import CallbackAction, CallbackTokens
from storage.messaging.dialog_state import LiveCards

BUTTON_LIFETIME = timedelta(days=30)
"""Longer than any stage should take; a button that ran out is asked for anew."""
CASE_NUMBER_LIMIT = 2**31  # what a column of whole numbers holds: whoever writes more means no case
_DECLARED_BY_VERB: Mapping[str, Mapping[str, Declared]] = {
    "count": registers.REGISTERS_BY_KEY,
    "hold": activities.ACTIVITIES_BY_KEY,
}
"""What verbs with a key speak of."""


class NotThere(Refusal):
    """There is no case {case}. To find one: 查, and a word of its title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedAction:
    """One thing that waits for the speaker, themselves or as somebody's deputy."""

    case: Case
    duty: Duty
    wait: PendingAction
    for_person: str = ""


@dataclass(frozen=True, kw_only=True)
class RequestContext:
    """Whoever speaks, and everything their words are judged by."""

    app: OfficeApp
    connection: Connection
    person: Person
    channel: str
    capabilities: ChannelCapabilities
    sent_at: datetime
    """The instant the channel says they spoke."""
    private: bool = True
    replied_to: int = 0
    """The case whose card was replied to."""
    loaded_cases: dict[int, Case] = field(default_factory=dict)
    """The cases that were looked at: nobody else writes before the turn is over."""

    @cached_property
    def shown_versions(self) -> Mapping[int, str]:
        """The version of each live card the speaker was shown, by case: what they sign is what they saw."""
        return LiveCards(self.connection, self.app.office.slug).versions_seen_by(self.person.id)

    @property
    def book(self) -> Phrasebook:
        """The speaker's words."""
        return office_phrasebook(self.app.office, self.person.language)

    @cached_property
    def labels(self) -> Labels:
        """The words for what is declared."""
        return Labels(book=self.book, office=self.app.office)

    @property
    def today(self) -> date:
        """The legal day."""
        return office_day(self.app.clock.now())

    @cached_property
    def _officewide_entries(self) -> list[LogEntry]:
        return list(office_events(Log(self.connection, self.app.office.slug)))

    @cached_property
    def calendar(self) -> Calendar:
        """As it is known."""
        return calendar_from_entries(self.app.calendar, self._officewide_entries)

    @cached_property
    def absences(self) -> Absences:
        """Who stands in for whom."""
        return fold_absences(self._officewide_entries)

    @property
    def index(self) -> CaseProjections:
        """The derived rows."""
        return CaseProjections(self.connection, self.app.office.slug, self.app.duties)

    @property
    def callback_tokens(self) -> CallbackTokens:
        """The office's buttons."""
        return CallbackTokens(self.connection, self.app.office.slug)

    @property
    def card_builder(self) -> CardBuilder:
        """Makes the speaker's cards."""
        return CardBuilder(labels=self.labels, calendar=self.calendar, today=self.today)

    def say(self, key: str, **words: object) -> str:
        """A phrase in the speaker's language."""
        return self.book.say(key, **words)

    def case(self, number: int) -> tuple[Case, Duty]:
        """A case and its kind. NotThere where there is none, or it was struck out."""
        if number not in self.loaded_cases and number < CASE_NUMBER_LIMIT:
            self.loaded_cases.update(self.index.cases([number]))
        found = self.loaded_cases.get(number)
        duty = self.app.duties.get(found.opening.kind) if found and found.opening else None
        if found is None or duty is None:
            raise NotThere(case=number)
        return found, duty

    def pending_actions(self, case: Case, duty: Duty) -> tuple[PendingAction, ...]:
        """What a case waits for."""
        return pending_actions(case, duty, self.app.office, self.calendar, self.absences)

    def pending(self) -> list[AssignedAction]:
        """Everything that waits for the speaker, the most urgent first."""
        found = [
            mine
            for case in self.index.cases(self.index.open_cases()).values()
            if case.opening and (duty := self.app.duties.get(case.opening.kind))
            for mine in merge_release_and_due(self.pending_for_actor(case, duty))
        ]
        return sorted(found, key=lambda one: (one.wait.until or date.max, one.case.number))

    def pending_for_actor(self, case: Case, duty: Duty) -> list[AssignedAction]:
        """What one case waits for from the speaker, or from those they stand in for today."""
        acting = {self.person.id: "", **{one.person: one.person for one in self._acting_for()}}
        found = []
        for wait in self.pending_actions(case, duty):
            mine = (
                [self.person.id] if wait.what is WaitKind.OVERRIDE else acting
            )  # nobody lets pass for another
            if who := next((person for person in mine if person in wait.who), None):
                found.append(AssignedAction(case=case, duty=duty, wait=wait, for_person=acting[who]))
        return found

    def card(self, pending: AssignedAction) -> TaskCard:
        """The card of something that waits for the speaker."""
        found = self._findings(pending) if pending.wait.what in STAGE_WAIT_KINDS else ()
        return self.card_builder.card(pending.case, pending.wait, pending.duty, pending.for_person, found)

    def _findings(self, pending: AssignedAction) -> Sequence[str]:
        """What the text checks say of the text that is to be signed."""
        archive = ContentStore(self.connection, self.app.office.slug)
        digest = approval_history(pending.case.approvals).manifest
        return proofread_lines(findings_for_digest(self.app, archive, digest), self.book)

    def as_card_reply(self, pending: AssignedAction) -> Reply:
        """The same as a message with its buttons."""
        card = self.card(pending)
        task = CardKey(card.case, pending.wait.what, pending.wait.basis)
        return Reply(lines=card.lines, choices=self.action_buttons(pending), card_key=task)

    def action_buttons(self, pending: AssignedAction) -> tuple[Choice, ...]:
        """The buttons of its card: its two main verbs and 更多."""
        number, basis = pending.case.number, pending.wait.basis
        verbs = (*main_verbs(pending.wait, pending.duty), "more")
        return tuple(self.choice(verb, number, basis, label=self.word(verb, pending.duty)) for verb in verbs)

    def choice(self, verb: str, case: int, basis: str = "", **data: str | int) -> Choice:
        """A button for an act on a case, bound to the speaker; its label is the verb's own word."""
        label = str(data.pop("label", "")) or self.word(verb)
        act = CallbackAction(
            person=self.person.id,
            act=verb,
            case=case,
            basis=basis,
            data=data,
            expires_at=self.app.clock.now() + BUTTON_LIFETIME,
        )
        handle = self.callback_tokens.issue(act) if self.capabilities.buttons else ""
        return Choice(label=label, callback_token=handle, typed_equivalent=self._typed_equivalent(act, label))

    def _typed_equivalent(self, act: CallbackAction, label: str) -> str:
        """What one may write instead: the verb, its case, and what a label of its own adds; of an answer, itself."""
        if act.act == "fill":
            return label
        verb = label if ":" in act.act else self.word(act.act)
        parts = (
            verb,
            str(act.case or ""),
            label if act.data.get("until") or act.data.get("of") else self._assignee_post(act),
        )
        return " ".join(part for part in parts if part)

    def _assignee_post(self, act: CallbackAction) -> str:
        return self.labels.post(str(act.data["to"])) if act.data.get("to") else ""

    def word(self, verb: str, of: Duty | None = None) -> str:
        """What a verb is called: its first word, or the label of what is declared, by the kind it is said of."""
        kind, _, key = verb.partition(":")
        if kind == "step":
            duties = (of,) if of else self.app.duties.values()
            steps = (step for duty in duties for step in duty.steps)
            return next((self.labels.label(step) for step in steps if step.key == key), key)
        if kind in _DECLARED_BY_VERB:
            return self.labels.label(_DECLARED_BY_VERB[kind][key])
        if kind == "open":
            return self.labels.duty(self.app.duties[key])
        return self.say(f"verb.{verb}").split("|")[0]

    @property
    def acting(self) -> frozenset[str]:
        """The speaker, and whoever they stand in for today."""
        return frozenset({self.person.id, *(one.person for one in self._acting_for())})

    def _acting_for(self) -> tuple[Delegation, ...]:
        return self.absences.acting_for(self.person.id, self.today)


def merge_release_and_due(mine: Sequence[AssignedAction]) -> list[AssignedAction]:
    """Of one case, that a signed text goes out is what its date is for: one thing to do, with that date."""
    out = next((one for one in mine if one.wait.what is WaitKind.RELEASE), None)
    due = next((one for one in mine if one.wait.what is WaitKind.ACT), None)
    if out is None or due is None or (out.for_person, out.wait.who) != (due.for_person, due.wait.who):
        return list(mine)
    dated = replace(out.wait, until=due.wait.until, provisional=due.wait.provisional)
    return [replace(out, wait=dated) if one is out else one for one in mine if one is not due]

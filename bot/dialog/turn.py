"""Holds the context of one request: sender, channel, time, and the office as it is inside the transaction.

It is opened inside the writing transaction of the inbox, so what a command reads here still holds when it records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from bot.dialog.reply import Choice
from bot.language.cards import CardBuilder
from bot.language.labels import Declared, Labels
from bot.language.phrasebook import Phrasebook, person_phrasebook
from bot.language.verbs import Verb, VerbKind, format_verb
from bot.services.app import OfficeApp
from config.calendar.working_calendar import Calendar
from config.clock import office_day
from config.declarations.duty import Duty
from config.errors import Refusal
from config.office.model import Person
from config.office.roles import are_village_roles
from config.reporting import registers
from scheduler.delivery.channel import ChannelCapabilities
from scheduler.recording.context import ActingAccount
from scheduler.worklist.pending import PendingAction, WaitKind, pending_actions
from scheduler.worklist.readers import CaseReader, is_disclosed
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import calendar_from_entries, office_events
from storage.events.case import Case
from storage.events.delegations import Absences, Delegation, fold_absences
from storage.events.events import LogEntry
from storage.events.manifest import Manifest
from storage.messaging.callback_tokens import CallbackAction, CallbackTokens
from storage.messaging.dialog_state import LiveCards
from storage.messaging.outbox import Outbox

BUTTON_LIFETIME = timedelta(days=30)
"""Longer than any stage should take; after it the user asks for a new list."""
CASE_NUMBER_LIMIT = 2**31  # what a column of whole numbers holds: a larger number is no case
_DECLARED_BY_KIND: Mapping[VerbKind, Mapping[str, Declared]] = {
    VerbKind.COUNT: registers.REGISTERS_BY_KEY,
    VerbKind.HOLD: registers.ACTIVITIES_BY_KEY,
}
"""The declarations whose labels are the words of these verbs."""


class NotThere(Refusal):
    """There is no case {case}. To find one: 查, and a word of its title."""


class NotDisclosed(NotThere):
    """A group is shown only what has been disclosed, and there is no such case {case}. Ask me in our private chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedAction:
    """One pending action of the sender, their own or that of a person they are the deputy of."""

    case: Case
    duty: Duty
    wait: PendingAction
    for_person: str = ""
    """The id of the absent person; empty for the sender's own."""

    @property
    def urgency(self) -> tuple[date, bool, bool, int]:
        """Sorts tasks: what is due soonest first; of one day what nobody else can do, then the sender's own."""
        is_shared = len(self.wait.who) > 1
        return self.wait.until or date.max, is_shared, bool(self.for_person), self.case.number


@dataclass(frozen=True, kw_only=True)
class RequestContext:
    """The sender of an update, and the state of the office that their command is judged by."""

    app: OfficeApp
    connection: Connection
    person: Person
    channel: str
    capabilities: ChannelCapabilities
    sent_at: datetime
    """When the channel received the message; for a pressed button, when it was stored."""
    account: ActingAccount | None = None
    """The account or session through which the sender speaks."""
    read_until: datetime | None = None
    """Up to when the sender had read their chat, where the channel knows that; else until they spoke."""
    private: bool = True
    replied_to: int = 0
    """The number of the case whose card the message replies to; 0 for none."""
    unshown: str = ""
    """The words of this request that the sender has not seen again: what would record them is shown first."""
    loaded_cases: dict[int, Case] = field(default_factory=dict)
    """The cases read so far: they stay valid, because nobody else writes within this transaction."""
    computed_actions: dict[int, tuple[Case, tuple[PendingAction, ...]]] = field(default_factory=dict)
    """By case: its pending actions, with the state of the case for which they were computed."""
    proposed_texts: dict[int, tuple[Case, Manifest]] = field(default_factory=dict)
    """By item: the text that it proposes, with the state of the item for which it was read."""

    @cached_property
    def shown_versions(self) -> Mapping[int, str]:
        """By case, the version of the live card that the sender had seen when they spoke: they sign what they saw."""
        return self.live_cards.versions_seen_by(self.person.id, self.spoke_at)

    @property
    def spoke_at(self) -> datetime:
        """The instant after which nothing that the sender was shown can have been meant."""
        return min(self.sent_at, self.read_until or self.sent_at)

    @property
    def live_cards(self) -> LiveCards:
        """The office's live cards."""
        return LiveCards(self.connection, self.app.office.slug)

    @cached_property
    def book(self) -> Phrasebook:
        """The phrases in the sender's language."""
        return person_phrasebook(self.app.office, self.person)

    @cached_property
    def labels(self) -> Labels:
        """The labels of declarations, in the sender's language."""
        return Labels(book=self.book, office=self.app.office)

    @property
    def today(self) -> date:
        """The legal day in the office's time zone: what is due and who may act is judged by it."""
        return office_day(self.app.clock.now())

    @property
    def said_on(self) -> date:
        """The legal day on which the sender spoke, today or earlier: that of the facts they state without a day."""
        return office_day(min(self.sent_at, self.app.clock.now()))

    @cached_property
    def _officewide_entries(self) -> list[LogEntry]:
        return list(office_events(Log(self.connection, self.app.office.slug)))

    @cached_property
    def calendar(self) -> Calendar:
        """The working calendar with the holiday notices that were entered."""
        return calendar_from_entries(self.app.calendar, self._officewide_entries)

    @cached_property
    def absences(self) -> Absences:
        """The delegations: who acts for whom, and when."""
        return fold_absences(self._officewide_entries)

    @property
    def index(self) -> CaseProjections:
        """The projections of the office's cases."""
        return CaseProjections(self.connection, self.app.office.slug, self.app.duties)

    @property
    def callback_tokens(self) -> CallbackTokens:
        """The office's callback tokens."""
        return CallbackTokens(self.connection, self.app.office.slug)

    @property
    def card_builder(self) -> CardBuilder:
        """The builder of the sender's task cards."""
        return CardBuilder(labels=self.labels, calendar=self.calendar, today=self.today)

    def say(self, key: str, **words: object) -> str:
        """A phrase in the sender's language."""
        return self.book.say(key, **words)

    def case(self, number: int) -> tuple[Case, Duty]:
        """A case and its duty. Raises NotThere where there is none, its opening was struck out, or it is hidden.

        A hidden case is one that the sender may not read, or in a group one that is not disclosed: whether it exists
        is not said.
        """
        if number not in self.loaded_cases and number < CASE_NUMBER_LIMIT:
            self.loaded_cases.update(self.index.cases([number]))
        found = self.loaded_cases.get(number)
        duty = self.app.duties.get(found.opening.kind) if found and found.opening else None
        if found is None or duty is None or not self.may_read(found, duty):
            raise NotThere(case=number) if self.private else NotDisclosed(case=number)
        return found, duty

    def can_read_case(self, number: int) -> bool:
        """Whether there is a case of this number that the sender may read here."""
        try:
            return bool(self.case(number))
        except NotThere:
            return False

    def may_read(self, case: Case, duty: Duty) -> bool:
        """Whether the sender may read a case here; in a group, whether everybody may."""
        if not self.private:
            return is_disclosed(case, duty)
        return self.reader.may_read(case, duty, lambda: self.pending_actions(case, duty))

    @cached_property
    def reader(self) -> CaseReader:
        """The sender as a reader of cases."""
        return CaseReader(
            office=self.app.office,
            absences=self.absences,
            acting=self.acting,
            notified_cases=lambda: self._notified_cases,
        )

    @property
    def speaks_for_village(self) -> bool:
        """Whether the sender, and everybody whose deputy they are, holds only roles of a village."""
        return are_village_roles(self.roles)

    @property
    def roles(self) -> frozenset[str]:
        """The roles of the sender and of those they are the deputy of today."""
        return self.reader.roles

    @cached_property
    def _notified_cases(self) -> frozenset[int]:
        return Outbox(self.connection, self.app.office.slug).cases_notified(self.person.id)

    def pending_actions(self, case: Case, duty: Duty) -> tuple[PendingAction, ...]:
        """The pending actions of a case, whoever they are for; computed once for each state of the case."""
        known = self.computed_actions.get(case.number)
        if known is None or known[0] is not case:
            actions = pending_actions(case, duty, self.app.office, self.calendar, self.absences)
            known = self.computed_actions[case.number] = (case, actions)
        return known[1]

    def pending(self, cases: Mapping[int, Case] | None = None) -> list[AssignedAction]:
        """The sender's worklist over all open cases, the most urgent first.

        ``cases``: the open cases, where the caller has folded them already.
        """
        actions = [
            action
            for case in (self.open_cases() if cases is None else cases).values()
            if case.opening and (duty := self.app.duties.get(case.opening.kind))
            for action in merge_release_and_due(self.pending_for_actor(case, duty))
        ]
        return sorted(actions, key=lambda action: action.urgency)

    def open_cases(self) -> Mapping[int, Case]:
        """The open cases; only those that this request has not read yet are folded."""
        numbers = self.index.open_cases()
        self.loaded_cases.update(self.index.cases([one for one in numbers if one not in self.loaded_cases]))
        return {number: self.loaded_cases[number] for number in numbers if number in self.loaded_cases}

    def pending_for_actor(self, case: Case, duty: Duty) -> list[AssignedAction]:
        """The actions of one case that are the sender's, or of those they are the deputy of today."""
        me, absent = self.person.id, [one.person for one in self._acting_for()]
        actions = []
        for wait in self.pending_actions(case, duty):
            if who := wait.by_right_of(me, absent):
                for_person = "" if who == me else who
                actions.append(AssignedAction(case=case, duty=duty, wait=wait, for_person=for_person))
        return actions

    def choice(
        self, kind: VerbKind, case: int, basis: str = "", *, key: str = "", label: str = "", **data: str | int
    ) -> Choice:
        """A button for a verb on a case (0 for none), bound to the sender; labelled with the verb's own word."""
        verb, label = Verb(kind, key), label or self.word(kind, key)
        action = CallbackAction(
            person=self.person.id,
            act=format_verb(verb),
            case=case,
            basis=basis,
            data=data,
            expires_at=self.app.clock.now() + BUTTON_LIFETIME,
        )
        token = self.callback_tokens.issue(action) if self.capabilities.buttons else ""
        typed = self._typed_equivalent(verb, action, label)
        return Choice(label=label, callback_token=token, typed_equivalent=typed)

    def _typed_equivalent(self, verb: Verb, action: CallbackAction, label: str) -> str:
        """The words to write instead of pressing: the verb, its case and what its label adds; an answer as it is."""
        if verb.kind is VerbKind.FILL:
            return label
        word = label if verb.key else self.word(verb.kind)
        labelled = action.data.get("until") or action.data.get("of")
        parts = (word, str(action.case or ""), label if labelled else self._assignee_post(action))
        return " ".join(part for part in parts if part)

    def _assignee_post(self, action: CallbackAction) -> str:
        return self.labels.post(str(action.data["to"])) if action.data.get("to") else ""

    def word(self, kind: VerbKind, key: str = "", *, duty: Duty | None = None) -> str:
        """The word of a verb: its first phrase, or the label of its declaration; a step's as ``duty`` calls it."""
        if kind is VerbKind.STEP:
            duties = (duty,) if duty else self.app.duties.values()
            steps = (step for each in duties for step in each.steps)
            return next((self.labels.label(step) for step in steps if step.key == key), key)
        if kind in _DECLARED_BY_KIND:
            return self.labels.label(_DECLARED_BY_KIND[kind][key])
        if kind is VerbKind.OPEN:
            return self.labels.duty(self.app.duties[key])
        return self.say(f"verb.{kind}").split("|")[0]

    @property
    def acting(self) -> frozenset[str]:
        """The ids of the sender and of those they are the deputy of today."""
        return self.absences.acting_as(self.person.id, self.today)

    def _acting_for(self) -> tuple[Delegation, ...]:
        return self.absences.acting_for(self.person.id, self.today)


def merge_release_and_due(actions: Sequence[AssignedAction]) -> list[AssignedAction]:
    """Merge a case's release and its due act into one task with the act's due date: the date is for the release."""
    release = next((one for one in actions if one.wait.what is WaitKind.RELEASE), None)
    due = next((one for one in actions if one.wait.what is WaitKind.ACT), None)
    if release is None or due is None or _actors(release) != _actors(due):
        return list(actions)
    dated = replace(
        release.wait, until=due.wait.until, provisional=due.wait.provisional, unconfirmed=due.wait.unconfirmed
    )
    merged = replace(release, wait=dated)
    return [merged if one is release else one for one in actions if one is not due]


def _actors(action: AssignedAction) -> tuple[str, tuple[str, ...]]:
    return action.for_person, action.wait.who

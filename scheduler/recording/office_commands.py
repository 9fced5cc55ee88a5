"""Commands about the office as a whole: its versions, who stands in or takes over, days off, who joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from config.calendar.holiday_notices import read_notice
from config.calendar.working_calendar import HolidayNotice
from config.clock import office_day
from config.declarations.keys import CLERK, OFFICE_HEAD
from config.errors import Refusal
from config.office.folder import FINGERPRINT, OFFICE_FILE, TEMPLATE_SUFFIX
from config.office.loader import load_office
from config.office.model import Office
from config.office.roles import REGISTER_KEEPER_ROLES, ROLES
from scheduler.recording.context import RecordingContext
from scheduler.reminders.snoozing import require_handover_target
from scheduler.signoff.confirmation import keepers, require_confirmer
from scheduler.signoff.refusals import posts_in_words
from scheduler.worklist.office_change import (
    NotYourOffice,
    OfficeChange,
    OfficeEdit,
    OfficeMovedOn,
    OfficeUnchanged,
    OtherOffice,
    changed_files,
    require_possible,
    version_differences,
)
from scheduler.worklist.office_impact import CaseImpact, OfficeChangeJudge, OfficeImpact
from storage.content.content_store import NotKept
from storage.eventlog.clock_readings import ClockReadings
from storage.eventlog.recorded_office import notice_as_text, office_versions
from storage.events.account_events import (
    AccountConfirmed,
    AccountInvited,
    AccountJoined,
    AccountRefused,
    AccountRemoved,
    RecoverySheetPrinted,
    confirmation_key,
)
from storage.events.delegations import Delegation
from storage.events.office_events import (
    CalendarEntered,
    ClockSettled,
    Delegated,
    DelegationConsented,
    HandedOver,
    OfficeChanged,
    Recalled,
)
from storage.events.office_history import OfficeVersions

DELEGATION_RECORDERS = (CLERK, OFFICE_HEAD)
"""The roles that may record a delegation for somebody who is away already."""


class NoDelegation(Refusal):
    """{why}. Write who is away, who stands in, and from which day to which: 委托."""


class NoSuchDelegation(Refusal):
    """There is no delegation №{position} to end: none was recorded there, or it is over. See: gongkai absences."""


class AwayAlready(Refusal):
    """{post} is away then: №{position}, {first} to {last} ({deputy}). End that first, or choose other days."""


class NoSuchConsent(Refusal):
    """No delegation №{position} waits for a consent: it has one, was taken back, or its days are over."""


class NotYourConsent(Refusal):
    """{post} consents to this themselves; where they cannot be reached, one of these does, with the reason: {who}."""


class NotYourDelegation(Refusal):
    """{post} cannot record this delegation: that is for whoever is away, or for {who}; never for the deputy."""


class NotYourClock(Refusal):
    """{post} cannot vouch for the clock: that is for {who}."""


@dataclass(frozen=True, slots=True)
class OfficeCommands:
    """Records delegations, hand-overs of duties, holiday notices and versions of the office itself."""

    context: RecordingContext

    def delegate(self, person: str, deputy: str, first: date, last: date, reason: str = "") -> None:
        """From ``first`` to ``last`` a person is away and a deputy acts for them, in the deputy's own name.

        Where somebody else records it, it waits for the consent of whoever is away. NoDelegation where the two or the
        days make none, NotYourDelegation where the actor may not record it, AwayAlready where they are away then.
        """
        office = self.context.office
        if person == deputy or not (office.find_person(person) and office.find_person(deputy)):
            raise NoDelegation(why=f"{office.post_of(person)} → {office.post_of(deputy)}")
        if not self.context.today <= last or last < first:
            raise NoDelegation(why=f"{first} … {last}")
        self._require_delegation_recorder(person, never=deputy)
        self._require_no_overlap(person, first, last)
        delegated = Delegated(
            happened_on=self.context.said_on,
            person=person,
            deputy=deputy,
            first=first.isoformat(),
            last=last.isoformat(),
            reason=reason,
        )
        self.context.add_event(delegated)

    def consent(self, position: int, reason: str = "") -> None:
        """Consent to a delegation that somebody else recorded for an absent person.

        That person does; or, where they cannot be reached, a keeper of the registers who neither recorded it nor is
        the deputy, with the ``reason`` why. Raises NoSuchConsent, NotYourConsent or ReasonMissing.
        """
        context, awaiting = self.context, self.context.absences.awaiting
        found = next((one for one in awaiting if one.position == position), None)
        if found is None or found.last < context.today:
            raise NoSuchConsent(position=position)
        context.require_confirmed_account()
        if context.actor != found.person:
            self._require_second_keeper(found)
            context.require_reason(0, reason)
        consented = DelegationConsented(
            happened_on=context.today,
            position=position,
            reason="" if context.actor == found.person else reason,
        )
        context.add_event(consented)

    def recall(self, position: int, reason: str = "") -> None:
        """End the delegation recorded at a position today: its person is back, or its deputy gives it up.

        One that waits for a consent is declined by its person, or taken back by whoever may record it.
        """
        absences = self.context.absences
        known = (*absences.delegations, *absences.awaiting)
        found = next((one for one in known if one.position == position), None)
        if found is None or found.last < self.context.today:
            raise NoSuchDelegation(position=position)
        if self.context.actor != found.deputy:
            self._require_delegation_recorder(found.person)
        self.context.add_event(Recalled(happened_on=self.context.said_on, position=position, reason=reason))

    def hand_over(self, person: str, to: str, reason: str = "") -> None:
        """From today on what waits for one person waits for another (移交).

        NobodyToTakeOver, or NotYoursToHandOver where the actor may not say so.
        """
        require_handover_target(self.context.office, person, to, self.context.actor)
        self.context.add_event(
            HandedOver(happened_on=self.context.said_on, person=person, to=to, reason=reason)
        )

    def enter_notice(self, data: Mapping[str, Any]) -> HolidayNotice:
        """Enter a published notice on days off. BadInput with every finding where it does not add up."""
        notice = read_notice(data)
        self.context.add_event(
            CalendarEntered(happened_on=self.context.said_on, year=notice.year, notice=notice_as_text(data))
        )
        return notice

    def settle_clock(self, reason: str) -> None:
        """Vouch that the machine's clock is right, though it seems to have leapt: recording goes on.

        ReasonMissing, or NotYourClock where the actor keeps no registers.
        """
        context = self.context
        context.require_reason(0, reason)
        if not context.office.roles_of(context.actor) & REGISTER_KEEPER_ROLES:
            posts = "、".join(who.post for who in context.office.holders(CLERK))
            raise NotYourClock(post=context.office.post_of(context.actor), who=posts)
        readings = ClockReadings(context.log.connection, context.log.office)
        shown = [one for one in (readings.latest(), context.log.last_recorded_at()) if one]
        until = max(shown).isoformat() if shown else ""
        context.add_event(ClockSettled(happened_on=context.said_on, until=until, reason=reason))

    def change_office(self, edit: OfficeEdit) -> OfficeChange:
        """Record a new version of the office, and return what it changes and moves.

        BadInput where the document does not hold together; WorkStranded where open work would wait for nobody;
        OfficeMovedOn, OfficeUnchanged, OtherOffice, NotYourOffice, VillageTakenOut, EntryInFuture. Nothing is
        recorded then.
        """
        log, versions = self.context.log, office_versions(self.context.log)
        self._require_office_keeper(versions)
        self._require_expected(versions, edit.expected)
        office = load_office(edit.document, OFFICE_FILE)
        if office.slug != log.office:
            raise OtherOffice(found=office.slug, office=log.office)
        base = versions.on(edit.holds_from)
        before = base.office if base else self.context.office
        successions = self._successions(edit)
        change = OfficeChange(
            differences=version_differences(base, edit) if base else (),
            impact=self._impact(before, office, successions),
            replaced=versions.waiting(edit.holds_from),
        )
        if base and not change.differences and not change.replaced:
            raise OfficeUnchanged
        require_possible(change, before, office, self.context.today)
        self._keep_templates(edit)
        self.context.add_event(
            OfficeChanged(
                happened_on=edit.holds_from,
                document=edit.document,
                files=changed_files(versions.last.files if versions.last else {}, edit.files),
                reason=edit.reason,
            )
        )
        for succession in successions:
            self.context.add_event(succession)
        return change

    def waiting_for_role(self, role: str) -> tuple[CaseImpact, ...]:
        """The open cases that wait today for somebody who holds a role."""
        office = self.context.office
        cases = self.context.cases(self.context.index.open_cases())
        holders = [one.id for one in office.holders(role)]
        return self._judge(office, office, ()).waiting_for(holders, cases.values())

    def _keep_templates(self, edit: OfficeEdit) -> None:
        """Store the templates that the version names and nothing holds yet. NotKept where one is missing."""
        store = self.context.contents
        for path, mark in edit.files.items():
            if not path.endswith(TEMPLATE_SUFFIX):
                continue
            if mark in edit.contents:
                store.save(edit.contents[mark], path)
            elif not store.known([mark.removeprefix(FINGERPRINT)]):
                raise NotKept(hash=mark)

    def _successions(self, edit: OfficeEdit) -> list[HandedOver]:
        """The hand-overs that go with it; a version that waits hands nothing over yet."""
        if edit.holds_from > self.context.today:
            return []
        return [
            HandedOver(happened_on=self.context.today, person=person, to=to, reason=edit.reason)
            for person, to in edit.successors.items()
        ]

    def _impact(self, before: Office, after: Office, handed_over: Sequence[HandedOver]) -> OfficeImpact:
        cases = self.context.cases(self.context.index.open_cases())
        return self._judge(before, after, handed_over).impact(cases.values())

    def _judge(self, before: Office, after: Office, handed_over: Sequence[HandedOver]) -> OfficeChangeJudge:
        context = self.context
        absences = context.absences
        return OfficeChangeJudge(
            before=before,
            after=after,
            duties=context.index.duties,
            calendar=context.calendar,
            absences=absences,
            absences_after=replace(absences, handed_over=(*absences.handed_over, *handed_over)),
        )

    def _require_office_keeper(self, versions: OfficeVersions) -> None:
        """Whoever belongs to the office keeps its registers; the first version is written by whoever founds it."""
        office, actor = self.context.office, self.context.actor
        if not versions.last or not office.find_person(actor):
            return
        if not office.roles_of(actor) & REGISTER_KEEPER_ROLES:
            who = "、".join(ROLES[role] for role in ROLES if role in REGISTER_KEEPER_ROLES)
            raise NotYourOffice(post=office.post_of(actor), who=who)

    def _require_expected(self, versions: OfficeVersions, expected: int | None) -> None:
        last = versions.last
        if expected is not None and last and last.position != expected:
            post = self.context.office.post_of(last.actor)
            at = office_day(last.recorded_at) if last.recorded_at else ""
            raise OfficeMovedOn(post=post, position=last.position, at=at)

    def _require_no_overlap(self, person: str, first: date, last: date) -> None:
        """AwayAlready where the person is away, or is to be, on one of these days."""
        absences = self.context.absences
        for one in (*absences.delegations, *absences.awaiting):
            if one.person == person and one.first <= last and first <= one.last:
                office = self.context.office
                words = {"post": office.post_of(person), "deputy": office.post_of(one.deputy)}
                raise AwayAlready(**words, position=one.position, first=one.first, last=one.last)

    def _require_second_keeper(self, found: Delegation) -> None:
        office = self.context.office
        second = keepers(office) - {found.recorded_by, found.deputy, found.person}
        if self.context.actor not in second:
            who = posts_in_words(one for one in office.people if one.id in second)
            raise NotYourConsent(post=office.post_of(found.person), who=who)

    def _require_delegation_recorder(self, person: str, *, never: str = "") -> None:
        """The person who is away records it, or the clerk does; the deputy never does."""
        office, actor = self.context.office, self.context.actor
        recorders = {who.id for role in DELEGATION_RECORDERS for who in office.holders(role)}
        if actor == never or actor not in recorders | {person}:
            who = "、".join(ROLES[role] for role in DELEGATION_RECORDERS)
            raise NotYourDelegation(post=office.post_of(actor), who=who)


@dataclass(frozen=True, slots=True)
class AccountCommands:
    """Records what happened to accounts; the accounts themselves are rows of ``storage/messaging``.

    The actor of the entry is who did it, so nothing here repeats that.
    """

    context: RecordingContext

    def invite(self, person: str) -> None:
        """A join link was made for a person."""
        self.context.add_event(AccountInvited(happened_on=self.context.today, person=person))

    def print_recovery_sheet(self, person: str, codes: int) -> None:
        """A sheet of recovery codes was made for a person; their earlier codes are void. AccountUnconfirmed."""
        self.context.require_confirmed_account()
        today = self.context.today
        self.context.add_event(RecoverySheetPrinted(happened_on=today, person=person, codes=codes))

    def join(
        self, person: str, channel: str, *, invitation: int, invited_by: str, digest: str, admitted: bool
    ) -> None:
        """A join link was used; ``digest`` stands for the account (``storage/messaging/accounts.py``)."""
        joined = AccountJoined(
            happened_on=self.context.today,
            person=person,
            channel=channel,
            invitation=invitation,
            invited_by=invited_by,
            digest=digest,
            admitted=admitted,
        )
        self.context.add_event(joined)

    def confirm(
        self, person: str, channel: str, joined: int, invited_by: str, *, keepers_are_in: bool
    ) -> None:
        """Confirm an account as a second person. Raises NotOneself, ConfirmedByInviter or TerminalInvited.

        AccountUnconfirmed where the confirming account is not confirmed itself.
        """
        context = self.context
        context.require_confirmed_account()
        require_confirmer(context.office, person, invited_by, context.actor, keepers_are_in=keepers_are_in)
        confirmed = AccountConfirmed(
            happened_on=context.today,
            person=person,
            channel=channel,
            joined=joined,
            through=context.account.joined if context.account else 0,
        )
        context.add_event(confirmed, key=confirmation_key(joined))

    def remove(self, person: str, channel: str, joined: int, why: str) -> None:
        """An account or a session ended: ``signed_out``, ``removed`` or ``replaced``."""
        removed = AccountRemoved(
            happened_on=self.context.today, person=person, channel=channel, joined=joined, why=why
        )
        self.context.add_event(removed)

    def refuse(self, person: str, why: str, joined: int = 0) -> None:
        """An attempt to join or to confirm was refused; the same one is recorded once a day."""
        today = self.context.today
        refused = AccountRefused(happened_on=today, person=person, why=why, joined=joined)
        self.context.add_event(refused, key=f"refused {person} {why} {joined} {today} {self.context.actor}")

"""Lets people in and out: invitations, joins, confirmations by a second person, removals. Each is recorded and told.

The chat, the page and the terminal all come here. Nobody who is in loses an account to a new join: where a second
person has to confirm it, the join waits beside what is there (docs/decisions/0025-two-let-a-signer-in.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from bot.services.accounts.account_notices import (
    CONFIRMED,
    INVITED,
    JOINED,
    REFUSED,
    REMOVED,
    AccountNotice,
    AccountTeller,
)
from bot.services.app import OfficeApp
from bot.services.office_notices import address_recipient, queue_notices
from config.declarations.keys import CLERK, DISCLOSURE_HEAD, OFFICE_HEAD
from config.errors import Refusal
from config.office.model import Person
from scheduler.recording.context import ActingAccount
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.signoff.confirmation import confirmers, keepers, must_be_confirmed, require_confirmer
from storage.channels.join_words import JoinWord, JoinWords
from storage.channels.recovery_codes import RecoveryCode, RecoveryCodes
from storage.database.tables_messaging import JoinRequest
from storage.eventlog.log import Log
from storage.eventlog.recorded_office import office_events
from storage.events.account_events import TERMINAL
from storage.events.delegations import fold_absences
from storage.messaging.accounts import Accounts, AddressState, account_digest
from storage.messaging.sessions import (
    SESSION_CHANNEL,
    BrowserSession,
    Invitation,
    JoinRequests,
    LinkExpired,
    LinkUsed,
    SessionStore,
    hash_secret,
    new_secret,
    require_link_lifetime,
)

CONFIRMING_ROLES = (CLERK, OFFICE_HEAD, DISCLOSURE_HEAD)
"""Who is asked to confirm first."""
MAX_WRONG_CODES = 3


class WrongCode(Refusal):
    """This is not the code on the screen of {post}. Have it read out again: {left} more tries, then a new link."""


class JoinPlace(NamedTuple):
    """Where a link was used: a chat's address, or the id of a browser session."""

    channel: str
    address: str
    salt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedAccount:
    """What became of a join link that was used."""

    person: Person
    request: JoinRequest | None = None
    """What waits for a second person; None where the account may be used at once."""
    secret: str = ""
    """The secret of the browser session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountService:
    """The office's accounts over an open connection that holds the write lock."""

    app: OfficeApp
    connection: Connection
    means: str
    """The channel or command through which somebody acts."""
    actor: str = TERMINAL
    account: ActingAccount | None = None
    new_salt: Callable[[], str] = new_secret
    """Makes the salt of the digest by which the log knows a chat account."""

    def invite(self, person: str, lasts: timedelta) -> str:
        """Make a join link for a person. Returns its token. Raises LinkTime."""
        require_link_lifetime(lasts)
        position = self.record(lambda uow: uow.accounts.invite(person))
        self._tell(person, INVITED)
        return self.sessions.invite(
            person, at=self.now, lasts=lasts, invited_by=self.actor, position=position
        )

    def invite_by_word(self, person: str) -> str:
        """Make a six-digit word by which a person joins from a chat, for a quarter of an hour. Returns the word."""
        position = self.record(lambda uow: uow.accounts.invite(person))
        self._tell(person, INVITED)
        words = JoinWords(self.connection, self.app.office.slug)
        return words.issue(person, at=self.now, invited_by=self.actor, position=position)

    def join_on_chat(self, token: str, address: str) -> JoinedAccount:
        """Use a join link from a chat address. Raises LinkUsed or LinkExpired after recording the attempt."""
        return self._join_chat(self._use_link(token), address)

    def join_by_word(self, word: str, address: str) -> JoinedAccount:
        """Use a six-digit word from a chat address. Raises WordUnknown or TooManyGuesses, which are counted."""
        return self._join_chat(self._use_word(word, address), address)

    def _join_chat(self, invitation: Invitation | JoinWord, address: str) -> JoinedAccount:
        place = JoinPlace(self.means, address, self.new_salt())
        waits = self._must_wait(invitation, takes_a_place=self._takes_a_place(invitation.person, place))
        request = self._record_join(invitation, place, waits=waits)
        self._tell(request.person, JOINED, but=address)
        here = self.accounts.at(place.channel, address)
        if here and here.person != request.person:  # whoever has this address now may lose it
            AccountTeller(self.app, self.connection).tell_person(here.person, JOINED, about=request.person)
        if waits:
            self._let_wait(request)
        else:
            self._bind(request, self._first_voucher(request.person))
        person = self.app.office.person(request.person)
        return JoinedAccount(person=person, request=request if waits else None)

    def join_on_page(self, token: str) -> JoinedAccount:
        """Use a join link in a browser and open its session. Raises LinkUsed or LinkExpired as the chat does."""
        return self._join_page(self._use_link(token))

    def join_page_by_word(self, word: str, address: str) -> JoinedAccount:
        """Use a six-digit word in a browser at an address. Raises as the chat does."""
        return self._join_page(self._use_word(word, address))

    def _join_page(self, invitation: Invitation | JoinWord) -> JoinedAccount:
        signed_in = bool(self.sessions.of_person(invitation.person, at=self.now))
        return self.open_session(
            invitation, waits=self._must_wait(invitation, takes_a_place=signed_in), notice=JOINED
        )

    def open_session(
        self, invitation: Invitation | JoinWord | RecoveryCode, *, waits: bool, notice: AccountNotice
    ) -> JoinedAccount:
        """Record a join in a browser by what was used up for it, tell of it, and open the session or let it wait."""
        secret = new_secret()
        place = JoinPlace(SESSION_CHANNEL, hash_secret(secret), "")
        request = self._record_join(invitation, place, waits=waits)
        self._tell(request.person, notice)
        voucher = "" if waits else self._first_voucher(request.person)
        self.sessions.sign_in(
            request.person, secret, at=self.now, joined=request.joined, confirmed_by=voucher, waits=waits
        )
        if waits:
            self._let_wait(request)
        else:
            self._open_page_chat(request, voucher)
        person = self.app.office.person(request.person)
        return JoinedAccount(person=person, request=request if waits else None, secret=secret)

    def confirm(self, request: JoinRequest, code: str) -> None:
        """Confirm one account as a second person, by the code on its screen.

        Raises WrongCode, NotOneself, ConfirmedByInviter, TerminalInvited or AccountUnconfirmed after recording the
        attempt: the caller keeps what was recorded.
        """
        person, channel, invited_by = request.person, request.channel, request.invited_by
        keepers_are_in = bool(self.keepers_in())
        try:
            require_confirmer(self.app.office, person, invited_by, self.actor, keepers_are_in=keepers_are_in)
            self._require_code(request, code)
            self.record(
                lambda uow: uow.accounts.confirm(
                    person, channel, request.joined, invited_by, keepers_are_in=keepers_are_in
                )
            )
        except Refusal as refused:
            self._refuse(person, refused, request.joined)
            raise
        self._admit(request)
        self._tell(person, CONFIRMED, but=request.address)

    def remove(self, person: str) -> int:
        """End all sessions and accounts of a person. Returns how many sessions ended."""
        self._tell(person, REMOVED)
        for session in self.sessions.sessions(at=self.now):
            if session.person == person:
                self._record_removal(person, SESSION_CHANNEL, session.joined, "removed")
        for account in self.accounts.of_person(person):
            self._record_removal(person, account.channel, account.joined, "removed")
        for request in self.requests.of_person(person):
            self.requests.remove(request.joined)
        self.accounts.remove(person)
        RecoveryCodes(self.connection, self.app.office.slug).remove(person)
        return self.sessions.remove(person)

    def sign_out(self, person: str, ended: Iterable[BrowserSession]) -> None:
        """End sessions, by their own person, who is told once."""
        for session in ended:
            self.sessions.end_session(session.id)
            for request in self.requests.of_person(person):
                if request.address == session.id:
                    self.requests.remove(request.joined)
            self._record_removal(person, SESSION_CHANNEL, session.joined, "signed_out")
        self._tell(person, REMOVED)

    def keepers_in(self) -> frozenset[str]:
        """The keepers of the registers who have a way in now: a session, or a chat account that works."""
        signed_in = {one.person for one in self.sessions.sessions(at=self.now)}
        chatting = {
            one.person
            for one in self.accounts.all()
            if one.state is AddressState.OK and one.channel != SESSION_CHANNEL
        }
        return keepers(self.app.office) & (signed_in | chatting)

    @property
    def now(self) -> datetime:
        """The instant by the office's clock."""
        return self.app.clock.now()

    @property
    def sessions(self) -> SessionStore:
        """The join links and browser sessions."""
        return SessionStore(self.connection, self.app.office.slug)

    @property
    def accounts(self) -> Accounts:
        """The chat accounts."""
        return Accounts(self.connection, self.app.office.slug)

    @property
    def requests(self) -> JoinRequests:
        """What waits for a second person."""
        return JoinRequests(self.connection, self.app.office.slug)

    def _use_link(self, token: str) -> Invitation:
        known = self.sessions.known_invitation(token)
        try:
            invitation = self.sessions.find_invitation(token, at=self.now)
        except (LinkUsed, LinkExpired) as refused:
            if known:
                self._refuse(known.person, refused)
            raise
        if self.app.office.find_person(invitation.person) is None:
            raise LinkUsed  # the person has left the office's file since
        self.sessions.use_invitation(token, at=self.now)
        return invitation

    def _use_word(self, word: str, address: str) -> JoinWord:
        words = JoinWords(self.connection, self.app.office.slug)
        invitation = words.use(word, self.means, address, at=self.now)
        if self.app.office.find_person(invitation.person) is None:
            raise LinkUsed  # the person has left the office's file since
        return invitation

    def _must_wait(self, invitation: Invitation | JoinWord, *, takes_a_place: bool) -> bool:
        """Whether a join waits for a second person: of whoever is trusted, or where somebody is there already.

        The first keeper of an office is invited at the terminal and let in by it: nobody else could.
        """
        office, person = self.app.office, invitation.person
        absences = fold_absences(office_events(Log(self.connection, office.slug)))
        if must_be_confirmed(office, person, absences, self.app.today):
            by_terminal = invitation.invited_by in {"", TERMINAL}
            return not (by_terminal and person in keepers(office) and not self.keepers_in())
        return takes_a_place

    def _takes_a_place(self, person: str, place: JoinPlace) -> bool:
        """Whether a chat account would replace one that is there: the person's own, or another's at the address."""
        here = self.accounts.at(place.channel, place.address)
        elsewhere = [one for one in self.accounts.of_person(person) if one.channel == place.channel]
        replaces_own = any(one.address != place.address for one in elsewhere)
        return replaces_own or bool(here and here.person != person)

    def _first_voucher(self, person: str) -> str:
        """Who vouches for an account that nobody had to confirm: the terminal for a first keeper, else nobody."""
        return TERMINAL if person in keepers(self.app.office) else ""

    def _let_wait(self, request: JoinRequest) -> None:
        request.code = self.requests.new_code()
        self.requests.add(request)
        self._ask_confirmers(request.person, request.invited_by)

    def _ask_confirmers(self, person: str, invited_by: str) -> None:
        """Ask those who may confirm; where nobody may, tell the inviter that the terminal can."""
        may = {one.id for one in confirmers(self.app.office, person, invited_by)}
        held = (
            [one.id for one in self.app.office.holders(role) if one.id in may] for role in CONFIRMING_ROLES
        )
        asked = next(filter(None, held), [])
        if asked:
            queue_notices(self.app, self.connection, asked, "waits_to_join", basis=person)
        elif invited_by != TERMINAL:
            queue_notices(self.app, self.connection, [invited_by], "waits_for_terminal", basis=person)

    def _require_code(self, request: JoinRequest, code: str) -> None:
        if code == request.code:
            return
        wrong = self.requests.count_wrong_code(request.joined)
        if wrong >= MAX_WRONG_CODES:
            self.requests.remove(request.joined)
            if request.channel == SESSION_CHANNEL:
                self.sessions.end_session(request.address)
        raise WrongCode(post=self.app.office.post_of(request.person), left=max(0, MAX_WRONG_CODES - wrong))

    def _admit(self, request: JoinRequest) -> None:
        self.requests.remove(request.joined)
        address = request.address
        if request.channel == SESSION_CHANNEL:
            self.sessions.admit(request.address, self.actor)
            self._open_page_chat(request, self.actor)
            address = request.person
        else:
            self._bind(request, self.actor)
        queue_notices(self.app, self.connection, [address_recipient(request.channel, address)], "let_in")

    def _open_page_chat(self, request: JoinRequest, confirmed_by: str) -> None:
        """Let messages reach the person on the page, which they read in whichever session."""
        person = request.person
        found = self.accounts.at(SESSION_CHANNEL, person)
        if found is None or found.state is not AddressState.OK:
            self.accounts.bind(
                person,
                SESSION_CHANNEL,
                person,
                at=self.now,
                joined=request.joined,
                confirmed_by=confirmed_by,
            )
        elif confirmed_by:
            self.accounts.confirm(SESSION_CHANNEL, person, confirmed_by)

    def _bind(self, request: JoinRequest, confirmed_by: str) -> None:
        replaced = self.accounts.bind(
            request.person,
            request.channel,
            request.address,
            at=self.now,
            joined=request.joined,
            confirmed_by=confirmed_by,
            salt=request.salt,
        )
        for one in replaced:
            self._record_removal(one.person, one.channel, one.joined, "replaced")
            self._tell(one.person, REMOVED, but=request.address)
        left = [one for one in replaced if one.address != request.address]
        old = [address_recipient(one.channel, one.address) for one in left]
        queue_notices(self.app, self.connection, old, "rebound", basis=request.person)

    def _refuse(self, person: str, refused: Refusal, joined: int = 0) -> None:
        why = type(refused).__name__
        self.record(lambda uow: uow.accounts.refuse(person, why, joined))
        self._tell(person, REFUSED)

    def _record_join(
        self, invitation: Invitation | JoinWord | RecoveryCode, place: JoinPlace, *, waits: bool
    ) -> JoinRequest:
        """Record a join. Returns it as a request, which is stored only where it waits."""
        invited_by = invitation.invited_by or TERMINAL
        joined = self.record(
            lambda uow: uow.accounts.join(
                invitation.person,
                place.channel,
                invitation=invitation.position,
                invited_by=invited_by,
                digest=account_digest(place.salt, place.channel, place.address),
                admitted=not waits,
            ),
            actor=invitation.person,
        )
        return JoinRequest(
            joined=joined,
            person=invitation.person,
            **place._asdict(),
            code="",
            invited_by=invited_by,
            asked_at=self.now,
        )

    def _record_removal(self, person: str, channel: str, joined: int, why: str) -> None:
        self.record(lambda uow: uow.accounts.remove(person, channel, joined, why))

    def record(self, command: Callable[[UnitOfWork], None], actor: str = "") -> int:
        """Record a fact within the open transaction. Returns its position; 0 where it was recorded before."""
        with self.app.recorder.transaction(
            actor=actor or self.actor, means=self.means, within=self.connection, account=self.account
        ) as uow:
            command(uow)
        return uow.entries[-1].position if uow.entries else 0

    def _tell(self, person: str, notice: AccountNotice, *, but: str = "") -> None:
        """Tell a person on every channel they have, and the head of the office in the digest."""
        AccountTeller(self.app, self.connection).tell(person, notice, but=but)

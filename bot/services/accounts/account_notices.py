"""Tells what happened to an account: its person on every channel they have, and the head of the office."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from bot.services.app import OfficeApp
from bot.services.office_notices import address_recipient, queue_notices
from config.declarations.keys import LEADER, OFFICE_HEAD
from storage.messaging.accounts import Accounts, AddressState
from storage.messaging.sessions import SessionStore

INFORMED_ROLES = (OFFICE_HEAD, LEADER)
"""Who reads in the digest what happened to accounts: the first of these roles that somebody holds."""


class AccountNotice(NamedTuple):
    """What is said when something happened to an account."""

    own: str
    """To its person."""
    informed: str
    """To the head of the office, in the digest."""
    calm: bool = True
    """False where the head of the office is to know it at once."""


INVITED = AccountNotice("own_invited", "account_invited")
JOINED = AccountNotice("own_joined", "account_joined")
CONFIRMED = AccountNotice("own_confirmed", "account_confirmed")
REMOVED = AccountNotice("own_removed", "account_removed")
REFUSED = AccountNotice("own_refused", "account_refused")
RECOVERY_PRINTED = AccountNotice("own_recovery_printed", "recovery_printed")
COMING_IN = (INVITED, JOINED, CONFIRMED)
"""What leads to a session on the page, or opens it."""
RECOVERED = AccountNotice("own_recovered", "account_recovered", calm=False)


@dataclass(frozen=True, slots=True)
class AccountTeller:
    """Queues what is said about accounts, over the connection that records it."""

    app: OfficeApp
    connection: Connection

    def tell(self, person: str, notice: AccountNotice, *, but: str = "") -> None:
        """Tell a person on every channel they have, and the head of the office."""
        self.tell_person(person, notice, about=person, but=but)
        informed = [one for one in self._informed() if notice.calm or one != person]
        queue_notices(self.app, self.connection, informed, notice.informed, basis=person, calm=notice.calm)

    def tell_person(self, person: str, notice: AccountNotice, *, about: str, but: str = "") -> None:
        """Tell a person on every channel they have but one, about an account of their own or somebody else's.

        That somebody comes in is told on the page only where another session than ``but`` reads it: the first thing
        that whoever had just come in read was a warning of themselves.
        """
        accounts = Accounts(self.connection, self.app.office.slug).of_person(person)
        to_others = notice in COMING_IN and not self._is_on_page(person, but)
        passed_over = {but, person} if to_others else {but}
        there = [
            address_recipient(one.channel, one.address)
            for one in accounts
            if one.state is AddressState.OK and one.address not in passed_over
        ]
        queue_notices(self.app, self.connection, there, notice.own, basis=about)

    def _is_on_page(self, person: str, but: str) -> bool:
        """Whether a session of a person other than one reads the chat on the page."""
        found = SessionStore(self.connection, self.app.office.slug).of_person(person, at=self.app.clock.now())
        return any(one.id != but and not one.waits for one in found)

    def _informed(self) -> Iterable[str]:
        held = ([one.id for one in self.app.office.holders(role)] for role in INFORMED_ROLES)
        return next(filter(None, held), [])

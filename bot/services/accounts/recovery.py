"""Lets a keeper of the registers in by a printed code when every other way is lost, without the terminal.

A code opens a session of the person it was printed for, and of nobody else. Where another keeper has been here
lately, that keeper confirms it as ever; where none has, it opens at once, and the log, the head of the office and the
sheet of each text signed from it say that one person alone let it in (docs/decisions/0025-two-let-a-signer-in.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.services.accounts.account_notices import RECOVERED, RECOVERY_PRINTED, AccountTeller
from bot.services.accounts.accounts import AccountService, JoinedAccount
from config.errors import Refusal
from scheduler.signoff.confirmation import keepers
from storage.channels.recovery_codes import CODES_OF_A_SHEET, RecoveryCodes, RecoveryUnknown
from storage.messaging.accounts import AddressState
from storage.messaging.sessions import SESSION_CHANNEL, SESSION_LIFETIME

LATELY = timedelta(days=7)
"""Who keeps the registers and has been here within so long can be asked to confirm."""


class NotAKeeper(Refusal):
    """{post} does not keep the registers, and needs no recovery sheet: a keeper makes a new link for them."""


@dataclass(frozen=True, slots=True)
class KeeperRecovery:
    """The recovery sheets of an office, by its account service."""

    service: AccountService

    @property
    def codes(self) -> RecoveryCodes:
        """The codes as they are stored."""
        return RecoveryCodes(self.service.connection, self.service.app.office.slug)

    def print_sheet(self, person: str) -> tuple[str, ...]:
        """Make the codes of a new sheet; the person's earlier ones are void. Raises NotAKeeper."""
        service = self.service
        if person not in keepers(service.app.office):
            raise NotAKeeper(post=service.app.office.post_of(person))
        position = service.record(lambda uow: uow.accounts.print_recovery_sheet(person, CODES_OF_A_SHEET))
        AccountTeller(service.app, service.connection).tell(person, RECOVERY_PRINTED)
        return self.codes.issue(person, invited_by=service.actor, position=position)

    def join(self, code: str) -> JoinedAccount:
        """Use a code in a browser. Raises RecoveryUnknown, also where its person keeps nothing any more."""
        found = self.codes.find(code)
        if found.person not in keepers(self.service.app.office):
            raise RecoveryUnknown
        self.codes.use(found, at=self.service.now)
        waits = bool(self._keepers_lately() - {found.person})
        return self.service.open_session(found, waits=waits, notice=RECOVERED)

    def _keepers_lately(self) -> frozenset[str]:
        service, since = self.service, self.service.now - LATELY
        signed_in = {
            one.person
            for one in service.sessions.sessions(at=service.now)
            if one.expires_at - SESSION_LIFETIME >= since
        }
        chatting = {
            one.person
            for one in service.accounts.all()
            if one.channel != SESSION_CHANNEL
            and one.state is AddressState.OK
            and (one.heard_at or one.bound_at) >= since
        }
        return keepers(service.app.office) & (signed_in | chatting)

"""Builds the signed-in user's request context and account service, and finds the cases they may read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web_chat import WEB_CHANNEL, WebChannel
from bot.dialog.turn import RequestContext
from bot.language.verbs import Verb, format_verb
from bot.services.accounts.accounts import AccountService
from config.declarations.duty import Duty
from config.office.roles import AccessLevel
from storage.events.case import Case


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """The signed-in user over an open connection: their request context, and which cases they may see."""

    page_request: PageRequest
    context: RequestContext

    @property
    def acting(self) -> frozenset[str]:
        """Ids of the user and of everybody they are deputy for today."""
        return self.context.acting

    @property
    def own_villages(self) -> frozenset[str]:
        """The ids of the villages for which the user reports."""
        return frozenset(village.id for village in self.context.reader.villages)

    @property
    def can_view_all(self) -> bool:
        """Whether the user may read every case of the office."""
        return self.page_request.rights >= AccessLevel.READ

    def recorded_case(self, number: int) -> Case:
        """A case as it was recorded, even where its opening was struck out, folded once for the request.

        NoSuchPage where no entry has this number. Whether the user may see it is not checked here.
        """
        loaded = self.context.loaded_cases
        if number and number not in loaded:
            loaded.update(self.context.index.cases([number]))
        if number not in loaded:
            raise NoSuchPage
        return loaded[number]

    def case(self, number: int) -> tuple[Case, Duty]:
        """A case the user may see. NoSuchPage for every other number, whether such a case exists or not."""
        found = self.recorded_case(number)
        duty = self.page_request.app.duties.get(found.opening.kind) if found.opening else None
        if duty is None or not self.context.may_read(found, duty):
            raise NoSuchPage
        return found, duty

    def is_pending_for_viewer(self, case: Case, duty: Duty) -> bool:
        """Whether the case waits for the user, or for somebody they are deputy for."""
        return bool(self.context.pending_for_actor(case, duty))


@contextmanager
def viewing(page: PageRequest) -> Iterator[Viewer]:
    """Open a reading connection with the signed-in user's request context on it."""
    with page.app.store.reading() as connection:
        yield Viewer(page_request=page, context=request_context_of(page, connection))


def request_context_of(page: PageRequest, connection: Connection) -> RequestContext:
    """The signed-in user as a request context: the same their messages in the chat are handled with."""
    return RequestContext(
        app=page.app,
        connection=connection,
        person=page.me,
        channel=WEB_CHANNEL,
        capabilities=WebChannel.capabilities,
        sent_at=page.at,
        account=page.account,
    )


def account_service(page: PageRequest, connection: Connection) -> AccountService:
    """The accounts of the office, changed by the user from this browser session."""
    return AccountService(
        app=page.app, connection=connection, means=WEB_CHANNEL, actor=page.me.id, account=page.account
    )


def action_buttons(context: RequestContext, verbs: Sequence[Verb], duty: Duty) -> tuple[tuple[str, str], ...]:
    """The value and the label of each button of a case; a press runs the verb's action (``account/chat.py``)."""
    return tuple((format_verb(verb), context.word(*verb, duty=duty)) for verb in verbs)

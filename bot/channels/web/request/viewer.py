"""A visit's eyes: its person as the conversation knows them, and the cases they may see (``bot/dialog/permissions.py``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.channels.web.request.request import WEB_CHANNEL, AccessLevel, NoSuchPage, PageRequest
from bot.channels.web_chat import WebChannel
from bot.dialog.permissions import can_view
from bot.dialog.turn import RequestContext
from config.declarations.duty import Duty
from storage.events.case import Case


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """One person's, over an open connection."""

    page_request: PageRequest
    context: RequestContext

    @property
    def acting(self) -> frozenset[str]:
        """They themselves, and whom they stand in for today."""
        return self.context.acting

    @property
    def can_view_all(self) -> bool:
        """Whether nothing of the office's is kept from them."""
        return self.page_request.rights >= AccessLevel.READ

    def case(self, number: int) -> tuple[Case, Duty]:
        """A case they may see. NoSuchPage for every other, whether there is one or not."""
        found = self.context.index.cases([number]).get(number) if number else None
        duty = self.page_request.app.duties.get(found.opening.kind) if found and found.opening else None
        if found is None or duty is None or not can_view(self.context, found, duty):
            raise NoSuchPage
        return found, duty

    def is_pending_for_viewer(self, case: Case, duty: Duty) -> bool:
        """Whether it waits for them, or for somebody they stand in for."""
        return any(self.acting & set(wait.who) for wait in self.context.pending_actions(case, duty))


@contextmanager
def viewing(visit: PageRequest) -> Iterator[Viewer]:
    """A person's sight, over a connection for reading."""
    with visit.app.store.reading() as connection:
        yield Viewer(page_request=visit, context=request_context_of(visit, connection))


def request_context_of(visit: PageRequest, connection: Connection) -> RequestContext:
    """The person as the conversation knows them: what waits for them, in their words."""
    return RequestContext(
        app=visit.app,
        connection=connection,
        person=visit.me,
        channel=WEB_CHANNEL,
        capabilities=WebChannel.capabilities,
        sent_at=visit.at,
    )

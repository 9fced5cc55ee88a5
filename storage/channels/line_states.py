"""The long connections of channels: which process holds each, since when it is up, and how long it was down.

A platform gives one bot's messages to one connection, or shares them out among several. So one process at a time
holds a channel's connection; it renews that every few seconds, and another takes over when it has stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlmodel import col, select

from storage.database.store import orm_session
from storage.database.tables_messaging import LineState

__all__ = ["LineState", "LineStates"]


@dataclass(frozen=True, slots=True)
class LineStates:
    """One office's connections. A caller that writes holds the office's write lock."""

    connection: Connection
    office: str

    def get(self, channel: str) -> LineState:
        """The state of a channel's connection; an empty one where it was never up."""
        with orm_session(self.connection) as session:
            return session.get(LineState, (self.office, channel)) or LineState(
                office=self.office, channel=channel
            )

    def all(self) -> list[LineState]:
        """Every connection that ever was up."""
        with orm_session(self.connection) as session:
            query = select(LineState).where(col(LineState.office) == self.office)
            return list(session.exec(query.order_by(col(LineState.channel))))

    def hold(
        self,
        channel: str,
        holder: str,
        *,
        at: datetime,
        until: datetime,
        is_gone: Callable[[str], bool] = lambda _holder: False,
    ) -> bool:
        """Take or renew the right to connect. False while another process has it that is not known to have ended."""
        state = self.get(channel)
        held = state.holder not in {"", holder} and state.held_until is not None and state.held_until > at
        if held and not is_gone(state.holder):
            return False
        state.holder, state.held_until = holder, until
        self._save(state)
        return True

    def release(self, channel: str, holder: str) -> None:
        """Give the right to connect back, so that another process need not wait for it to run out."""
        state = self.get(channel)
        if state.holder == holder:
            state.holder, state.held_until, state.connected_at = "", None, None
            self._save(state)

    def interruption(self, channel: str, *, at: datetime, last_heard: datetime | None = None) -> timedelta:
        """How long a connection was down that is up now: zero where it never was up before.

        ``last_heard`` is the last sign of life that was not recorded yet.
        """
        known = [heard for heard in (self.get(channel).heard_at, last_heard) if heard]
        return max(at - max(known), timedelta(0)) if known else timedelta(0)

    def connected(self, channel: str, *, at: datetime, after: timedelta = timedelta(0)) -> None:
        """Record that the connection is up, after an interruption of this length."""
        state = self.get(channel)
        state.connected_at, state.heard_at, state.why = at, at, ""
        state.gaps += bool(after)
        state.gap_seconds += round(after.total_seconds())
        self._save(state)

    def alive(self, channel: str, *, heard_at: datetime, sent_at: datetime | None) -> None:
        """Record the last sign of life of the platform, and when the last message was sent."""
        state = self.get(channel)
        state.heard_at, state.sent_at = heard_at, sent_at or state.sent_at
        self._save(state)

    def disconnected(self, channel: str, why: str) -> None:
        """Record that the connection is down, with the key of the reason."""
        state = self.get(channel)
        state.connected_at, state.why = None, why
        self._save(state)

    def _save(self, state: LineState) -> None:
        with orm_session(self.connection) as session:
            session.merge(state)

"""HTTP as uvicorn speaks it, with a time within which the head of a request must be here.

Without one, a connection that sends a header a minute is kept for ever, and a few hundred of them are all there
may be.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 15.0


class TimedProtocol(H11Protocol):
    """Closes a connection whose request has not begun in time; what follows the head has limits of its own."""

    head_seconds = HEAD_SECONDS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept a connection, and begin to wait for a request."""
        super().connection_made(transport)
        self._waiting = self.loop.call_later(self.head_seconds, self._close_unbegun)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting: the connection is gone."""
        self._waiting.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Wait for the next request on the same connection."""
        self._waiting.cancel()
        self._waiting = self.loop.call_later(self.head_seconds, self._close_unbegun)
        super().on_response_complete()

    def _close_unbegun(self) -> None:
        cycle: Any = self.cycle
        if (cycle is None or cycle.response_complete) and not self.transport.is_closing():
            self.transport.close()

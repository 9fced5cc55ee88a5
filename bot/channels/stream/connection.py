"""Keeps a platform's long connection open for ever, and stores what arrives before it is acknowledged.

    connection = StreamConnection(protocol, clock)
    connection.start(sink)                      # returns at once; connects, reconnects, stores, acknowledges
    connection.request(id, frame)               # a request over the connection, for platforms that have them
    connection.close()

Waits between attempts grow to a minute and never end. A connection that does not answer heartbeats is given up and
opened anew; one that answers them but brought nothing for half an hour is replaced too, because platforms drop quiet
subscriptions unseen. One process of an office holds the connection (``storage/channels/line_states.py``); a program
with the same bot elsewhere is noticed where the platform tells, and then this one stands back.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from websockets.exceptions import ConnectionClosed, WebSocketException

from bot.channels.stream.backoff import FIRST_WAIT, MAX_WAIT, longer_wait
from bot.channels.stream.platform_interface import (
    ClockDiffers,
    ConnectionDisplaced,
    ConnectionHeldElsewhere,
    ConnectionLost,
    ConnectionRefused,
    Frame,
    PlatformError,
    ReceivedFrame,
    Socket,
    StreamProtocol,
)
from bot.channels.stream.sink import StreamSink, new_holder
from bot.channels.stream.web_socket import ConnectionDown, PendingRequests
from config.clock import Clock

BATCH = 100  # updates stored in one transaction
CLOCK_TOLERANCE = timedelta(minutes=2)
OPEN_SECONDS = 30.0
REQUEST_SECONDS = 10.0
STEADY_WAITS = 10  # a connection that lasted so many first waits was a steady one
MISSED_HEARTBEATS = 2.5  # silence after which the connection is given up, in heartbeats
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionTiming:
    """Waits and limits in seconds."""

    first_wait: float = FIRST_WAIT
    max_wait: float = MAX_WAIT
    hold: float = 30.0
    """How long the right to connect lasts without being renewed."""
    displaced: float = 600.0
    """How long this program stands back after another took its place."""
    quiet: float = 1800.0
    """After which a connection that brought no message is replaced."""


class StreamConnection:
    """The connection of one channel, on an event loop in a thread of its own."""

    def __init__(self, protocol: StreamProtocol, clock: Clock) -> None:
        logging.getLogger("websockets").setLevel(logging.CRITICAL + 1)  # it would log frames
        self.protocol, self._clock = protocol, clock
        self.timing = ConnectionTiming()  # tests set shorter ones before the start
        self._holder = new_holder()
        self._loop = asyncio.new_event_loop()
        self._database = ThreadPoolExecutor(1, thread_name_prefix=f"{protocol.name}-store")
        self._thread: threading.Thread | None = None
        self._stop = asyncio.Event()
        self._socket: Socket | None = None
        self._requests = PendingRequests()
        self._tasks: set[asyncio.Task[None]] = set()
        self._reported, self._ended_by, self._replacing = "", "", False
        self._held_at = float("-inf")  # the monotonic instant at which the right to connect was last taken
        self._heard = self._brought = 0.0  # monotonic instants of the last sign of life and the last message
        self._heard_at: datetime | None = None
        self._sent_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the connection is up."""
        return self._socket is not None

    def start(self, sink: StreamSink) -> None:
        """Connect, and go on until ``close``."""
        self._sink = sink
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=(self._run(),), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Store what has arrived, and disconnect."""
        if self._thread:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
        self._database.shutdown()
        self._loop.close()

    def request(
        self, request_id: str, frame: Frame, *, seconds: float = REQUEST_SECONDS
    ) -> Mapping[str, Any]:
        """Send a request from any thread and return its answer. Raises ConnectionDown and RequestUnanswered."""
        if self._socket is None:
            raise ConnectionDown
        work = self._requests.ask(self._socket, request_id, frame, seconds)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def restart(self, why: str) -> None:
        """Open the connection anew: it looks open, but the platform delivers nothing over it any more."""
        self._loop.call_soon_threadsafe(lambda: self._spawn(self._end(why)))

    async def _end(self, why: str) -> None:
        if self._socket is not None:
            self._ended_by = why
            await self._socket.close()

    def mark_sent(self) -> None:
        """Note that a message was sent just now."""
        self._sent_at = self._clock.now()

    async def _run(self) -> None:
        wait = 0.0
        while not await self._stopped_within(wait):
            try:
                wait = await self._connect_once(wait)
            except Exception as fault:  # noqa: BLE001 - the top of this thread: reported, and tried again
                self._sink.on_fault(fault)
                wait = self._longer(wait)
        await self._in_database(lambda: self._sink.release(self._holder))

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stop.wait(), seconds or 0.001)
        except TimeoutError:
            return False
        return True

    async def _connect_once(self, wait: float) -> float:
        """Connect and serve until the connection ends. Returns the seconds to wait before the next attempt."""
        if time.monotonic() - self._held_at > self.timing.hold / 3 and not await self._hold():
            self._report("held", ConnectionHeldElsewhere(platform=self.protocol.name))
            return self.timing.hold / 3
        try:
            socket = await asyncio.wait_for(self.protocol.open(), OPEN_SECONDS)
        except PlatformError as error:
            kind = ConnectionRefused if error.permanent else ConnectionLost
            return self._note_down(error.why, wait, kind(platform=self.protocol.name, why=error.why))
        except (OSError, TimeoutError, WebSocketException):
            why = "no_connection"
            return self._note_down(why, wait, ConnectionLost(platform=self.protocol.name, why=why))
        since = time.monotonic()
        why = await self._serve(socket)
        if self._stop.is_set():
            return 0.0
        if why == "displaced":
            minutes = round(self.timing.displaced / 60)
            fault = ConnectionDisplaced(platform=self.protocol.name, minutes=minutes)
            self._note_down(why, 0.0, fault)
            return self.timing.displaced
        wait = self._note_down(why, 0.0, ConnectionLost(platform=self.protocol.name, why=why))
        lasted = time.monotonic() - since > self.timing.first_wait * STEADY_WAITS
        return 0.0 if lasted else wait  # a steady connection that broke is opened again at once

    def _note_down(self, why: str, wait: float, fault: Exception) -> float:
        self._report(why, fault)
        self._spawn(self._in_database(lambda: self._sink.note_disconnected(why)))
        return self._longer(wait)

    def _longer(self, wait: float) -> float:
        return longer_wait(wait, first=self.timing.first_wait, most=self.timing.max_wait)

    def _report(self, why: str, fault: Exception) -> None:
        """Report a fault once, until it changes."""
        if why != self._reported:
            self._sink.on_fault(fault)
        self._reported = why

    async def _serve(self, socket: Socket) -> str:
        """Read and store until the connection ends. Returns the key of why it ended."""
        self._ended_by, last_heard = "", self._heard_at
        arrived: asyncio.Queue[tuple[Socket, ReceivedFrame] | None] = asyncio.Queue()
        self._socket = socket
        self._mark_heard()
        self._brought = time.monotonic()
        await self._in_database(lambda: self._sink.note_connected(last_heard))
        self._reported = ""
        self._spawn(self._read(socket, arrived))
        helpers = [
            self._loop.create_task(work) for work in (self._keep_alive(arrived), self._end_on_stop(arrived))
        ]
        try:
            while (first := await arrived.get()) is not None:
                ended = await self._store_batch(first, arrived)
                if ended:
                    break
        finally:
            for helper in helpers:
                helper.cancel()
            self._forget_socket()
        return self._ended_by or "closed"

    def _spawn(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _forget_socket(self) -> None:
        self._socket = None
        self._requests.abandon()

    async def _read(self, socket: Socket, arrived: asyncio.Queue[Any]) -> None:
        """Read one connection to its end; the end of a connection that was replaced ends nothing else."""
        try:
            while True:
                received = self.protocol.read(await socket.recv(), self._clock.now())
                self._mark_heard()
                await self._take(socket, received, arrived)
        except (ConnectionClosed, OSError):
            if socket is self._socket and not self._replacing:
                self._forget_socket()
                arrived.put_nowait(None)
        except Exception as fault:  # noqa: BLE001 - a fault of ours: this connection is given up, and the next is opened
            self._sink.on_fault(fault)
            self._ended_by = "fault"
            await socket.close()
            arrived.put_nowait(None)

    async def _take(self, socket: Socket, received: ReceivedFrame, arrived: asyncio.Queue[Any]) -> None:
        self._requests.answer(received.answers, received.data)
        if received.said_at and received.said_at - self._clock.now() > CLOCK_TOLERANCE:
            minutes = round((received.said_at - self._clock.now()).total_seconds() / 60)
            self._report("clock", ClockDiffers(platform=self.protocol.name, minutes=minutes))
        if received.updates:
            self._brought = time.monotonic()
            arrived.put_nowait((socket, received))
        elif received.acknowledgement is not None:
            await socket.send(received.acknowledgement)
        if socket is not self._socket or self._replacing:
            return
        if received.displaced:
            self._ended_by = "displaced"
            await socket.close()
        elif received.ending:
            self._spawn(self._replace(socket, arrived))

    async def _replace(self, old: Socket, arrived: asyncio.Queue[Any]) -> None:
        """Open a new connection, and close the old one only then: nothing is sent into the gap between them."""
        self._replacing = True  # the platform may end the old one as soon as the new one is there
        try:
            new = await asyncio.wait_for(self.protocol.open(), OPEN_SECONDS)
        except (PlatformError, OSError, TimeoutError, WebSocketException):
            arrived.put_nowait(None)  # the ordinary way of reconnecting begins
            self._forget_socket()
        else:
            self._socket = new
            self._brought = time.monotonic()
            self._spawn(self._read(new, arrived))
        finally:
            self._replacing = False
        await old.close()

    async def _store_batch(
        self, first: tuple[Socket, ReceivedFrame], arrived: asyncio.Queue[tuple[Socket, ReceivedFrame] | None]
    ) -> bool:
        """Store what has arrived, then acknowledge it. Returns whether the connection has ended meanwhile."""
        batch, ended = [first], False
        while not arrived.empty() and len(batch) < BATCH and not ended:
            item = arrived.get_nowait()
            batch += [item] if item else []
            ended = item is None
        updates = [update for _, received in batch for update in received.updates]
        await self._stored(lambda: self._sink.store_updates(updates))
        for socket, received in batch:
            if received.acknowledgement is not None:
                await self._acknowledge(socket, received.acknowledgement)
        return ended

    async def _acknowledge(self, socket: Socket, frame: Frame) -> None:
        try:
            await socket.send(frame)
        except (ConnectionClosed, OSError):
            return  # it is delivered again, and known by its id

    async def _stored(self, work: Callable[[], object]) -> None:
        """Do it until it succeeds: what has arrived is not always sent again."""
        wait = 0.0
        while True:
            try:
                await self._loop.run_in_executor(self._database, work)
            except Exception as fault:  # noqa: BLE001 - the database: nothing was acknowledged, and it is tried again
                self._sink.on_fault(fault)
                wait = self._longer(wait)
                if await self._stopped_within(wait):
                    return
            else:
                return

    async def _end_on_stop(self, arrived: asyncio.Queue[Any]) -> None:
        await self._stop.wait()
        if self._socket is not None:
            await self._socket.close()  # its reader ends, and what it brought is stored
        arrived.put_nowait(None)

    async def _keep_alive(self, arrived: asyncio.Queue[Any]) -> None:
        """Send heartbeats, renew the right to connect, and end or replace a connection that is dead."""
        beat = self.protocol.heartbeat_seconds
        renewed = beaten = time.monotonic()
        while (socket := self._socket) is not None:
            await asyncio.sleep(min(beat / 2, self.timing.hold / 3))
            now = time.monotonic()
            if now - renewed >= self.timing.hold / 3:
                renewed = now
                self._ended_by = self._ended_by if await self._hold() else "held"
            if now - self._heard > beat * MISSED_HEARTBEATS:
                self._ended_by = "silent"
            if self._ended_by:
                await socket.close()  # its reader ends, and what it brought is stored
                return
            if now - beaten >= beat:
                beaten = now
                self._spawn(self._beat(socket))
            if now - self._brought > self.timing.quiet:
                self._brought = now
                self._spawn(self._replace(socket, arrived))

    async def _beat(self, socket: Any) -> None:
        frame = self.protocol.heartbeat()
        try:
            if frame is not None:
                await socket.send(frame)
                return
            await (await socket.ping())
        except (ConnectionClosed, OSError):
            return  # the reader notices
        self._mark_heard()

    def _mark_heard(self) -> None:
        self._heard, self._heard_at = time.monotonic(), self._clock.now()

    async def _hold(self) -> bool:
        """Take or renew the right to connect, and record the last signs of life."""
        lasts = timedelta(seconds=self.timing.hold)
        heard, sent = (self._heard_at if self.is_open else None), self._sent_at
        found = await self._in_database(lambda: self._sink.hold(self._holder, lasts, heard, sent))
        if found is False:
            self._held_at = float("-inf")
            return False
        self._held_at = time.monotonic()
        return True

    async def _in_database(self, work: Callable[[], Result]) -> Result | None:
        """Do something that must not hold up the connection; a fault is reported."""
        try:
            return await self._loop.run_in_executor(self._database, work)
        except Exception as fault:  # noqa: BLE001 - the database: it is reported, and the connection goes on
            self._sink.on_fault(fault)
            return None

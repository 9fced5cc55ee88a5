"""Anything at all, said and pressed by anybody: what comes of it is theirs to do, and nothing else comes of it.

Each try is undone, so that a million of them need one office. What may be recorded is told here anew, from the
office's file and not from the program: who may record which facts about which of the five cases there are.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.dialog.incoming import IncomingUpdate, UpdateKind
from bot.dialog.reply import render_reply
from bot.dispatch.dispatcher import Dispatcher
from bot.services.app import OfficeApp, create_office, open_app
from config.clock import manual_clock
from scheduler.sweep.sweep import sweep
from storage.database.tables_delivery import OUTBOX
from storage.eventlog.log import Log
from storage.events.events import LogEntry, Opened
from storage.messaging.accounts import Accounts
from storage.messaging.callback_tokens import CallbackAction, CallbackTokens
from storage.messaging.dialog_state import LiveCard, LiveCards
from storage.messaging.rate_limits import PersonLimits
from tests.bot.speaker import FULL, GROUP, UNFILLED
from tests.scheduler.signoff.town import draft, open_text

PEOPLE = ("secrecy_officer", "clerk", "jia_reporter", "mayor")
STRANGER = "stranger"
ELSEWHERE = "elsewhere"
IN_ONE = 2_000  # tries in one transaction, which is undone
LIVES = timedelta(days=1)
HALF = 0.5
LONG = 0.01  # of payloads: thousands of signs each
RIGHT_TO_LEFT = ("\u202e", "\u202d", "\u200f", "\u2067", "\u2066", "\u061c", "\ufeff", "\u200b", "\u2028")
PLANES = tuple(range(17))
REGISTERED = {"Counted", "ActivityHeld", "Opened", "Stepped", "Closed", "Amended"}
APPROVALS = {"Signed", "Returned", "Rejected", "Withdrawn", "Overridden"}
ANYBODY = {"Delegated", "HandedOver"}  # each of themselves
OF_ONE_S_OWN = {"Acknowledged", "Snoozed"}


class _Undone(Exception):
    pass


@dataclass
class Found:
    """What came of the tries."""

    tried: int = 0
    recorded: int = 0
    """Entries that were theirs to make."""
    wrong: list[str] = field(default_factory=list)
    """Entries that were not, and sentences that show a seam."""
    faults: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.wrong and not self.faults


@dataclass
class Fuzz:
    """An office with something to do, and a seeded mind that thinks up what people might send."""

    app: OfficeApp
    chance: random.Random
    talk: Dispatcher = field(init=False)
    text: int = 0
    request: int = 0
    month: int = 0
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.talk = Dispatcher(app=self.app, limits=PersonLimits(updates=10**9))  # the clock stands still
        self.text = open_text(self.app)
        draft(self.app, self.text)
        with self.app.recorder.transaction(actor="clerk", means="test") as uow:
            self.request = uow.cases.open(
                "request", "召公开〔2026〕1号", date(2026, 11, 23), {"applicant_kind": "natural_person"}
            )
        self.app.clock.set_day(date(2026, 12, 1))
        sweep(self.app.recorder, self.app.schemes())
        with self.app.store.writing(self.app.office.slug) as connection:
            accounts = Accounts(connection, self.app.office.slug)
            for person in PEOPLE:
                accounts.bind(person, "test", person, at=self.app.clock.now(), confirmed_by="terminal")
            log = Log(connection, self.app.office.slug)
            opened = [entry.record for entry in log.read() if isinstance(entry.record, Opened)]
            self.month = next(one.case for one in opened if one.facts.get("village") == "jia")
        self.words = sorted(self.talk.vocabulary.words)

    # --- presses

    def presses(self, count: int) -> Found:
        """So many payloads, none of which is its sender's to press."""
        found = Found()
        while found.tried < count:
            self._undone(self._pressed, count, found)
        return found

    def _pressed(self, connection: Connection, until: int, found: Found) -> None:
        made = self._handles(connection)
        begun = self._state(connection)
        while found.tried < until:
            sender, payload, valid = self._payload(made)
            update = IncomingUpdate(
                channel="test",
                what=UpdateKind.PRESSED,
                sender=sender,
                chat=sender,
                private=True,
                callback_token=payload,
                message="1",
            )
            self._hear(connection, update, found)
            if valid and self._state(connection) != begun:
                found.wrong.append(f"{sender} pressed {payload[:40]!r}")
                begun = self._state(connection)
        if self._state(connection) != begun:
            found.wrong.append("a payload nobody made did something")

    def _handles(self, connection: Connection) -> list[tuple[str, str]]:
        """Handles that work for somebody, or did, or would at another office; with whom they are for."""
        now, office = self.app.clock.now(), self.app.office.slug
        here, there = CallbackTokens(connection, office), CallbackTokens(connection, ELSEWHERE)
        acts = (
            ("approve", self.text),
            ("count:licence", 0),
            ("step:zero_declared", self.month),
            ("undo", 0),
            ("why", self.text),
        )
        made = []
        for person in PEOPLE:
            for verb, case in acts:
                act = CallbackAction(
                    person=person, act=verb, case=case, basis=self._basis, expires_at=now + LIVES
                )
                made += [(here.issue(act), person), (there.issue(act), STRANGER)]
                old = CallbackAction(person=person, act=verb, case=case, basis=self._basis, expires_at=now)
                made.append((here.issue(old), STRANGER))
                used = here.issue(act)
                here.consume(used, person, at=now)
                made.append((used, STRANGER))
        return made

    @property
    def _basis(self) -> str:
        return "sign 保密审查 1"

    def _payload(self, made: list[tuple[str, str]]) -> tuple[str, str, bool]:
        """Who presses what; and whether it is a whole handle, somebody else's or over."""
        chance = self.chance
        token, owner = chance.choice(made)
        sender = chance.choice([who for who in (*PEOPLE, STRANGER) if who != owner])
        if chance.random() < 0.15:
            return sender, token, True
        return sender, self._bent(token), False

    def _bent(self, token: str) -> str:
        chance, at = self.chance, self.chance.randrange(len(token))
        return chance.choice(
            (
                lambda: token[:at],
                lambda: token[at + 1 :],
                lambda: token.swapcase() if token.swapcase() != token else token + "x",
                lambda: token[::-1],
                lambda: token + chance.choice(("\0", " ", "\n", "=", "x")) * chance.randrange(1, 60) + "x",
                lambda: token[:at] + chance.choice(RIGHT_TO_LEFT) + token[at:],
                lambda: "".join(chance.choices("ABCabc012-_", k=22)),
                lambda: self._anything(chance.randrange(1, 65)),
                lambda: "",
                lambda: "' or '1'='1",
                lambda: "x\ud800" + token,
                lambda: self._anything(4000) if chance.random() < LONG else token * 3,
            )
        )()

    # --- texts

    def texts(self, count: int) -> Found:
        """So many texts, one to four of a person in a row."""
        found = Found()
        while found.tried < count:
            self._undone(self._batch, count, found)
        return found

    def _batch(self, connection: Connection, until: int, found: Found) -> None:
        while found.tried < until:
            row = self.chance.randrange(1, 5)
            sender = self.chance.choice((*PEOPLE, STRANGER))
            private = self.chance.random() < 0.8
            with suppress(_Undone), self.app.store.savepoint(connection, self.app.office.slug):
                if self.chance.random() < HALF:
                    self._shown(connection, sender)
                for _ in range(row):
                    self._written(connection, sender, found, private=private)
                raise _Undone

    def _written(self, connection: Connection, sender: str, found: Found, *, private: bool) -> None:
        text, before = self._text(), self._end(connection)
        update = IncomingUpdate(
            channel="test",
            what=UpdateKind.TEXT,
            sender=sender,
            chat=sender if private else GROUP,
            private=private,
            text=text,
        )
        self._hear(connection, update, found)
        for entry in Log(connection, self.app.office.slug).read(after=before):
            if self._may(sender, entry, private=private):
                found.recorded += 1
            else:
                found.wrong.append(f"{sender}: {text[:60]!r} recorded {entry.record}")

    def _may(self, sender: str, entry: LogEntry, *, private: bool) -> bool:
        """Told from the office's file: who may record what."""
        record, kind = entry.record, type(entry.record).__name__
        if not private or sender == STRANGER or entry.actor != sender:
            return False
        own_way_in = kind == "AccountInvited" and record.person == sender
        if own_way_in or kind in ANYBODY:
            return getattr(record, "person", "") == sender
        if sender == "clerk":
            return kind in REGISTERED | OF_ONE_S_OWN
        case = getattr(record, "case", 0)
        if sender == "secrecy_officer":
            return kind in APPROVALS | OF_ONE_S_OWN and case == self.text
        if isinstance(record, Opened):
            return sender == "jia_reporter" and record.facts.get("village") == "jia"  # an item of theirs
        return (
            sender == "jia_reporter" and kind in {"Stepped", "Amended"} | OF_ONE_S_OWN and case == self.month
        )

    def _shown(self, connection: Connection, person: str) -> None:
        """As if they had the text's card before them."""
        now = self.app.clock.now()
        card = LiveCard(
            person=person,
            case=self.text,
            what="sign",
            channel="test",
            address=person,
            message="1",
            version=self._basis,
            said_at=now,
        )
        LiveCards(connection, self.app.office.slug).put(card)

    def _text(self) -> str:
        chance = self.chance
        verb, case = (
            chance.choice(self.words),
            chance.choice((self.text, self.request, self.month, 0, 999, 10**12 - 1)),
        )
        rest = chance.choice(
            (
                "",
                "理由",
                "2026-12-05",
                "1",
                "2",
                "12000 元",
                "党政办档案员",
                "2026-12-01 至 2026-12-03",
                "80人",
            )
        )
        text = chance.choice(
            (
                f"{verb} {case}",
                f"{verb} {case} {rest}",
                f"{case}号{verb}",
                verb,
                rest,
                str(case),
                f"/{verb}@town_bot {case}",
                f"{verb}{case}{rest}",
                f"{verb}的话{rest}",
                "确认",
                self._usual(),
                self._usual(),
                self._usual(),
                self._usual(),
                self._anything(chance.randrange(1, 40)),
            )
        )
        return chance.choice((lambda t: t, lambda t: t, lambda t: t, self._disturbed))(text)

    def _usual(self) -> str:
        """What somebody says every day, by whomever it is said here."""
        acts = (
            "同意 {0}",
            "退回 {0} 标题写错",
            "不予通过 {0} 理由",
            "撤回 {0} 理由",
            "许可 3",
            "业务培训 80人",
            "撤销",
            "在办 {1}",
        )
        acts += (
            "零报送 {2}",
            "报送信息 {2} 道路硬化",
            "请假 2026-12-05",
            "办结 {1} 予以公开",
            "登记依申请公开 9号",
            "在办 {0}",
        )
        acts += (
            "收到补正 {1}",
            "征求意见 {1} 某公司",
            "稍后提醒 {2} 一小时后",
            "延期 {1} 10",
            "移交 党政办档案员",
            "转交 {1} 镇长",
        )
        return self.chance.choice(acts).format(self.text, self.request, self.month)

    def _disturbed(self, text: str) -> str:
        chance = self.chance
        at = chance.randrange(len(text) + 1)
        return chance.choice(
            (
                lambda: text[:at],
                lambda: text[at:],
                lambda: text[:at] + chance.choice(RIGHT_TO_LEFT) + text[at:],
                lambda: text.replace(" ", "\n"),
                lambda: text[:at] + "\0" + text[at:],
                lambda: text[:at] + "\ud83d" + text[at:],
                lambda: text + " " + self._anything(4000),
                lambda: text * chance.randrange(2, 400),
                lambda: "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text),
                lambda: text + self._anything(8),
                lambda: "\n" * 50 + text,
            )
        )()

    def _anything(self, length: int) -> str:
        """Of every plane, halves of characters included."""
        chance = self.chance
        return "".join(
            chr(chance.choice(PLANES) * 0x10000 + chance.randrange(0x10000)) for _ in range(length)
        )

    # --- both

    def _hear(self, connection: Connection, update: IncomingUpdate, found: Found) -> None:
        found.tried += 1
        try:
            reply = self.talk.handle(connection, update, FULL)
        except Exception as fault:
            found.faults.append(
                f"{type(fault).__name__}: {fault} on {update.text[:60]!r} {update.callback_token[:40]!r} by {update.sender}"
            )
            raise _Undone from fault
        if reply:
            shown = render_reply(reply, FULL).text
            said = update.text + update.callback_token
            if UNFILLED.search(shown) and not any(sign in said for sign in "{}[]｛｝［］"):
                found.wrong.append(f"a seam: {shown[:200]!r}")

    def _undone(self, work: Callable[[Connection, int, Found], None], count: int, found: Found) -> None:
        """Some tries in one transaction; a fault ends it, and the next goes on."""
        with suppress(_Undone), self.app.store.writing(self.app.office.slug) as connection:
            work(connection, found.tried + min(IN_ONE, count), found)
            raise _Undone

    def _end(self, connection: Connection) -> int:
        return Log(connection, self.app.office.slug).end().position

    def _state(self, connection: Connection) -> tuple[int, int]:
        """How far the log is, and how much anybody is to be told."""
        query = select(func.count()).select_from(OUTBOX)
        return self._end(connection), connection.execute(query).scalar() or 0


def fuzz(folder: Path, seed: int) -> Fuzz:
    """A new office to try things at."""
    home = create_office(folder / "town", sample=True).path
    app = open_app(home, clock=manual_clock(date(2026, 11, 23)))
    return Fuzz(app=app, chance=random.Random(seed))  # noqa: S311 - no secret


def kinds(found: Found) -> Iterator[str]:
    """The first of each sort of what went wrong."""
    seen: set[str] = set()
    for line in (*found.faults, *found.wrong):
        if line[:40] not in seen:
            seen.add(line[:40])
            yield line

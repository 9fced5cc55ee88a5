"""The sample town on 2 November 2026 with something for everybody to say: each saying is heard, and then undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from bot.dialog.incoming import IncomingUpdate, UpdateKind
from bot.dialog.reply import CardKey, Reply, render_reply
from bot.dispatch.dispatcher import Dispatcher
from bot.services.app import OfficeApp, create_office
from scheduler.delivery.channel import ChannelCapabilities
from scheduler.sweep.sweep import sweep
from storage.eventlog.log import Log
from storage.events.manifest import Manifest
from storage.messaging.accounts import Accounts
from storage.messaging.dialog_state import LiveCard, LiveCards
from tests.bot.speaker import FULL
from tests.town import open_town, transaction

DAY = date(2026, 11, 2)
PEOPLE = {
    "文书": "clerk",
    "保密员": "secrecy_officer",
    "副主任": "office_deputy",
    "党政办主任": "office_director",
    "规建办主任": "building_director",
    "分管副镇长": "deputy_mayor",
    "镇长": "mayor",
    "甲报": "jia_reporter",
    "乙报": "yi_reporter",
    "丙报": "bing_reporter",
    "丁报": "ding_reporter",
    "戊报": "wu_reporter",
    "己报": "ji_reporter",
    "丙主任": "bing_leader",
}
STRANGERS = ("陌生人", "路人甲")
TEXTS = (
    ("丙村组织秋季森林防火巡查", "bing"),  # 13
    ("冬季取暖安全告知", "civil_affairs"),  # 14
    ("冬季用气安全提示", "civil_affairs"),  # 15, the mayor is asked to let it pass
    ("秋粮收购公告", "farming"),  # 16, too
    ("社保缴费通知", "civil_affairs"),  # 17, past the secrecy review
    ("危房改造公示", "building"),  # 18, rejected
    ("会议通知", "party_office"),  # 19
    ("值班安排", "party_office"),  # 20
    ("工作简报", "party_office"),  # 21
)
GROUP = "the group"


class _Undone(Exception):
    """Takes back what a saying did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came of a saying."""

    recorded: tuple[str, ...]
    reply: Reply | None
    shown: str = ""
    """The reply as the channel shows it."""

    @property
    def labels(self) -> list[str]:
        """The labels of the buttons."""
        return [choice.label for choice in self.reply.choices] if self.reply else []


@dataclass
class Stage:
    """The town, and its people on one channel."""

    app: OfficeApp
    capabilities: ChannelCapabilities = FULL
    messages: int = 0
    talk: Dispatcher = field(init=False)

    def __post_init__(self) -> None:
        self.talk = Dispatcher(app=self.app)

    def hear(self, who: str, said: str, *, before: Sequence[str] = (), card: int = 0, **more) -> Heard:
        """What comes of a saying by a post, after what it said before; ``card`` is the case whose card it replies to."""
        heard = Heard(recorded=(), reply=None)
        with suppress(_Undone), self.app.store.writing(self.app.office.slug) as connection:
            for earlier in before:
                self._handle(connection, who, earlier)
            heard = self._heard(connection, who, said, card, more)
            raise _Undone
        return heard

    def _heard(self, connection: Connection, who: str, said: str, card: int, more: dict) -> Heard:
        log = Log(connection, self.app.office.slug)
        end = log.end().position
        reply_to = f"card {card}" if card else ""
        reply = self._handle(connection, who, said, reply_to=reply_to, **more)
        recorded = tuple(type(entry.record).__name__.lower() for entry in log.read(after=end))
        shown = render_reply(reply, self.capabilities).text if reply and reply.lines else ""
        return Heard(recorded=recorded, reply=reply, shown=shown)

    def _handle(
        self, connection: Connection, who: str, said: str, *, reply_to: str = "", private: bool = True, **more
    ) -> Reply | None:
        self.messages += 1
        address = f"at {who}"
        update = IncomingUpdate(
            channel="test",
            what=UpdateKind.TEXT,
            sender=address,
            chat=address if private else GROUP,
            private=private,
            text=said,
            message=f"m{self.messages}",
            reply_to=reply_to,
            said_at=self.app.clock.now(),
            **more,
        )
        reply = self.talk.handle(connection, update, self.capabilities)
        if reply and reply.card_key:
            self._keep_card(connection, who, reply.card_key)
        return reply

    def show_cards(self, connection: Connection, who: str) -> None:
        """As if every card that waits for the post had been shown to it."""
        self._handle(connection, who, "待办")
        for number in range(1, 22):
            self._handle(connection, who, f"查看 {number}")
        self._handle(connection, who, "待办")

    def _keep_card(self, connection: Connection, who: str, key: CardKey) -> None:
        card = LiveCard(
            person=PEOPLE[who],
            case=key.case,
            what=key.what,
            channel="test",
            address=f"at {who}",
            message=f"card {key.case}",
            version=key.version,
            said_at=self.app.clock.now(),
        )
        LiveCards(connection, self.app.office.slug).put(card)


@contextmanager
def open_stage(folder: Path) -> Iterator[Stage]:
    """The town with its month open, two requests and nine texts on their ways."""
    app = open_town(create_office(folder / "town", sample=True).path, date(2026, 11, 1))
    sweep(app.recorder, app.schemes())
    app.clock.set_day(DAY)
    sweep(app.recorder, app.schemes())
    _open_requests(app)
    for place, (title, origin) in enumerate(TEXTS, 13):
        _open_text(app, place, title, origin)
    _move_texts(app)
    with app.store.writing(app.office.slug) as connection:
        for who, person in PEOPLE.items():
            accounts = Accounts(connection, app.office.slug)
            accounts.bind(person, "test", f"at {who}", at=app.clock.now(), confirmed_by="terminal")
    stage = Stage(app)
    with app.store.writing(app.office.slug) as connection:
        for who in PEOPLE:
            stage.show_cards(connection, who)
    yield stage


def _open_requests(app: OfficeApp) -> None:
    for number in (1, 2):
        with transaction(app) as uow:
            facts = {"applicant_kind": "natural_person"}
            uow.cases.open("request", f"召公开〔2026〕{number}号", date(2026, 10, 30), facts)


def _open_text(app: OfficeApp, number: int, title: str, origin: str) -> None:
    facts = {
        "title": title,
        "origin": origin,
        "disclosure": "proactive",
        "subject": "20_7",
        "made_on": "2026-11-02",
    }
    with transaction(app) as uow:
        case = uow.cases.open("publication", f"P{number}", DAY, facts)
        assert case == number
    with transaction(app) as uow:
        text = Manifest(text=f"{title}。11月2日进行。", decision="published", **facts)
        uow.signoff.draft(case, "clerk", text)


def _move_texts(app: OfficeApp) -> None:
    for case in (15, 16, 17, 18, 19, 20, 21):
        _act(app, case, "secrecy_officer", "sign", "保密审查")
    for case in (15, 16):
        _act(app, case, "secretary", "override", "初审·一校", "经办人出差")
    _act(app, 18, "building_director", "reject", "重复")


def _act(app: OfficeApp, case: int, who: str, act: str, *words: str) -> None:
    with transaction(app, who) as uow:
        manifest = uow.signoff.approval_state(case).manifest
        if act == "reject":
            uow.signoff.reject(case, who, manifest, *words)
        else:
            stage, *reason = words
            getattr(uow.signoff, act)(case, who, stage, manifest, *reason)


def without_buttons(stage: Stage) -> Stage:
    """The same people where a channel can only carry words."""
    return replace(stage, capabilities=ChannelCapabilities())

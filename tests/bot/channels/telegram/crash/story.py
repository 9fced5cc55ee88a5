"""An item from the photographs to the page found live, over Telegram, the program killed after each step.

The album comes in any order and doubled, and one of its photographs fails to come over once. After every step the
program dies at a random moment with ``kill -9``; the next life is given the next step once this one has its effect.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.publishing.publication_check import record_publication_check
from bot.publishing.texts import load_submitted_text
from bot.services.app import OfficeApp, create_office, open_app
from bot.services.bulletins import draw_bulletin
from config.clock import manual_clock
from storage.events.events import Drafted, Opened, Record, Signed, Stepped
from storage.messaging.accounts import Accounts
from storage.web.http_results import FetchedPage
from storage.web.publication_check import check_publication
from tests.bot.channels.telegram.crash.story_child import DAY, StoryClock
from tests.bot.channels.telegram.stand_in.server import StandIn
from tests.paths import ROOT
from tests.town import case_by_number, run_sweep
from tests.village_items import photograph

REPORTER, CLERK = 7, 9
PEOPLE = {"jia_reporter": REPORTER, "clerk": CLERK}
SIGNERS = {"secrecy_officer": 11, "jia_leader": 12, "office_director": 13, "deputy_mayor": 14}
CAPTION = "甲村清淤疏浚村西河道\n11月9日，甲村组织三十人清理河道两公里。"
HEAD = "报送一条：《甲村清淤疏浚村西河道》"
ADDRESS = "https://www.zhaoduba.example/1.html"
COLOURS = ("green", "red", "blue")
PATIENCE = 120.0  # seconds: a busy machine is slow, and loses nothing
PATIENCE_UNTIL_SAID_AGAIN = 10.0
LONGEST_LIFE = 0.4  # seconds between a step and the kill
STILLBORN = 0.2


@dataclass
class Outcome:
    """What the log has of the story, and how many cards the village saw."""

    recorded: Counter = field(default_factory=Counter)
    pictures: int = 0
    cards: int = 0
    address: str = ""
    """Where the bulletin says that the item stands."""

    @property
    def whole(self) -> bool:
        """Nothing lost, nothing doubled, no second card."""
        once = {"item": 1, "text": 1, "draft": 1, "signed": len(SIGNERS), "published": 1, "adopted": 1}
        return (dict(self.recorded), self.pictures, self.cards, self.address) == (once, 3, 1, ADDRESS)


@dataclass
class Story:
    """One telling, on a server and in an office of its own."""

    app: OfficeApp
    server: StandIn
    chance: random.Random
    program: subprocess.Popen[str]

    def told(self) -> Outcome:
        """Tell it up to the page and the bulletin."""
        self._life(
            self._send_album,
            lambda: "照片 3 张" in self._text_with(REPORTER, "报送") or self._count("item"),
            lambda: self.server.say(REPORTER, "报送"),
        )
        if not self._count("item"):
            self._pressed(REPORTER, "报送", lambda: self._count("item"))
        item = next(one.case for one in self._records() if _name(one) == "item")
        self._said(CLERK, f"{item}", lambda: self._text_with(CLERK, "采用"))
        self._pressed(CLERK, "采用", lambda: self._count("draft"))
        text = next(one.case for one in self._records() if _name(one) == "text")
        for place, number in enumerate(SIGNERS.values(), 1):
            self._sign(text, number, place)
        self._publish(text)
        self._life(lambda: None, lambda: True)
        return self._outcome(item)

    def _sign(self, text: int, number: int, place: int) -> None:
        """Read the text with its photographs, then sign it."""
        seen = len(COLOURS)
        self._said(
            number,
            f"全文 {text}",
            lambda: self._photographs(number) >= seen and self._message_with(number, "同意"),
        )
        self._pressed(number, "同意", lambda: self._count("signed") == place)

    def _publish(self, text: int) -> None:
        self._said(CLERK, f"发布 {text} {ADDRESS}", lambda: self._text_with(CLERK, "确认"))
        self._pressed(CLERK, "确认", lambda: self._count("published"))
        laid = load_submitted_text(self.app, case_by_number(self.app, text), self.app.duties["publication"])
        words = f"<h1>{laid.manifest.title}</h1><p>{laid.manifest.text}</p>"
        body = f"<html><title>{laid.manifest.title}</title>{words}</html>".encode()
        headers = {"content-type": "text/html; charset=utf-8"}
        page = FetchedPage(url=ADDRESS, status=200, headers=headers, body=body)
        record_publication_check(
            self.app, laid, check_publication(page, laid.manifest.title, laid.manifest.text)
        )

    def _said(self, user: int, text: str, happened: Callable[[], object]) -> None:
        """An answer that records nothing may be lost with its life; after a while its reader asks again."""
        self._life(lambda: self.server.say(user, text), happened, lambda: self.server.say(user, text))

    def _pressed(self, user: int, label: str, happened: Callable[[], object]) -> None:
        """A press is made once: what it records must not be lost."""
        self._life(lambda: self._press(user, label), happened)

    def _life(
        self,
        step: Callable[[], object],
        happened: Callable[[], object],
        again: Callable[[], object] | None = None,
    ) -> None:
        """A step in one life that ends at a random moment, and another life until it has its effect.

        One life in five may end while it starts; the others are counted from their first word to Telegram.
        """
        greeted = self.server.greeted
        with _living(self.program):
            step()
            if self.chance.random() > STILLBORN:
                _comes_to_pass(lambda: self.server.greeted > greeted, PATIENCE)
            time.sleep(self.chance.uniform(0, LONGEST_LIFE))
        if happened():
            return
        with _living(self.program):
            if again and not _comes_to_pass(happened, PATIENCE_UNTIL_SAID_AGAIN):
                again()
            assert _comes_to_pass(happened, PATIENCE), "nothing came of a step"

    def _send_album(self) -> None:
        """Three photographs in any order, some of them twice; the download of one fails first."""
        self.server.fault("getFile", "error", times=1)
        with self.server.lock:
            numbers = self.server.album(REPORTER, [photograph(colour) for colour in COLOURS], CAPTION)
            raws = [self.server.pending[number] for number in numbers]
            for number in numbers:
                del self.server.pending[number]
            self.chance.shuffle(raws)
            for raw in (*raws, self.chance.choice(raws)):
                self.server.again(raw)

    def _press(self, user: int, label: str) -> None:
        """Press a button in the newest message that has it."""
        number = self._message_with(user, label)
        assert number, "no such button"
        self.server.press(user, number, label)

    def _message_with(self, user: int, label: str) -> int:
        """The newest message that has this button now; 0 where there is none."""
        found = [number for number, one in self._messages(user) if label in _labels(one)]
        return max(found, default=0)

    def _text_with(self, user: int, label: str) -> str:
        number = self._message_with(user, label)
        return str(self.server.chats[user].messages[number].get("text", "")) if number else ""

    def _messages(self, user: int) -> list[tuple[int, dict]]:
        with self.server.lock:
            place = self.server.chats.get(user)
            return list(place.messages.items()) if place else []

    def _photographs(self, user: int) -> int:
        return sum("photo" in one and one["from"]["is_bot"] for _, one in self._messages(user))

    def _records(self) -> list[Record]:
        with self.app.log() as log:
            return [entry.record for entry in log.read()]

    def _count(self, name: str) -> int:
        return sum(_name(one) == name for one in self._records())

    def _outcome(self, item: int) -> Outcome:
        records = self._records()
        found = case_by_number(self.app, item)
        with self.server.lock:  # whatever was said there or changed
            said = list(self.server.chats[REPORTER].unseen)
        cards = {one["message_id"] for one in said if HEAD in one.get("text", "")}
        adopted = draw_bulletin(self.app, DAY.replace(day=1)).adopted
        return Outcome(
            recorded=Counter(name for one in records if (name := _name(one))),
            pictures=int(found.facts.get("pictures", 0)),
            cards=len(cards),
            address=next((one.address for one in adopted if one.item == item), ""),
        )


def tell_story(folder: Path, *, seed: int) -> Outcome:
    """Tell it once under kills."""
    home = create_office(folder / "town", sample=True).path
    run_sweep(open_app(home, manual_clock(DAY)), DAY)
    clock = StoryClock(time.monotonic())
    app = open_app(home, clock)
    with app.store.writing(app.office.slug) as connection:
        for person, number in (PEOPLE | SIGNERS).items():
            Accounts(connection, app.office.slug).bind(
                person, "telegram", str(number), at=app.clock.now(), confirmed_by="terminal"
            )
    server = StandIn()
    server.seconds = lambda: clock.now().timestamp()
    with _program(home, server.url, clock) as program:
        try:
            chance = random.Random(seed)  # noqa: S311 - moments of a test
            return Story(app, server, chance, program).told()
        finally:
            program.kill()
            server.close()


def _program(home: Path, server: str, clock: StoryClock) -> subprocess.Popen[str]:
    module = "tests.bot.channels.telegram.crash.story_child"
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", module, str(home), server, str(clock.began)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "GONGKAI_DATABASE": ""},
    )


def _comes_to_pass(happened: Callable[[], object], seconds: float) -> bool:
    """Whether it does within so many seconds of the machine's."""
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def _living(program: subprocess.Popen[str]) -> Iterator[None]:
    """A life of the program: it ends with ``kill -9``."""
    child = _start(program)
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)


def _start(program: subprocess.Popen[str]) -> int:
    assert program.stdin
    assert program.stdout
    program.stdin.write("go\n")
    program.stdin.flush()
    for line in program.stdout:
        if line.strip().isdecimal():
            return int(line)
    raise AssertionError


def _labels(message: dict) -> Iterator[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return (button["text"] for row in rows for button in row)


def _name(record: Record) -> str:
    """What a record is to the story; empty where it is nothing to it."""
    match record:
        case Opened(kind="village_item"):
            return "item"
        case Opened(kind="publication"):
            return "text"
        case Drafted():
            return "draft"
        case Signed():
            return "signed"
        case Stepped(step="published" | "adopted"):
            return record.step
        case _:
            return ""

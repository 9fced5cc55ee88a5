"""Draws the README's pictures from the demo's town, in a real browser: ``make pictures``.

Needs chromium, chromedriver and a Chinese font (Debian: chromium chromium-driver fonts-noto-cjk).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from base64 import b64encode
from datetime import date, timedelta
from pathlib import Path

from jinja2 import Template

from bot.demo.channel import ChatLine, DemoChannel
from bot.demo.item_stories import draw_photo
from bot.demo.play import all_stories
from bot.demo.routines import read_messages
from bot.demo.simulated_person import phrase_word
from bot.demo.town import DemoTown
from bot.services.app import create_office, open_app
from config.clock import manual_clock
from storage.messaging.sessions import JoinRequests, SessionStore
from tests.bot.channels.web.browser.driver import CHROMEDRIVER, CHROMIUM, MISSING, Browser, browser
from tests.bot.channels.web.browser.serving import serving

HERE = Path(__file__).parent
GONGKAI = Path(sys.executable).with_name("gongkai")
YEAR, SEED = 2025, 1
READER = "office_director"
AWAY, SHOWN = date(YEAR, 4, 1), date(YEAR, 4, 14)  # what came to the reader meanwhile waits unsigned
REPORTER = "jia_reporter"
ITEM = ("甲村清淤疏浚村西河道", "4月14日，甲村组织党员和村民三十人，清理村西河道两公里，运走淤泥四十车。")
ONE_SECTION = "<style>main > :not(section:nth-of-type(3)):not(h1) { display: none }</style></head>"
ON_A_PHONE = (
    '<!doctype html><meta charset="utf-8"><body style="margin:0"><img src="{image}" style="width:100%">'
)


def draw_papers(view: Browser, folder: Path) -> None:
    """Draw table 3 of the report as a portal publishes it, and a month's bulletin as a telephone shows it."""
    alone = folder / "one.html"
    page = next(folder.glob("2*.html"))
    alone.write_text(page.read_text("utf-8").replace("</head>", ONE_SECTION), "utf-8")
    view.size(1000, 1170)
    view.go(alone.as_uri())
    view.screenshot(HERE / "report.png")
    image = (folder / "月度通报" / f"{YEAR}-11.png").as_uri()
    alone.write_text(ON_A_PHONE.format(image=image), "utf-8")
    view.size(390, 844)
    view.go(alone.as_uri())
    view.screenshot(HERE / "bulletin.png")


def draw_chats(view: Browser, town: DemoTown, folder: Path) -> None:
    """Draw a village's item as it travels: the reporter's card in the chat, and the clerk's beside it."""
    reporter, clerk = town.posts[REPORTER], town.posts["clerk"]
    picture, already = draw_photo(f"{SEED} {ITEM[0]}"), len(town.channel.chats[REPORTER])
    reporter.send_photo("\n".join(ITEM), "照片.jpg", picture)
    reporter.press(phrase_word("talk.item.send"))
    item, clerk_already = town.newest_case(), len(town.channel.chats["clerk"])
    clerk.write(f"{phrase_word('verb.text')} {item}")
    clerk.press(phrase_word("verb.take_up"))
    photo = f"data:image/jpeg;base64,{b64encode(picture).decode()}"
    phones = [
        {"post": one.person.post, "lines": _seen(town.channel.chats[one.id][since:])}
        for one, since in ((reporter, already), (clerk, clerk_already))
    ]
    page = folder / "chats.html"
    page.write_text(
        Template((HERE / "chats.html").read_text("utf-8")).render(phones=phones, photo=photo), "utf-8"
    )
    view.size(820, 860)
    view.go(page.as_uri())
    view.screenshot(HERE / "chat.png")


def _seen(lines: list[ChatLine]) -> list[ChatLine]:
    """The lines as they stand at the end: a card that only lost its buttons stands there already."""
    texts = [line.text for line in lines]
    return [
        line for place, line in enumerate(lines) if line.own or line.buttons or line.text not in texts[:place]
    ]


def draw_page(view: Browser, town: DemoTown, address: str) -> None:
    """Draw a request with the explanation of its due date."""
    with town.app.store.writing(town.app.office.slug) as connection:
        people = SessionStore(connection, town.app.office.slug)
        token = people.invite(READER, at=town.clock.now(), lasts=timedelta(hours=1))
    view.go(f"{address}/join/{token}")
    view.click("main button")
    view.until("form.who")  # signed in, and waiting to be let in
    with town.app.store.reading() as connection:
        (request,) = JoinRequests(connection, town.app.office.slug).waiting()
    # A person who signs is let in by a second person, by the code on the screen.
    said = f"{phrase_word('verb.let_in')} {town.posts[READER].person.post} {request.code}"
    town.posts["clerk"].write(said)
    view.go(address)
    view.until("nav")
    view.size(1000, 860)
    view.go(f"{address}/cases/{longest(town)}")
    view.run("document.querySelector('#why').scrollIntoView()")
    view.screenshot(HERE / "case.png")


def draw_rooms(view: Browser, address: str) -> None:
    """Draw the first page and the register of requests at a PC, and the first page on a telephone in the dark."""
    view.size(1100, 860)
    for path, name in (("/", "workbench"), (f"/requests?view=register&from={YEAR}-01-01", "requests")):
        view.go(address + path)
        view.until("main h1")
        view.screenshot(HERE / f"{name}.png")
    view.size(390, 844)
    view.colours("dark")
    view.go(address)
    view.until("main h1")
    view.screenshot(HERE / "telephone.png")


def longest(town: DemoTown) -> int:
    """Return the number of the request with the most steps so far."""
    numbers = [town.find("request", f"召公开〔{YEAR}〕{number}号") for number in range(1, 27)]
    return max((number for number in numbers if number), key=lambda number: len(town.case(number).steps))


def played_until_shown(folder: Path) -> DemoTown:
    """Play the demo's year up to the day that is shown."""
    clock = manual_clock(date(YEAR, 1, 1), hour=8)
    app = open_app(create_office(folder, sample=True).path, clock=clock)
    town = DemoTown(app=app, clock=clock, year=YEAR, seed=SEED, channel=DemoChannel(clock=clock))
    town.add_people()
    for story, day in all_stories(town):
        town.begin(story, day)
    town.away[READER] = (AWAY, SHOWN)
    outbox_sender = town.create_outbox_sender()
    for day in town.days():
        if day <= SHOWN:
            town.play_day(day, outbox_sender, (read_messages,))
    return town


def main() -> int:
    """Play the year, serve its page and draw the pictures."""
    if not (CHROMIUM and CHROMEDRIVER):
        print(MISSING, file=sys.stderr)  # noqa: T201 - a maintainer's tool
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "demo"
        play = [GONGKAI, "demo", "--year", str(YEAR), "--seed", str(SEED), "--out", str(out)]
        subprocess.run(play, check=True, capture_output=True)  # noqa: S603 - our own command
        town = played_until_shown(Path(scratch) / "town")
        with serving(town.app) as address, browser() as view:
            draw_papers(view, out)
            draw_chats(view, town, Path(scratch))
            draw_page(view, town, address)
            draw_rooms(view, address)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Draws the README's pictures from the demo's town, in a real browser: ``make pictures``.

Needs chromium, chromedriver and a Chinese font (Debian: chromium chromium-driver fonts-noto-cjk).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from base64 import b64encode
from datetime import date
from pathlib import Path

from jinja2 import Template

from bot.channels.web.setup.server import create_setup_app
from bot.channels.web.setup.site import SetupSite
from bot.demo.channel import ChatLine, DemoChannel
from bot.demo.item_stories import draw_photo
from bot.demo.play import all_stories
from bot.demo.routines import read_messages
from bot.demo.simulated_person import phrase_word
from bot.demo.town import DemoTown
from bot.services.app import create_office, open_app
from config.clock import manual_clock
from config.office.folder import OfficeFolder
from tests.bot.channels.web.browser.driver import CHROMEDRIVER, CHROMIUM, MISSING, Browser, browser
from tests.bot.channels.web.browser.hands import Pointer
from tests.bot.channels.web.browser.page_list import sign_in
from tests.bot.channels.web.browser.serving import serving, serving_app
from tests.bot.channels.web.browser.test_setup import NEXT, roster_file

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


def draw_pages(view: Browser, town: DemoTown, address: str) -> None:
    """Draw the pages at a PC, and the first page on a telephone in the dark."""
    sign_in(view, town.app, address, READER)
    open_request, answered = request_on_its_way(town), longest(town)
    view.size(1000, 860)
    for name, path in (
        ("request", f"/cases/{open_request}"),
        ("case", f"/cases/{answered}#why"),
        ("settings", "/settings/ladder/request"),
    ):
        view.go(address + path)
        view.screenshot(HERE / f"{name}.png")
    view.size(1100, 860)
    for path, name in (("/", "workbench"), (f"/requests?view=register&from={YEAR}-01-01", "requests")):
        view.go(address + path)
        view.screenshot(HERE / f"{name}.png")
    view.size(390, 844)
    view.colours("dark")
    view.go(address)
    view.screenshot(HERE / "telephone.png")
    view.colours("light")


def draw_set_up(view: Browser, folder: Path) -> None:
    """Draw the step of the set-up that proposes who signs what, after a roster was read."""
    site = SetupSite(home=OfficeFolder(folder / "new"), clock=manual_clock(SHOWN))
    with serving_app(create_setup_app(site)) as address:
        view.size(1000, 860)
        view.go(f"{address}/setup/begin-{site.token}")
        clerk = Pointer(view, 1000)
        for name, text in (("short_name", "青山镇"), ("county", "东湖区")):
            clerk.fill(f"[name='{name}']", text)
        clerk.press(NEXT)
        clerk.go_on("[name='departments']", "\n财政所")
        clerk.fill("[name='villages']", "甲村\n乙村")
        clerk.press(NEXT)
        clerk.attach("#roster", roster_file(folder))
        clerk.press("form[enctype] button")
        clerk.press("button[value='people']")
        view.screenshot(HERE / "setup.png")


def requests(town: DemoTown) -> list[int]:
    """Return the numbers of the requests so far."""
    found = (town.find("request", f"召公开〔{YEAR}〕{number}号") for number in range(1, 27))
    return [number for number in found if number]


def longest(town: DemoTown) -> int:
    """Return the number of the request with the most steps so far."""
    return max(requests(town), key=lambda number: len(town.case(number).steps))


def request_on_its_way(town: DemoTown) -> int:
    """Return the number of the newest request that is not answered yet."""
    return max(number for number in requests(town) if town.case(number).closing is None)


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
            draw_pages(view, town, address)
            draw_set_up(view, Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main())

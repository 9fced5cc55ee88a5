"""What happens to one item in the demo: sent with a photograph, judged, adopted, signed, published and found."""

from __future__ import annotations

import random
from collections.abc import Generator
from datetime import date
from html import escape
from io import BytesIO

from PIL import Image, ImageDraw

from bot.demo.simulated_person import CONFIRM_WORD, SimulatedPerson, UnexpectedReply, phrase_word
from bot.demo.texts import PUBLISHED_STEP, SITE
from bot.demo.town import DemoTown, submit_until_decided
from bot.publishing.publication_check import record_publication_check
from bot.publishing.texts import load_submitted_text
from config.declarations.villages.item_fields import ADOPTED, LEVEL_LABELS, REJECTED, RETURNED
from config.duties.village_item import DUTY
from storage.events.manifest import Manifest
from storage.web.http_results import FetchedPage
from storage.web.publication_check import check_publication

SIZE = (480, 360)
SKIES = ("#bcd7ee", "#e7d9b8", "#cfd8dc", "#a9c9e8")
GROUNDS = ("#6d8f4e", "#8a7a4a", "#9aa06a", "#5f7f5a")
WATER, ROAD, COATS = "#5b8bb0", "#8b8f94", ("#b3372f", "#2f5fb3", "#d58a2a", "#3f7f52")
RIVER, FIELD = "river", "field"
SUBJECTS = (RIVER, "street", FIELD)
RETURN_LABEL, REJECT_LABEL, ADOPT_LABEL = (
    step.label for key in (RETURNED, REJECTED, ADOPTED) if (step := DUTY.step(key))
)
ITEM_WORD, SEND_WORD = phrase_word("verb.item"), phrase_word("talk.item.send")
RECEIVE_WORD, TAKE_UP_WORD = phrase_word("verb.receive"), phrase_word("verb.take_up")
SENT_BACK, REFUSED, COUNTY = 0.08, 0.2, 0.75
"""The shares of items that are returned, refused, and, above the last one, adopted by the county."""


def hand_in_item(town: DemoTown, reporter: SimulatedPerson, title: str, seed: str, *, again: int = 0) -> int:
    """A reporter sends a photograph with a caption and presses 报送 on the card. Returns the item's number."""
    picture = draw_photo(f"{town.seed} {seed}")
    if again:
        reporter.write(f"{ITEM_WORD} {again}")
    body = f"{town.app.today.month}月{town.app.today.day}日，村里组织了一次活动，大家都来了。"
    reporter.send_photo(f"{title}\n{body}", "照片.jpg", picture)
    before = town.end()
    reporter.press(SEND_WORD)
    if town.end() == before:
        raise UnexpectedReply(f"{reporter.person.post}: {title}: {reporter.last}")
    return again or town.newest_case()


def judge_item(town: DemoTown, item: int, luck: float) -> bool:
    """The clerk receives, refuses or returns an item, or records its adoption. True if it is returned."""
    clerk = town.posts["clerk"]
    if luck < SENT_BACK:
        clerk.perform(f"{RETURN_LABEL} {item}", "缺少时间地点", CONFIRM_WORD)
        return True
    clerk.perform(f"{RECEIVE_WORD} {item}")
    if luck < REFUSED:
        clerk.perform(f"{REJECT_LABEL} {item} 与上月的重复", CONFIRM_WORD)
    elif luck > COUNTY:
        clerk.perform(f"{ADOPT_LABEL} {item}", LEVEL_LABELS["county"])
    return False


def adopt_item(town: DemoTown, item: int) -> Generator[date, None, None]:
    """One press opens the text; it is signed, published, and found on the page that the town made of it."""
    case = _take_up(town, item)
    yield from submit_until_decided(town, case, lambda _version: None)
    address = f"{SITE}/{case}.html"
    town.posts["clerk"].perform(f"{PUBLISHED_STEP.label} {case} {address}", CONFIRM_WORD)
    yield town.workdays_later(1)
    found = town.case(case)
    laid = load_submitted_text(town.app, found, town.app.duties["publication"])
    page = FetchedPage(
        url=address,
        status=200,
        headers={"content-type": "text/html; charset=utf-8"},
        body=_page(laid.manifest),
    )
    record_publication_check(town.app, laid, check_publication(page, laid.manifest.title, laid.manifest.text))
    town.happened.append("item_published")


def _take_up(town: DemoTown, item: int) -> int:
    """采用 in the chat, as it stands. Returns the number of the text that it opened."""
    town.posts["clerk"].perform(f"{TAKE_UP_WORD} {item}", CONFIRM_WORD)
    return town.newest_case()


def _page(text: Manifest) -> bytes:
    """The page of the town's website on which a text stands."""
    body = "".join(f"<p>{escape(line)}</p>" for line in text.text.splitlines())
    pictures = "".join(f'<img alt="{escape(one.alt)}">' for one in text.attachments)
    return (
        f"<!DOCTYPE html><html><head><title>{escape(text.title)}</title></head>"
        f"<body><h1>{escape(text.title)}</h1>{body}{pictures}</body></html>"
    ).encode()


def draw_photo(seed: str) -> bytes:
    """A JPEG as a telephone would send it."""
    luck = random.Random(seed)  # noqa: S311 - a demo
    picture = Image.new("RGB", SIZE, luck.choice(SKIES))
    brush, horizon = ImageDraw.Draw(picture), luck.randrange(130, 190)
    brush.rectangle((0, horizon, *SIZE), fill=luck.choice(GROUNDS))
    for _ in range(3):
        left, width = luck.randrange(-60, SIZE[0]), luck.randrange(120, 270)
        brush.ellipse((left, horizon - 36, left + width, horizon + 48), fill=luck.choice(GROUNDS))
    subject = luck.choice(SUBJECTS)
    if subject != FIELD:
        colour, start = (WATER if subject == RIVER else ROAD), luck.randrange(150, 300)
        brush.polygon(
            [(start, horizon + 12), (start + 27, horizon + 12), (SIZE[0], SIZE[1]), (60, SIZE[1])],
            fill=colour,
        )
    for _ in range(luck.randrange(3, 9)):
        x, y = luck.randrange(30, SIZE[0] - 30), luck.randrange(horizon + 48, SIZE[1] - 20)
        brush.ellipse((x - 5, y - 29, x + 5, y - 19), fill="#d9b38c")
        brush.rectangle((x - 7, y - 19, x + 7, y), fill=luck.choice(COATS))
    written = BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue()

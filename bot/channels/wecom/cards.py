"""Template cards with buttons, and texts as WeCom's Markdown that say exactly what they are given.

A card shows a short text; a longer one is sent as a message of its own before the card, which names its first line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from scheduler.delivery.channel import Button, Message

TITLE_LENGTH, SUBTITLE_LENGTH = 26, 112  # characters, as the manual advises
MAX_BUTTONS = 6
HOME_PAGE = "https://work.weixin.qq.com"
"""A card without buttons must lead somewhere; nothing is learnt from this."""
LITERALS = str.maketrans({"*": "＊", "`": "｀", "<": "＜", "_": "＿", "~": "～"})
LEADING = re.compile(r"^([^\S\n]{0,40})([#>])", re.MULTILINE)
CLAUSE_END = re.compile("[，。；：！？、]")
WIDE = {"#": "＃", ">": "＞"}


def new_card_id() -> str:
    """An id that no other card of the bot has."""
    return f"gongkai_{uuid4().hex}"


def literal_markdown(text: str) -> str:
    """The text without any sign that Markdown would take as markup, or as the mention of somebody."""
    plain = LEADING.sub(lambda found: found[1] + WIDE[found[2]], text.translate(LITERALS))
    return plain.replace("](", "］(")


def fits_card(text: str) -> bool:
    """Whether a card shows the whole text."""
    title, subtitle = _split(text)
    return len(title) <= TITLE_LENGTH and len(subtitle) <= SUBTITLE_LENGTH


def button_cards(message: Message, card_id: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The cards for a message's buttons, each with its id: six on a card, the first under ``card_id``."""
    head = _first_line(message.text)
    buttons = [button for row in message.rows for button in row if button.callback_token]
    for place in range(0, len(buttons), MAX_BUTTONS):
        own_id = card_id if place == 0 else new_card_id()
        some = buttons[place : place + MAX_BUTTONS]
        is_whole = place == 0 and fits_card(message.text)
        yield own_id, _button_card(message.text if is_whole else head, some, own_id)


def plain_card(text: str, card_id: str) -> Mapping[str, Any]:
    """A card without buttons, in place of one that had some."""
    return {
        "card_type": "text_notice",
        **_words(text if fits_card(text) else _first_line(text)),
        "card_action": {"type": 1, "url": HOME_PAGE},
        "task_id": card_id,
    }


def _button_card(text: str, buttons: Sequence[Button], card_id: str) -> Mapping[str, Any]:
    listed = [
        {"text": button.label, "style": 1 if place == 0 else 2, "key": button.callback_token}
        for place, button in enumerate(buttons)
    ]
    return {
        "card_type": "button_interaction",
        **_words(text),
        "button_list": listed,
        "task_id": card_id,
    }


def _words(text: str) -> Mapping[str, Any]:
    title, subtitle = _split(text)
    words: dict[str, Any] = {"main_title": {"title": _cut(title, TITLE_LENGTH)}}
    if subtitle:
        words["sub_title_text"] = _cut(subtitle, SUBTITLE_LENGTH)
    return words


def _split(text: str) -> tuple[str, str]:
    """The first line and the rest; one too long for a title goes on below it, after a mark that ends a clause."""
    title, _, rest = text.strip().partition("\n")
    if len(title) > TITLE_LENGTH:
        ends = [found.end() for found in CLAUSE_END.finditer(title[:TITLE_LENGTH])]
        place = ends[-1] if ends else TITLE_LENGTH
        return title[:place], (title[place:] + "\n" + rest).strip()
    return title, rest.strip()


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0] or "…"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"

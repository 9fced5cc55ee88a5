"""Prints one sheet of invite cards for all who have not joined, each with its code and a button to copy its link."""

from __future__ import annotations

from collections.abc import Iterable

import segno
from starlette.responses import Response

from bot.channels.web.request.request import PageRequest
from bot.channels.web.request.viewer import account_service
from bot.services.office.founding import CARD_LIFETIME, InviteCard
from bot.services.office.joining import invite_missing


def invite_all(page: PageRequest) -> Response:
    """Make the cards and show them once; reloading the page makes others."""
    app = page.app
    with app.store.writing(app.office.slug) as connection:
        made = invite_missing(account_service(page, connection))
    return page.render(
        "invite_sheet.html",
        cards=printed_cards(made, page.web_app.address.base(page.request)),
        until=page.labels.moment(page.at + CARD_LIFETIME),
    )


def printed_cards(cards: Iterable[InviteCard], base: str) -> list[tuple[str, str, str]]:
    """The post, the join link and its code of each card; ``base`` is where the links begin."""
    links = [(card.person.post, f"{base}/join/{card.token}") for card in cards]
    return [(post, link, qr_code(link, scale=4)) for post, link in links]


def qr_code(text: str, *, scale: int = 5) -> str:
    """A QR code as SVG to stand in a page; ``scale`` is the pixels of one of its squares."""
    return segno.make(text, error="m").svg_inline(scale=scale, border=2, dark="#1c2024")

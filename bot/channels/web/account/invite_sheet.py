"""Prints one sheet of invite cards for all who have not joined, each with its code and a button to copy its link."""

from __future__ import annotations

import segno
from starlette.responses import Response

from bot.channels.web.request.request import PageRequest
from bot.channels.web_chat import WEB_CHANNEL
from bot.services.office.accounts import AccountService
from bot.services.office.founding import CARD_LIFETIME
from bot.services.office.joining import invite_missing


def invite_all(page: PageRequest) -> Response:
    """Make the cards and show them once; reloading the page makes others."""
    app = page.app
    with app.store.writing(app.office.slug) as connection:
        service = AccountService(
            app=app, connection=connection, means=WEB_CHANNEL, actor=page.me.id, account=page.account
        )
        made = invite_missing(service)
    base = page.web_app.address.base(page.request)
    cards = [(one.person.post, f"{base}/join/{one.token}") for one in made]
    return page.render(
        "invite_sheet.html",
        cards=[(post, link, _qr_code(link)) for post, link in cards],
        until=page.labels.moment(page.at + CARD_LIFETIME),
    )


def _qr_code(link: str) -> str:
    return segno.make(link, error="m").svg_inline(scale=4, border=2, dark="#1c2024")

"""The end of a set-up: what is still missing, the founding, cards to print, the first month, the beginning."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from bot.channels.web.account.invite_sheet import printed_cards
from bot.channels.web.request.security import TokenSigner
from bot.channels.web.setup.site import SetupRequest
from bot.language.labels import Labels
from bot.services.office.founding import (
    CARD_LIFETIME,
    first_month,
    found_office,
    invite_everybody,
    print_founder_sheet,
    sign_founder_in,
)

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names under which only this machine finds the page."""


def finish_page(page: SetupRequest) -> Response:
    """What the office lacks before it can begin; once it is founded, its cards and its first month."""
    app = page.site.app
    if app is None:
        return page.render("setup_finish.html", ready=page.draft.is_ready)
    cards = printed_cards(page.site.cards, page.site.address.base(page.request))
    local = page.request.url.hostname in LOCAL_NAMES
    labels = Labels(book=page.site.book, office=app.office)
    return page.render(
        "setup_cards.html",
        office=app.office,
        cards=cards,
        codes=page.site.codes,
        local=local,
        until=labels.moment(page.site.cards_until) if page.site.cards_until else "",
        months=first_month(app),
    )


def found(page: SetupRequest) -> Response:
    """Found the office, once; pressed again it shows what is there."""
    site = page.site
    if site.app is None and page.draft.is_ready:
        site.app = found_office(site.home, page.draft, site.clock)
        site.cards, site.cards_until = invite_everybody(site.app), site.clock.now() + CARD_LIFETIME
        site.codes = print_founder_sheet(site.app)
    return RedirectResponse("/setup/finish", 303)


def begin(page: SetupRequest) -> Response:
    """Begin: sign the founder in as the clerk, and let the program open the office."""
    app = page.site.app
    if app is None:
        return RedirectResponse("/setup/finish", 303)
    response = page.render("setup_begun.html")
    TokenSigner(app.home.secret()).set_session_cookie(response, sign_founder_in(app), page.site.address)
    page.site.on_finished()
    return response

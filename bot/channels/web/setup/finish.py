"""The end of a set-up: what is still missing, the founding, cards to print, the first month, the beginning."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import RedirectResponse, Response

from bot.channels.web.account.invite_sheet import printed_cards
from bot.channels.web.request.sessions import TokenSigner
from bot.channels.web.setup.site import SetupRequest
from bot.services.office.founding import (
    first_month,
    found_office,
    invite_everybody,
    print_founder_sheet,
    sign_founder_in,
)
from bot.services.office.setup_draft import without_line

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names under which only this machine finds the page."""
STEP_OF_TABLE: Mapping[str, str] = {
    "[office]": "office",
    "[[person]]": "people",
    "[months]": "months",
    "[report]": "dates",
    "[[date]]": "dates",
    "[site]": "website",
    "[[column]]": "website",
    "[contacts]": "website",
}
"""At which step a table of the document is filled in; the others at that of who signs what."""


def finish_page(page: SetupRequest) -> Response:
    """What the office lacks before it can begin; once it is founded, its cards and its first month."""
    app = page.site.app
    if app is None:
        return page.render("setup_finish.html", findings=_findings(page), ready=page.draft.is_ready)
    cards = printed_cards(page.site.cards, page.site.address.base(page.request))
    local = page.request.url.hostname in LOCAL_NAMES
    return page.render(
        "setup_cards.html",
        office=app.office,
        cards=cards,
        codes=page.site.codes,
        local=local,
        months=first_month(app),
    )


def _findings(page: SetupRequest) -> dict[str, list[str]]:
    """What does not hold together, as sentences, by the step at which it is mended."""
    told: dict[str, list[str]] = {}
    for one in page.draft.open_findings():
        step = STEP_OF_TABLE.get(one.words.get("table", ""), "signers")
        told.setdefault(step, []).append(without_line(page.site.book.finding(one)))
    return told


def found(page: SetupRequest) -> Response:
    """Found the office, once; pressed again it shows what is there."""
    site = page.site
    if site.app is None and page.draft.is_ready:
        site.app = found_office(site.home, page.draft, site.clock)
        site.cards = invite_everybody(site.app)
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

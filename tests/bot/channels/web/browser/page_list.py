"""The pages of the office, as a browser walks them: in both languages, light and dark, wide and narrow."""

from dataclasses import replace
from datetime import date

from bot.channels.web.request.public_address import COOKIE
from bot.services.accounts.accounts import AccountService
from bot.services.app import OfficeApp
from scheduler.sweep.sweep import sweep
from tests.bot.channels.web.browser.driver import Browser, fits, serious
from tests.bot.channels.web.browser.serving import link_for
from tests.bot.channels.web.visitor import session_cookie
from tests.town import with_office

PAGES = (
    "/",
    "/chat",
    "/months/2026-11",
    "/dates",
    "/texts",
    "/texts/new",
    "/open",
    "/cases",
    "/requests",
    "/requests?view=register",
    "/items",
    "/items?view=register",
    "/texts?view=register",
    "/deliveries",
    "/people/list",
    "/new/request",
    "/registers",
    "/activities",
    "/new",
    "/cases/1",
    "/years/2026",
    "/years/2026/cells/table3.received.total",
    "/checks",
    "/people",
    "/delivery",
    "/settings",
    "/settings/person/clerk",
    "/settings/hours",
    "/settings/ladder",
    "/settings/ladder/request",
    "/settings/letters/correction",
    "/settings/backups",
    "/settings/prose",
    "/settings/history",
    "/sessions",
    "/display",
    "/no-such-page",
)
OFTEN = ("/", "/new/request", "/items", "/months/2026-11")
"""The pages of a day, walked in the suite; ``make proof`` walks all of them."""
VILLAGE_PAGES = ("/", "/months/2026-11", "/dates", "/people", "/items", "/texts")


def sign_in(page: Browser, app: OfficeApp, where: str, person: str) -> None:
    """Show the first page to somebody who joined on another day."""
    page.cdp("Network.setCookie", url=where, name=COOKIE, value=session_cookie(app, person))
    page.go(where)


def join_in_browser(page: Browser, app: OfficeApp, where: str, person: str) -> None:
    """Come in by a link, and be confirmed on another telephone where somebody has to be."""
    page.go(f"{where}/join/{link_for(app, person)}")
    page.click("main button")
    page.leaves("/join/")
    with app.store.writing(app.office.slug) as connection:
        desk = AccountService(app=app, connection=connection, means="test", actor="office_director")
        for request in desk.requests.of_person(person):
            desk.confirm(request, request.code)
    # Until then the page answers 403 and says that it waits, which the browser counts among the errors.
    assert [error for error in page.errors() if "403 (Forbidden)" not in error] == []


def november_office(app: OfficeApp, language: str) -> OfficeApp:
    """The sample town on 2 November, its people reading a language."""
    people = tuple(replace(person, language=language) for person in app.office.people)
    app = with_office(app, replace(app.office, people=people))
    app.clock.set_day(date(2026, 11, 2))
    sweep(app.recorder, app.schemes())
    return app


def faults_of(page: Browser, address: str) -> list[str]:
    """What keeps somebody out of a page, in the light and in the dark; and whether it is wider than its window."""
    page.colours("light")
    page.go(address)
    fits(page)
    light = serious(page)
    page.colours("dark")
    return [*light, *(f"{one}, in the dark" for one in serious(page))]

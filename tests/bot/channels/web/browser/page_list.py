"""The pages of the office, as a browser walks them: in both languages, light and dark, wide and narrow."""

from dataclasses import replace
from datetime import date
from hashlib import sha256

from bot.channels.web.request.public_address import COOKIE
from bot.services.accounts.accounts import AccountService
from bot.services.app import OfficeApp
from scheduler.sweep.sweep import sweep
from storage.events.manifest import ManifestAttachment
from tests.bot.channels.web.browser.driver import Browser, fits, serious
from tests.bot.channels.web.visitor import link_token, session_cookie
from tests.scheduler.signoff.town import FACTS
from tests.scheduler.signoff.town import TEXT as FIRST_TEXT
from tests.town import transaction, with_office
from tests.village_items import hand_in

REQUEST, TEXT, ITEM = 1, 2, 13
"""The cases of ``november_office`` whose pages are walked."""
TABLE = b"1 2 3"
DIGEST = sha256(TABLE).hexdigest()
PAGES = (
    "/",
    "/chat",
    "/months/2026-11",
    "/dates",
    "/texts",
    "/texts?view=register",
    "/texts/new",
    f"/texts/{TEXT}",
    f"/texts/{TEXT}/draft",
    f"/texts/{TEXT}/versions",
    f"/texts/{TEXT}/files/{DIGEST}/text",
    "/open",
    "/cases",
    f"/cases/{REQUEST}",
    f"/cases/{REQUEST}/answer?outcome=granted",
    f"/cases/{REQUEST}/letters",
    f"/cases/{REQUEST}/letters/correction",
    "/requests",
    "/requests?view=register",
    "/items",
    "/items?view=register",
    "/items/new",
    f"/items/{ITEM}",
    f"/items/{ITEM}/draft",
    "/deliveries",
    "/new",
    "/new/request",
    "/entries/1",
    "/registers",
    "/catalogue",
    "/catalogue/years/2026",
    "/activities",
    "/years/2026",
    "/years/2026/cells/table3.received.total",
    "/years/2026/seal",
    "/years/2026/lists",
    "/calendar",
    "/import",
    "/audit",
    "/checks",
    "/people",
    "/people/list",
    "/delivery",
    "/settings",
    "/settings/person",
    "/settings/person/clerk",
    "/settings/hours",
    "/settings/ladder",
    "/settings/ladder/request",
    "/settings/letters",
    "/settings/letters/correction",
    "/settings/channels",
    "/settings/backups",
    "/settings/prose",
    "/settings/wording",
    "/settings/history",
    "/sessions",
    "/display",
    "/no-such-page",
)
NOT_WALKED = {
    "/months": "leads to this month",
    "/join/{token}": "looked at where people join",
    "/checks/{token}": "looked at where reports are checked",
    "/import/{token}": "the result of a file; the form is the one of /import",
    "/catalogue/{token}": "the result of a file; the form is the one of /catalogue",
    "/kept/{token}": "a form whose session ended, as it was",
    "/items/{number:int}/again": "for its village alone, after a return",
    "/new/{kind}/moves": "a part of a page",
    "/cases/{number:int}/moves": "a part of a page",
    "/items/{number:int}/files/{digest}/text": "the page of a text's file, which is walked",
    "/cases/{number:int}/evidence/{digest}/text": "the page of a text's file, which is walked",
    "/posts": "the training town alone",
    "/{rest:path}": "what is at no other address",
}
"""The addresses that answer with no page, or whose page is looked at elsewhere."""
FILES = (
    "digest}",
    ".{suffix}",
    ".docx",
    ".xlsx",
    ".zip",
    ".json",
    ".ics",
    ".png",
    ".webmanifest",
    "papers/{position:int}",
    "pages/{page:int}",
    "digest}/picture",
)
OFTEN = ("/", "/new/request", "/items", "/months/2026-11")
"""The pages of a day, walked in the suite; ``make proof`` walks all of them."""
WIDEST = (
    "/cases",
    "/requests?view=register",
    "/texts?view=register",
    f"/texts/{TEXT}/versions",
    f"/items/{ITEM}",
    "/entries/1",
    "/registers",
    "/catalogue/years/2026",
    "/years/2026",
    "/calendar",
    "/audit",
    "/import",
    "/people",
    "/delivery",
    "/settings/person",
    "/settings/ladder/request",
)
"""The pages with tables and long rows, shown on a telephone in the suite."""
VILLAGE_PAGES = (
    "/",
    "/months/2026-11",
    "/dates",
    "/people",
    "/items",
    "/items/new",
    f"/items/{ITEM}",
    "/texts",
)


def sign_in(page: Browser, app: OfficeApp, where: str, person: str) -> None:
    """Show the first page to somebody who joined on another day."""
    page.cdp("Network.setCookie", url=where, name=COOKIE, value=session_cookie(app, person))
    page.go(where)


def join_in_browser(page: Browser, app: OfficeApp, where: str, person: str) -> None:
    """Come in by a link, and be confirmed on another telephone where somebody has to be."""
    page.go(f"{where}/join/{link_token(app, person)}")
    page.click("main button")
    page.leaves("/join/")
    with app.store.writing(app.office.slug) as connection:
        desk = AccountService(app=app, connection=connection, means="test", actor="office_director")
        for request in desk.requests.of_person(person):
            desk.confirm(request, request.code)
    # Until then the page answers 403 and says that it waits, which the browser counts among the errors.
    assert [error for error in page.errors() if "403 (Forbidden)" not in error] == []


def november_office(app: OfficeApp, language: str) -> OfficeApp:
    """The sample town on 2 November with a request, a text of two versions and an item; people read a language."""
    people = tuple(replace(person, language=language) for person in app.office.people)
    app = with_office(app, replace(app.office, people=people))
    app.clock.set_day(date(2026, 11, 2))
    with transaction(app) as uow:
        uow.cases.open("request", "召公开〔2026〕1号", app.today, {"applicant_kind": "business"})
        text = uow.cases.open("publication", "P1", app.today, FACTS | {"made_on": str(app.today)})
    first = replace(FIRST_TEXT, made_on=str(app.today))
    with transaction(app) as uow:
        uow.signoff.draft(text, "clerk", first)
        table = ManifestAttachment(name="附表.txt", sha256=DIGEST, size=len(TABLE))
        second = replace(first, text="一、预算的总体情况。", attachments=(table,))
        uow.signoff.draft(text, "clerk", second, [TABLE])
    sweep(app.recorder, app.schemes())
    assert hand_in(app, "jia", app.today) == ITEM
    return app


def faults_of(page: Browser, address: str) -> list[str]:
    """What keeps somebody out of a page, in the light and in the dark; and whether it is wider than its window."""
    page.colours("light")
    page.go(address)
    fits(page)
    light = serious(page)
    page.colours("dark")
    return [*light, *(f"{one}, in the dark" for one in serious(page))]

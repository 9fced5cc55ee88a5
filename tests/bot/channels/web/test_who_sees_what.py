"""Every route × people of every sort: whoever may not read a case learns nothing of it from any page or form."""

import re
from collections.abc import Mapping

import pytest

from bot.channels.web.server import ROUTES, UPLOAD_ROUTES
from bot.services.app import OfficeApp
from config.office.roles import AccessLevel
from tests.bot.channels.web.visitor import Visitor, forms_of
from tests.bot.hidden_cases import NO_CASE, ONLOOKERS, HiddenCase, hidden_cases
from tests.town import log_end

ENDPOINTS = [(method, path, need) for method, path, _view, need in ROUTES]
ENDPOINTS += [("POST", path, need) for path, _view, need in UPLOAD_ROUTES]
OWN_PAGES = frozenset(
    {"/", "/chat", "/texts", "/texts/new", "/months", "/months/{month}", "/dates", "/dates/mine.ics"}
)
OWN_PAGES |= {"/items", "/people/list", "/lists/{listing}", "/lists/{listing}.{suffix}"}
OWN_PAGES |= {
    "/kept/{token}",
    "/items/new",
    "/people",
    "/leave",
    "/sessions",
    "/display",
    "/{rest:path}",
    "/clock",
}
"""The pages without a case in their path that everybody may open: each shows only what is the user's own."""
APP_PAGES = frozenset({"/app/manifest.webmanifest", "/app/{shape}-{size:int}.png"})
"""What a telephone needs to keep the page as an app: the office's name and an icon."""
PARTS: Mapping[str, str] = {
    "kind": "request", "position": "1", "year": "2026", "cell": "table3.received.total", "suffix": "xlsx",
    "month": "2026-11", "paper": "receipt", "digest": "0" * 64, "rest": "nothing", "token": "none",
    "listing": "texts",
}  # fmt: skip
ALIKE = frozenset({"archivist", "yi_leader"})  # to the pages they are as two of the others
POSTED = {"act": "sign", "text": "查 低保", "person": "clerk", "reason": "x", "body": "x", "title": "x"}


def address(path: str, number: int) -> str:
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda part: PARTS.get(part[1], str(number)), path)


def answer(visitor: Visitor, method: str, path: str, number: int) -> tuple[int, str]:
    """Status and words of an answer, without the number that was asked for and the keys of its forms."""
    where = address(path, number)
    if method == "POST":
        shown = visitor.client.post(where, data=POSTED | {"token": visitor.token})
    else:
        shown = visitor.client.get(where)
    text = re.sub(r'value="[\w-]{20,}"', "", shown.text) + shown.headers.get("location", "")
    return shown.status_code, text.replace(f"/{number}", "/№")


@pytest.fixture
def cases(app: OfficeApp) -> tuple[HiddenCase, ...]:
    return hidden_cases(app)


@pytest.fixture
def onlookers(app: OfficeApp) -> dict[str, Visitor]:
    visitors = {person: Visitor(app).join(person) for person in ONLOOKERS if person not in ALIKE}
    for visitor in visitors.values():
        visitor.go("/people")
        visitor.token = forms_of(visitor.shown.text)["/leave"].fields["token"]
    return visitors


def test_every_route_tells_nothing_of_a_hidden_case(
    app: OfficeApp, cases: tuple[HiddenCase, ...], onlookers: dict[str, Visitor]
) -> None:
    before = log_end(app)
    for method, path, _need in ENDPOINTS:
        if path == "/leave":
            continue
        for person, visitor in onlookers.items():
            unknown = answer(visitor, method, path, NO_CASE)
            for hidden in (one for one in cases if person not in one.concerned):
                found = answer(visitor, method, path, hidden.number) if "number" in path else unknown
                assert not any(word in found[1] for word in hidden.words), (person, method, path)
                assert found == unknown, (person, method, path)
    assert log_end(app) == before


def test_every_route_declares_who_may_open_it(onlookers: dict[str, Visitor]) -> None:
    for method, path, need in ENDPOINTS:
        if need is AccessLevel.ANYONE:
            assert path in {"/posts", "/join/{token}", "/word", "/recovery", *APP_PAGES}
        elif need is AccessLevel.JOINED:
            assert "number" in path or path in OWN_PAGES, path
        else:
            for person, visitor in onlookers.items():
                assert answer(visitor, method, path, 1)[0] == 403, (person, method, path)


def test_nothing_is_shown_to_whoever_has_not_joined(app: OfficeApp, cases: tuple[HiddenCase, ...]) -> None:
    stranger = Visitor(app)
    stranger.token = ""
    for method, path, need in ENDPOINTS:
        status, text = answer(stranger, method, path, cases[0].number)
        assert need is AccessLevel.ANYONE or status == 401, (method, path)
        assert not any(word in text for hidden in cases for word in hidden.words)


def test_readers_see_the_particulars_of_an_applicant_only_where_they_handle_or_sign(app: OfficeApp) -> None:
    request = hidden_cases(app)[0].number
    clerk = Visitor(app).join("clerk")
    clerk.go(f"/cases/{request}")
    clerk.send("personal", private__name="某某申请人")
    assert "某*" in clerk.go(f"/cases/{request}")
    head = Visitor(app).join("mayor")
    assert "77号" in head.go(f"/cases/{request}")
    assert "某*" not in head.shown.text


def test_a_deputy_keeps_the_registers_only_while_standing_in(app: OfficeApp) -> None:
    hidden_cases(app)
    deputy = Visitor(app).join("archivist")
    deputy.go("/new", 403)
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.office.delegate("clerk", "archivist", app.today, app.today)
    deputy.go("/new")
    app.clock.set_day(app.today.replace(day=3))
    deputy.go("/new", 403)

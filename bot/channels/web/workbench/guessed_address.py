"""Answers an address that somebody guessed: a page by its name or its key, a year, a month, a case by its number.

What nobody can have meant is answered with the pages that there are for this person, and status 404.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from starlette.responses import Response

from bot.channels.web.frame.navigation import NavLink, all_pages
from bot.channels.web.request.request import NoSuchPage, PageRequest
from config.office.roles import AccessLevel

MAX_GUESS = 40
"""Signs of an address that are shown again."""
_YEAR, _MONTH, _CASE = re.compile(r"20\d\d"), re.compile(r"20\d\d-(0[1-9]|1[0-2])"), re.compile(r"\d{1,9}")
ALIASES = {"villages": "/months", "calendar": "/dates", "tasks": "/"}
"""Further names of pages, as people write them."""


def guessed_page(page: PageRequest) -> Response:
    """Go to the page that an address means, or say which pages there are."""
    said = page.request.url.path.strip("/").casefold()
    target = _target(page, said)
    if target and target != page.request.url.path:
        return page.redirect(quote(target))
    if page.person is None:
        raise NoSuchPage
    return page.render("no_page.html", 404, found=said[:MAX_GUESS], pages=tuple(_pages(page)))


def _target(page: PageRequest, said: str) -> str:
    if _YEAR.fullmatch(said):
        return f"/years/{said}" if page.rights >= AccessLevel.READ else ""
    if _MONTH.fullmatch(said):
        return f"/months/{said}"
    if _CASE.fullmatch(said):
        return f"/cases/{said}"
    named = {link.path.strip("/"): link.path for link in _pages(page)} | ALIASES
    named |= {link.key.rpartition(".")[2]: link.path for link in _pages(page)}
    named |= {page.say(link.key).casefold(): link.path for link in _pages(page)}
    if said in {"years", "year"}:
        return next((path for path in named.values() if path.startswith("/years/")), "")
    return named.get(said, "")


def _pages(page: PageRequest) -> Iterator[NavLink]:
    return all_pages(page.rights, page.app.today.year)

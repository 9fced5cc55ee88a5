"""Checks whether a published text is still on its web page: one verdict from the fetched page and the signed text.

    verdict = check_publication(fetch(url, policy), title, text)
    if verdict.state is PublicationState.LIVE: …          # recorded with the day it was seen

Five states. *live*: title and text are there. *title_changed*: the text is, under another title. *changed*: a
part of the text is not; ``missing`` is its first paragraph. *vanished*: the server says that there is no such
page (404, 410). *unreachable*: no verdict at all, and ``why`` gives the reason; a slow connection, a guard
against robots or a picture of a text is not the page's fault, and nothing follows from it but another check.

Nothing here reads a clock or the network: the same bytes give the same verdict. How texts are compared is described
in ``storage/web/page_comparison.py``. A page that only a script fills has no text of its own and reads as changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from config.errors import Refusal, Unreadable
from storage.isolation.isolated_reading import isolated
from storage.reading.formats.file_bytes import declared_charset, decode_text
from storage.reading.formats.html import WebPage, read_page
from storage.web.http_results import FailureReason, FetchedPage, FetchFailure
from storage.web.page_comparison import PageMatch, match_page, normalize_text

HTTP_OK = 200
GONE_STATUSES = frozenset({404, 410})
PLAIN_TEXT = "text/plain"
READABLE_TYPES = frozenset({"", "text/html", "application/xhtml+xml", PLAIN_TEXT})
STATUS, NO_PAGE, NO_ENCODING = "status", "no_page", "no_encoding"


class PublicationState(StrEnum):
    """The result of checking a page; each has its sentence under ``live.state``."""

    LIVE = "live"
    TITLE_CHANGED = "title_changed"
    CHANGED = "changed"
    VANISHED = "vanished"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationCheck:
    """The verdict. ``url`` is where the redirects ended; ``why`` a key of ``live.why`` where there is none."""

    state: PublicationState
    url: str
    why: str = ""
    status: int = 0
    title_live: bool = False
    text_live: bool = False
    missing: str = ""
    """The first paragraph that is not there, as it was published."""
    added: str = ""
    """What lies between two paragraphs on the page and not in the signed text: a caption, or more."""
    title_now: str = ""
    """The page's own title, where it differs from the published one."""
    encoding: str = ""


class NothingToCompare(Refusal):
    """There is neither a title nor a text to look for on {url}. Record the text first, then check its page."""


def check_publication(page: FetchedPage | FetchFailure, title: str, text: str) -> PublicationCheck:
    """Compare a fetched page with a published text. Raises NothingToCompare if both title and text are empty."""
    if not normalize_text(title) and not normalize_text(text):
        raise NothingToCompare(url=page.url)
    if isinstance(page, FetchFailure):
        return PublicationCheck(state=PublicationState.UNREACHABLE, url=page.url, why=page.why)
    if page.status in GONE_STATUSES:
        return PublicationCheck(state=PublicationState.VANISHED, url=page.url, status=page.status)
    if page.status != HTTP_OK:  # also 202 and 412, with which guards against robots answer
        return PublicationCheck(
            state=PublicationState.UNREACHABLE, url=page.url, status=page.status, why=STATUS
        )
    try:
        return _compare_page(page.url, page, title, text)
    except Unreadable:  # too large or too slow to be read: no verdict
        return PublicationCheck(
            state=PublicationState.UNREACHABLE, url=page.url, status=page.status, why=FailureReason.TOO_LARGE
        )


@isolated("name")
def _compare_page(name: str, got: FetchedPage, title: str, text: str) -> PublicationCheck:
    kind = _content_type(got.headers)
    found = (
        decode_text(got.body, declared_charset(got.headers.get("content-type", "")))
        if kind in READABLE_TYPES
        else None
    )
    if found is None:
        why = NO_ENCODING if kind in READABLE_TYPES else NO_PAGE
        return PublicationCheck(state=PublicationState.UNREACHABLE, url=name, status=got.status, why=why)
    words, encoding = found
    page = WebPage(words=words, names=()) if kind == PLAIN_TEXT else read_page(words)
    like = match_page(title, text, page.words, page.names)
    return PublicationCheck(
        state=_state(like),
        url=name,
        status=got.status,
        title_live=like.title,
        text_live=like.text,
        missing=like.missing,
        added=like.added,
        title_now="" if like.title else next(iter(page.names), ""),
        encoding=encoding,
    )


def _content_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").split(";")[0].strip().lower()


def _state(like: PageMatch) -> PublicationState:
    if not like.text:
        return PublicationState.CHANGED
    return PublicationState.LIVE if like.title else PublicationState.TITLE_CHANGED

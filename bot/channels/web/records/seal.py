"""Seals a year on the page: what the check finds stands above the button, and the figures never change afterwards."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePath

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web_chat import WEB_CHANNEL
from bot.services.annual_reports import sealed_years
from bot.services.records.sealing import PaperDiffers, own_report_findings, seal_year
from config.errors import GongkaiError
from config.findings import Severity
from scheduler.recording.sealing import NotAsPublished, PaperWanted

FIRST_YEAR = 2008
PAGE_REFUSALS = tuple(kind.__name__ for kind in (PaperWanted, PaperDiffers, NotAsPublished))
"""The refusals that name an option of the command; the page says what to do on it."""


def seal_page(page: PageRequest) -> Response:
    """What sealing the year means, what the check finds, and the button."""
    return _render(page)


def submit_seal(page: PageRequest) -> Response:
    """Seal the year, as counted here or as the dropped paper was published."""
    year = _year(page)
    try:
        position = _seal(page, year)
    except GongkaiError as refused:
        return _render(page, _problem_lines(page, refused))
    return page.redirect(f"/years/{year}?sealed={position}")


def _problem_lines(page: PageRequest, refused: GongkaiError) -> tuple[str, ...]:
    """A refusal in the page's words: where it is answered here, not by an option of a command."""
    kind = type(refused).__name__
    if kind in PAGE_REFUSALS:
        return (page.say(f"seal_page.refused.{kind}", **refused.words),)
    found = getattr(refused, "findings", ())
    return tuple(page.labels.book.finding(one) for one in found) or (page.labels.book.error(refused),)


def _seal(page: PageRequest, year: int) -> int:
    if not page.files:
        return seal_year(page.app, year, by=page.me.id, means=WEB_CHANNEL, account=page.account)
    sent = page.files[0]
    with tempfile.TemporaryDirectory(prefix="gongkai-seal-") as folder:
        paper = Path(folder) / (PurePath(sent.name).name or "report")
        paper.write_bytes(sent.content)
        return seal_year(
            page.app, year, by=page.me.id, means=WEB_CHANNEL, published=paper, account=page.account
        )


def _render(page: PageRequest, problems: tuple[str, ...] = ()) -> Response:
    year = _year(page)
    known = sealed_years(page.app).sealed.get(year)
    found = () if known else own_report_findings(page.app, year)
    return page.render(
        "seal.html",
        422 if problems else 200,
        shown=year,
        sealed_on=page.labels.day(known.sealed_on) if known else "",
        errors=[page.labels.book.finding(one) for one in found if one.severity is Severity.ERROR],
        warnings=[page.labels.book.finding(one) for one in found if one.severity is not Severity.ERROR],
        problems=problems,
    )


def _year(page: PageRequest) -> int:
    year = page.path_number("year")
    if not FIRST_YEAR <= year <= page.app.today.year:
        raise NoSuchPage
    return year

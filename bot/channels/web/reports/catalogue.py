"""Shows how far a year covers the office's catalogue, and takes the shipped catalogue or a workbook over.

A table by the subjects of 条例 art. 20 and 21, the sentence for section six of the report, and the same as a picture.
What is taken over is shown first with what it changes, like every change of the settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from bot.channels.web.reports.annual_report import FIRST_YEAR
from bot.channels.web.request.forms import NotFilled
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.settings.change import SettingsChange, problem_text, tried_or_recorded
from bot.channels.web.texts.downloads import DOCUMENT_LANGUAGE, XLSX_MEDIA_TYPE, as_download
from bot.language.phrasebook import phrasebook
from bot.services.catalogue.coverage import coverage_words, year_coverage
from bot.services.catalogue.office_catalogue import (
    catalogue_template,
    post_ids,
    read_catalogue,
    shipped_matters,
    with_matters,
)
from bot.services.office.changes import WrittenOffice, written_office
from config.errors import BadInput, GongkaiError
from config.reporting.matters import Matter

ADOPT, IMPORT = "adopt", "import"
PNG_MEDIA_TYPE = "image/png"


class CatalogueRanOut(NoSuchPage):
    """A catalogue that was looked at is kept for half an hour, where it was sent. Send it again."""


@dataclass(frozen=True, slots=True)
class HeldCatalogue:
    """The matters of a workbook that was sent, while their preview is looked at."""

    matters: tuple[Matter, ...]


def catalogue_page(page: PageRequest) -> Response:
    """The coverage of a year, this one where the address names none; without a catalogue, how to get one."""
    return _render(page, _year(page))


def coverage_picture(page: PageRequest) -> Response:
    """The coverage of a year as a picture."""
    from storage.documents.catalogue.picture import coverage_png  # noqa: PLC0415 - with it comes a library

    year, say = _year(page), phrasebook(DOCUMENT_LANGUAGE).say
    content = coverage_png(year_coverage(page.app, year), page.app.office.name, year, say)
    return Response(content, media_type=PNG_MEDIA_TYPE)


def template_file(page: PageRequest) -> Response:
    """The office's catalogue as a workbook, or the shipped one, to be changed and sent back."""
    matters = page.app.office.matters or shipped_matters(page.app.today)
    content = catalogue_template(matters, post_ids(page.app.office))
    return as_download(content, f"{page.app.office.short_name}公开目录.xlsx", XLSX_MEDIA_TYPE)


def submit_catalogue(page: PageRequest) -> Response:
    """Look at the shipped catalogue or a workbook: what it would change in the office's document."""
    if page.session is None:
        raise NoSuchPage
    try:
        matters = shipped_matters(page.app.today) if page.form.get("act") == ADOPT else _sent_matters(page)
    except GongkaiError as refused:
        return _render(page, page.app.today.year, _problems(page, refused))
    token = page.web_app.held_results.hold(page.session.id, HeldCatalogue(matters), len(matters))
    return page.redirect(f"/catalogue/{token}")


def held_catalogue_page(page: PageRequest) -> Response:
    """What the catalogue that was sent changes; recorded where that was confirmed. CatalogueRanOut."""
    token = str(page.request.path_params["token"])
    held = page.web_app.held_results.find(page.session.id, token) if page.session else None
    if not isinstance(held, HeldCatalogue):
        raise CatalogueRanOut
    written = written_office(page.app)
    document = with_matters(written.document, held.matters, page.me.id)
    changed = WrittenOffice(document=document, files=written.files, position=written.position)
    try:
        return tried_or_recorded(page, SettingsChange(written=changed, back="/catalogue"))
    except GongkaiError as refused:
        return _render(page, page.app.today.year, [problem_text(page, refused)])


def _sent_matters(page: PageRequest) -> tuple[Matter, ...]:
    """The matters of the workbook that was dropped. NotFilled, CatalogueUnread, BadInput."""
    if not page.files:
        raise NotFilled(label=page.say("catalogue.page.file"))
    sent = page.files[0]
    return read_catalogue(sent.content, sent.name, post_ids(page.app.office))


def _problems(page: PageRequest, refused: GongkaiError) -> list[str]:
    if isinstance(refused, BadInput):
        return [page.labels.book.finding(one) for one in refused.findings]
    return [page.labels.book.error(refused)]


def _render(page: PageRequest, year: int, problems: Sequence[str] = ()) -> Response:
    found = year_coverage(page.app, year)
    words = coverage_words(found)
    return page.render(
        "catalogue.html",
        422 if problems else 200,
        shown=year,
        found=found,
        sentence=page.say("catalogue.sentence", year=year, **words) if found else "",
        silent=words["silent"],
        before=year - 1 if year > FIRST_YEAR else 0,
        after=year + 1 if year < page.app.today.year else 0,
        problems=problems,
        acts=(ADOPT, IMPORT),
    )


def _year(page: PageRequest) -> int:
    named = "year" in page.request.path_params
    year = page.path_number("year") if named else page.app.today.year
    if not FIRST_YEAR <= year <= page.app.today.year:
        raise NoSuchPage
    return year

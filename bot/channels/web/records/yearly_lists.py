"""The lists that an office owes once a year, as workbooks, and the guide to disclosure held against article 12.

Handed to the archive and the library (条例 art. 25), withheld and to be reviewed (18), kept until when. A guide is
read and not kept; nothing here is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.responses import Response

from bot.channels.web.records.seal import FIRST_YEAR
from bot.channels.web.request.forms import NotFilled
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.texts.downloads import XLSX_MEDIA_TYPE, as_download
from bot.services.app import OfficeApp
from bot.services.catalogue.coverage import closed_cases, year_texts, year_withheld
from config.errors import GongkaiError
from config.reporting.guide import GUIDE_PARTS, missing_parts
from storage.documents.catalogue.office_lists import disposal_list, review_list, transfer_list
from storage.reading.texts.manuscript import manuscript_in


def _transfer(app: OfficeApp, year: int) -> bytes:
    return transfer_list(year_texts(app, year), app.office.name, year)


def _withheld(app: OfficeApp, year: int) -> bytes:
    return review_list(year_withheld(app, year), app.office.name, year)


def _disposal(app: OfficeApp, _year: int) -> bytes:
    return disposal_list(closed_cases(app), app.duties, app.today)


LISTS: Mapping[str, Callable[[OfficeApp, int], bytes]] = {
    "transfer": _transfer,
    "withheld": _withheld,
    "disposal": _disposal,
}
"""Each list by the name in its address."""


def lists_page(page: PageRequest) -> Response:
    """The lists of a year, each one press away, and the form onto which a guide is dropped."""
    return _render(page)


def list_workbook(page: PageRequest) -> Response:
    """One list as a workbook. NoSuchPage where there is none of that name."""
    name, year = str(page.request.path_params["name"]), _year(page)
    write = LISTS.get(name)
    if write is None:
        raise NoSuchPage
    title = page.say(f"year_lists.file.{name}", year=year)
    return as_download(write(page.app, year), f"{title}.xlsx", XLSX_MEDIA_TYPE)


def check_guide(page: PageRequest) -> Response:
    """What article 12 asks of a guide and the dropped one has, and what it has not."""
    try:
        if not page.files:
            raise NotFilled(label=page.say("year_lists.guide_file"))
        sent = page.files[0]
        read = manuscript_in(sent.name, sent.content)
    except GongkaiError as refused:
        return _render(page, problem=page.labels.book.error(refused))
    missing = set(missing_parts(f"{read.title}\n{read.body}"))
    return _render(page, {part: part not in missing for part in GUIDE_PARTS})


def _year(page: PageRequest) -> int:
    year = page.path_number("year")
    if not FIRST_YEAR <= year <= page.app.today.year:
        raise NoSuchPage
    return year


def _render(page: PageRequest, parts: Mapping[str, bool] | None = None, problem: str = "") -> Response:
    year = _year(page)
    withheld = year_withheld(page.app, year)
    counts = {
        "transfer": {"count": len(year_texts(page.app, year))},
        "withheld": {
            "count": len(withheld),
            "left": sum(not one.is_reviewed_in(year) for one in withheld),
        },
        "disposal": {},
    }
    return page.render(
        "year_lists.html",
        422 if problem else 200,
        shown=year,
        lists=[(name, page.say(f"year_lists.{name}", year=year, **counts[name])) for name in LISTS],
        parts=parts,
        problem=problem,
    )

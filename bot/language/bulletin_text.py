"""Writes the bulletin for chat: plain text on pages of at most twelve lines, each readable by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.language.phrasebook import Phrasebook
from storage.documents.bulletin.sentences import (
    count_words,
    day_words,
    levels_words,
    month_words,
    names_words,
)
from storage.documents.layout.text import one_line
from storage.reporting.bulletin_columns import BULLETIN_COLUMNS, column_text, signed_points
from storage.reporting.bulletin_values import Bulletin, BulletinRow, VillageMonthState

LINES_PER_PAGE = 12  # on a page, its heading included
MAX_ITEMS = 12  # more titles are for the paper
LISTED_STATES = (VillageMonthState.LATE, VillageMonthState.DECLARED, VillageMonthState.MISSING)


def bulletin_pages(bulletin: Bulletin, book: Phrasebook) -> list[str]:
    """The bulletin's pages. Each page names its month and its page number."""
    lines = [*_figure_lines(bulletin, book), *_village_lines(bulletin, book), *_adopted_lines(bulletin, book)]
    parts = [lines[start : start + LINES_PER_PAGE - 1] for start in range(0, len(lines), LINES_PER_PAGE - 1)]
    return [
        "\n".join((_page_heading(bulletin, book, page, len(parts)), *part))
        for page, part in enumerate(parts, 1)
    ]


def _page_heading(bulletin: Bulletin, book: Phrasebook, page: int, of: int) -> str:
    number = book.say("bulletin.text.page", page=page, pages=of) if of > 1 else ""
    month = month_words(bulletin.month, book.say)
    head = book.say("bulletin.text.head", month=month, page=number)
    return head if bulletin.closed else head + book.say("bulletin.preview")


def _figure_lines(bulletin: Bulletin, book: Phrasebook) -> Iterator[str]:
    say, sums = book.say, bulletin.sums
    due = day_words(bulletin.due, say, provisional=bulletin.provisional)
    reported = sums.months - sums.count(VillageMonthState.WAITS) - sums.count(VillageMonthState.MISSING)
    key = "due" if bulletin.closed else "due_open"
    yield say(f"bulletin.text.{key}", **count_words(sums), due=due, reported=reported)
    yield say(
        "bulletin.text.sums" if bulletin.before.months else "bulletin.text.sums_first",
        **count_words(sums),
        items_before=bulletin.before.items,
        adopted_before=bulletin.before.adopted,
        year_items=bulletin.year.items,
        year_adopted=bulletin.year.adopted,
    )
    for state in LISTED_STATES:
        names = bulletin.villages_in_state(state)
        if names:
            yield say(f"bulletin.text.{state.value}", villages=names_words(names, say), due=due)


def _village_lines(bulletin: Bulletin, book: Phrasebook) -> Iterator[str]:
    for row in bulletin.rows:
        yield book.say(f"bulletin.text.{_village_line_key(bulletin)}", **_row_words(row))
    for gone in bulletin.former_villages:
        yield book.say(
            "bulletin.text.gone", village=one_line(gone.name), points=signed_points(gone.earlier_adjustment)
        )


def _village_line_key(bulletin: Bulletin) -> str:
    if bulletin.ranked:
        return "ranked"
    return "scored" if bulletin.scored else "plain"


def _row_words(row: BulletinRow) -> dict[str, object]:
    """The words of each column by its key: the line of the phrase book takes what it shows."""
    return {column.key: one_line(column_text(column, row)) for column in BULLETIN_COLUMNS}


def _adopted_lines(bulletin: Bulletin, book: Phrasebook) -> Sequence[str]:
    items = (*bulletin.adopted, *bulletin.adopted_since)
    if not items:
        return ()
    lines: list[str] = []
    for item in items[:MAX_ITEMS]:
        words = {
            "village": item.village,
            "title": item.title,
            "levels": levels_words(item, bulletin, book.say),
        }
        head = "" if lines else book.say("bulletin.text.adopted_head")  # never alone at the end of a page
        lines.append(one_line(f"{head}{book.say('bulletin.text.item', **words)} {item.address}".strip()))
    if len(items) > MAX_ITEMS:
        lines.append(book.say("bulletin.picture.more", count=len(items) - MAX_ITEMS))
    return lines

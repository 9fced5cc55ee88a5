"""Draws the bulletin as a picture for a phone: figures, table, the year's months and adopted items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.documents.bulletin.sentences import bulletin_title, day_words, levels_words, month_words
from storage.documents.layout.canvas import (
    DARK,
    GREY,
    INK,
    INNER,
    LEADING,
    LIGHT,
    MARGIN,
    PALE,
    WIDTH,
    Canvas,
    wrap_text,
)
from storage.documents.layout.fonts import Typeface, shipped_font
from storage.documents.layout.text import title_lines
from storage.reporting.bulletin_columns import BULLETIN_COLUMNS, VILLAGE_COLUMN, BulletinColumn, column_text
from storage.reporting.bulletin_values import (
    Bulletin,
    BulletinRow,
    PhraseLookup,
    VillageMonthState,
    VillageTotals,
)

TITLE, TEXT, SMALL, FIGURE = (
    48,
    36,
    32,
    56,
)  # pixels of 1080: 12 points and more on a phone, notes a little less
MIN_ROW_HEIGHT = 72  # of a table's row with one line: twice its text
MAX_ITEMS = 12  # further titles are only on the paper
CHART_HEIGHT = 240
CHART_MONTH_WIDTH = INNER / 12  # a month's place in it
TILE_STATES = (
    VillageMonthState.ON_TIME,
    VillageMonthState.LATE,
    VillageMonthState.DECLARED,
    VillageMonthState.MISSING,
    VillageMonthState.WAITS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureColumn:
    """A column of the picture's table."""

    head: str
    width: int
    texts: Sequence[str]
    label: bool = False


def bulletin_png(bulletin: Bulletin, say: PhraseLookup, font: Typeface | None = None) -> bytes:
    """The picture, 1080 pixels wide. FontMissing, FontBlank."""
    return bulletin_canvas(bulletin, say).png(font or shipped_font())


def bulletin_canvas(bulletin: Bulletin, say: PhraseLookup) -> Canvas:
    """The drawing of the bulletin."""
    canvas = Canvas()
    _draw_head(canvas, bulletin, say)
    _draw_tiles(canvas, bulletin, say)
    _draw_table(canvas, bulletin, say)
    _draw_chart(canvas, bulletin, say)
    _draw_adopted(canvas, bulletin, say)
    canvas.gap(20)
    dated = day_words(bulletin.dated, say)
    canvas.paragraph(say("bulletin.picture.dated", agency=bulletin.agency, dated=dated), SMALL, fill=GREY)
    return canvas


def _draw_head(canvas: Canvas, bulletin: Bulletin, say: PhraseLookup) -> None:
    for line in title_lines(bulletin_title(bulletin, say), bulletin.agency):
        canvas.paragraph(line, TITLE, fill=DARK)
    canvas.gap(8)
    due = day_words(bulletin.due, say, provisional=bulletin.provisional)
    canvas.paragraph(say("bulletin.picture.due", due=due), SMALL, fill=GREY)
    canvas.gap(24)


def _draw_tiles(canvas: Canvas, bulletin: Bulletin, say: PhraseLookup) -> None:
    """Draw the month's figures, three in a row, with last month's below in small print."""
    skipped = VillageMonthState.MISSING if not bulletin.closed else VillageMonthState.WAITS
    now, before = bulletin.sums, bulletin.before
    tiles = [
        (f"tile_{state}", now.count(state), before.count(state))
        for state in TILE_STATES
        if state is not skipped
    ]
    tiles += [("tile_items", now.items, before.items), ("tile_adopted", now.adopted, before.adopted)]
    width, height, gap = 320, 176, 20
    for place, (key, count, last) in enumerate(tiles):
        x, y = MARGIN + place % 3 * (width + gap), canvas.y + place // 3 * (height + gap)
        canvas.box(x, y, width, height, round_=12)
        canvas.text(x + 24, y + 66, str(count), FIGURE, fill=DARK)
        canvas.text(x + 24, y + 114, say(f"bulletin.picture.{key}"), SMALL)
        if before.months:
            canvas.text(x + 24, y + 156, say("bulletin.picture.before", count=last), SMALL - 4, fill=GREY)
    canvas.gap((len(tiles) + 2) // 3 * (height + gap) + 20)


def _draw_table(canvas: Canvas, bulletin: Bulletin, say: PhraseLookup) -> None:
    columns = _columns(bulletin, say)
    heads = [wrap_text(column.head, SMALL, column.width - 16) for column in columns]
    canvas.box(MARGIN, canvas.y, INNER, _row_height(heads, SMALL), fill=DARK)
    _draw_cells(canvas, columns, [column.head for column in columns], fill="#ffffff", size=SMALL)
    most = max((row.points or 0 for row in bulletin.rows), default=0)
    for place, row in enumerate(bulletin.rows):
        top = canvas.y
        if place % 2:
            canvas.box(MARGIN, top, INNER, _height(columns, place), fill=PALE)
        _draw_cells(canvas, columns, [column.texts[place] for column in columns], fill=INK, size=TEXT)
        if bulletin.ranked and most > 0 and (row.points or 0) > 0:
            part = float((row.points or 0) / most)
            canvas.box(MARGIN, canvas.y - 8, INNER * part, 6, fill=LIGHT)
    canvas.gap(36)


def _columns(bulletin: Bulletin, say: PhraseLookup) -> list[PictureColumn]:
    """The columns that have a width in the picture; the village's name has the room that is left."""
    shown = [
        column
        for column in BULLETIN_COLUMNS
        if (column.picture or column is VILLAGE_COLUMN) and column.is_shown(bulletin)
    ]
    rest = INNER - sum(column.picture for column in shown)
    return [
        PictureColumn(
            head=say(f"bulletin.picture.{column.key}"),
            width=column.picture or rest,
            texts=[_text(column, row, say) for row in bulletin.rows],
            label=column is VILLAGE_COLUMN,
        )
        for column in shown
    ]


def _text(column: BulletinColumn, row: BulletinRow, say: PhraseLookup) -> str:
    return str(column.picture_words(row, say)) if column.picture_words else column_text(column, row)


def _draw_cells(
    canvas: Canvas, columns: Sequence[PictureColumn], texts: Sequence[str], *, fill: str, size: int
) -> None:
    """Draw one row as high as its tallest cell; names are set to the left, figures centred."""
    broken = [wrap_text(text, size, column.width - 16) for column, text in zip(columns, texts, strict=True)]
    height, x = _row_height(broken, size), MARGIN
    for column, lines in zip(columns, broken, strict=True):
        top = canvas.y + (height - len(lines) * size * LEADING) / 2
        for place, line in enumerate(lines):
            y = top + place * size * LEADING + size * 1.05
            middle = (x + 12, "start") if column.label else (x + column.width / 2, "middle")
            canvas.text(middle[0], y, line, size, fill=fill, anchor=middle[1])
        x += column.width
    canvas.gap(height)


def _height(columns: Sequence[PictureColumn], place: int) -> float:
    return _row_height([wrap_text(column.texts[place], TEXT, column.width - 16) for column in columns], TEXT)


def _row_height(broken: Sequence[Sequence[str]], size: int) -> float:
    return max(MIN_ROW_HEIGHT, max(map(len, broken)) * size * LEADING + 30)


def _draw_chart(canvas: Canvas, bulletin: Bulletin, say: PhraseLookup) -> None:
    """Draw the reported and adopted items of the year's months; a single month has no chart."""
    year = bulletin.year
    canvas.paragraph(say("bulletin.picture.so_far", items=year.items, adopted=year.adopted), TEXT, fill=DARK)
    if len(bulletin.trend) == 1:
        canvas.gap(20)
        return
    canvas.paragraph(say("bulletin.picture.trend"), SMALL, fill=GREY)
    canvas.gap(60)
    most = max((sums.items for _, sums in bulletin.trend), default=0) or 1
    for place, (month, sums) in enumerate(bulletin.trend):
        label = say("bulletin.column.month", month=month.month)
        _draw_bars(canvas, MARGIN + place * CHART_MONTH_WIDTH, label, sums, CHART_HEIGHT / most)
    canvas.box(MARGIN, canvas.y + CHART_HEIGHT, INNER, 2, fill=GREY)
    canvas.gap(CHART_HEIGHT + 70)


def _draw_bars(canvas: Canvas, x: float, label: str, sums: VillageTotals, scale: float) -> None:
    high, dark = scale * sums.items, min(CHART_HEIGHT, scale * sums.adopted)
    foot, middle = canvas.y + CHART_HEIGHT, x + CHART_MONTH_WIDTH / 2
    canvas.box(x + CHART_MONTH_WIDTH * 0.14, foot - high, CHART_MONTH_WIDTH * 0.72, high, fill=LIGHT)
    canvas.box(x + CHART_MONTH_WIDTH * 0.32, foot - dark, CHART_MONTH_WIDTH * 0.36, dark, fill=DARK)
    canvas.text(middle, foot - max(high, dark) - 12, f"{sums.items}", SMALL - 4, anchor="middle")
    canvas.text(middle, foot + 42, label, SMALL - 4, fill=GREY, anchor="middle")


def _draw_adopted(canvas: Canvas, bulletin: Bulletin, say: PhraseLookup) -> None:
    items = (*bulletin.adopted, *bulletin.adopted_since)
    if not items:
        return
    canvas.paragraph(say("bulletin.picture.head_adopted"), TEXT, fill=DARK)
    for item in items[:MAX_ITEMS]:
        levels = levels_words(item, bulletin, say)
        if item.month != bulletin.month:
            levels = f"{month_words(item.month, say)} {levels}"
        canvas.gap(6)
        words = {"village": item.village, "title": item.title, "levels": levels}
        canvas.paragraph("· " + say("bulletin.text.item", **words), TEXT - 2)
    if len(items) > MAX_ITEMS:
        canvas.paragraph(say("bulletin.picture.more", count=len(items) - MAX_ITEMS), SMALL, fill=GREY)


__all__ = ["WIDTH", "bulletin_canvas", "bulletin_png"]

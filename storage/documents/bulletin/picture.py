"""The bulletin as a picture for a phone: its figures, its table, the year's months, what was adopted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.documents.bulletin.wording import bulletin_title, day_words, levels_words, month_words
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
    wrapped,
)
from storage.documents.layout.fonts import Typeface, shipped_font
from storage.documents.layout.text import title_lines
from storage.reporting.bulletin import Bulletin, Say, State, Sums
from storage.reporting.report import plain

TITLE, TEXT, SMALL, FIGURE = (
    48,
    36,
    32,
    56,
)  # pixels of 1080: 12 points and more on a phone, notes a little less
ROW = 72  # of a table's row with one line: twice its text
MOST_ITEMS = 12  # more titles are for the paper
CHART = 240
SLOT = INNER / 12  # a month's place in it
TILES = (State.ON_TIME, State.LATE, State.DECLARED, State.MISSING, State.WAITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the picture's table."""

    head: str
    width: int
    texts: Sequence[str]
    label: bool = False


def bulletin_png(bulletin: Bulletin, say: Say, font: Typeface | None = None) -> bytes:
    """The picture, 1080 pixels wide. FontMissing, FontBlank."""
    return bulletin_canvas(bulletin, say).png(font or shipped_font())


def bulletin_canvas(bulletin: Bulletin, say: Say) -> Canvas:
    """What is drawn."""
    canvas = Canvas()
    _head(canvas, bulletin, say)
    _tiles(canvas, bulletin, say)
    _table(canvas, bulletin, say)
    _chart(canvas, bulletin, say)
    _adopted(canvas, bulletin, say)
    canvas.gap(20)
    dated = day_words(bulletin.dated, say)
    canvas.paragraph(say("bulletin.picture.dated", agency=bulletin.agency, dated=dated), SMALL, fill=GREY)
    return canvas


def _head(canvas: Canvas, bulletin: Bulletin, say: Say) -> None:
    for line in title_lines(bulletin_title(bulletin, say), bulletin.agency):
        canvas.paragraph(line, TITLE, fill=DARK)
    canvas.gap(8)
    due = day_words(bulletin.due, say, provisional=bulletin.provisional)
    canvas.paragraph(say("bulletin.picture.due", due=due), SMALL, fill=GREY)
    canvas.gap(24)


def _tiles(canvas: Canvas, bulletin: Bulletin, say: Say) -> None:
    """The month's figures, three beside each other, with last month's small below."""
    skipped = State.MISSING if not bulletin.closed else State.WAITS
    now, before = bulletin.sums, bulletin.before
    tiles = [
        (f"tile_{state}", now.count(state), before.count(state)) for state in TILES if state is not skipped
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


def _table(canvas: Canvas, bulletin: Bulletin, say: Say) -> None:
    columns = _columns(bulletin, say)
    heads = [wrapped(column.head, SMALL, column.width - 16) for column in columns]
    canvas.box(MARGIN, canvas.y, INNER, _row_height(heads, SMALL), fill=DARK)
    _cells(canvas, columns, [column.head for column in columns], fill="#ffffff", size=SMALL)
    most = max((row.points or 0 for row in bulletin.rows), default=0)
    for place, row in enumerate(bulletin.rows):
        top = canvas.y
        if place % 2:
            canvas.box(MARGIN, top, INNER, _height(columns, place), fill=PALE)
        _cells(canvas, columns, [column.texts[place] for column in columns], fill=INK, size=TEXT)
        if bulletin.ranked and most > 0 and (row.points or 0) > 0:
            part = float((row.points or 0) / most)
            canvas.box(MARGIN, canvas.y - 8, INNER * part, 6, fill=LIGHT)
    canvas.gap(36)


def _columns(bulletin: Bulletin, say: Say) -> list[Column]:
    rows = bulletin.rows
    wanted = [
        ("rank", 90, [str(row.rank) for row in rows], bulletin.ranked),
        ("village", 0, [row.name for row in rows], True),
        ("state", 146, [say(f"bulletin.picture.tile_{row.state}") for row in rows], True),
        ("items", 100, [str(row.items) for row in rows], True),
        ("adopted", 100, [str(row.adopted) for row in rows], True),
        ("points", 120, [plain(row.points) for row in rows], bulletin.scored),
        ("year", 130, [plain(row.year_points) for row in rows], bulletin.scored),
    ]
    shown = [(key, width, texts) for key, width, texts, here in wanted if here]
    rest = INNER - sum(width for _, width, _ in shown)
    return [
        Column(head=say(f"bulletin.picture.{key}"), width=width or rest, texts=texts, label=not width)
        for key, width, texts in shown
    ]


def _cells(canvas: Canvas, columns: Sequence[Column], texts: Sequence[str], *, fill: str, size: int) -> None:
    """One row, as high as its tallest cell; names to the left, the rest in the middle."""
    broken = [wrapped(text, size, column.width - 16) for column, text in zip(columns, texts, strict=True)]
    height, x = _row_height(broken, size), MARGIN
    for column, lines in zip(columns, broken, strict=True):
        top = canvas.y + (height - len(lines) * size * LEADING) / 2
        for place, line in enumerate(lines):
            y = top + place * size * LEADING + size * 1.05
            middle = (x + 12, "start") if column.label else (x + column.width / 2, "middle")
            canvas.text(middle[0], y, line, size, fill=fill, anchor=middle[1])
        x += column.width
    canvas.gap(height)


def _height(columns: Sequence[Column], place: int) -> float:
    return _row_height([wrapped(column.texts[place], TEXT, column.width - 16) for column in columns], TEXT)


def _row_height(broken: Sequence[Sequence[str]], size: int) -> float:
    return max(ROW, max(map(len, broken)) * size * LEADING + 30)


def _chart(canvas: Canvas, bulletin: Bulletin, say: Say) -> None:
    """Items and adopted ones of the year's months. One month alone is no course of things."""
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
        _bars(canvas, MARGIN + place * SLOT, label, sums, CHART / most)
    canvas.box(MARGIN, canvas.y + CHART, INNER, 2, fill=GREY)
    canvas.gap(CHART + 70)


def _bars(canvas: Canvas, x: float, label: str, sums: Sums, scale: float) -> None:
    high, dark = scale * sums.items, min(CHART, scale * sums.adopted)
    foot, middle = canvas.y + CHART, x + SLOT / 2
    canvas.box(x + SLOT * 0.14, foot - high, SLOT * 0.72, high, fill=LIGHT)
    canvas.box(x + SLOT * 0.32, foot - dark, SLOT * 0.36, dark, fill=DARK)
    canvas.text(middle, foot - max(high, dark) - 12, f"{sums.items}", SMALL - 4, anchor="middle")
    canvas.text(middle, foot + 42, label, SMALL - 4, fill=GREY, anchor="middle")


def _adopted(canvas: Canvas, bulletin: Bulletin, say: Say) -> None:
    items = (*bulletin.adopted, *bulletin.adopted_since)
    if not items:
        return
    canvas.paragraph(say("bulletin.picture.head_adopted"), TEXT, fill=DARK)
    for item in items[:MOST_ITEMS]:
        levels = levels_words(item, bulletin, say)
        if item.month != bulletin.month:
            levels = f"{month_words(item.month, say)} {levels}"
        canvas.gap(6)
        words = {"village": item.village, "title": item.title, "levels": levels}
        canvas.paragraph("· " + say("bulletin.text.item", **words), TEXT - 2)
    if len(items) > MOST_ITEMS:
        canvas.paragraph(say("bulletin.picture.more", count=len(items) - MOST_ITEMS), SMALL, fill=GREY)


__all__ = ["WIDTH", "bulletin_canvas", "bulletin_png"]

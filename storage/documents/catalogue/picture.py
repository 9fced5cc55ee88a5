"""Draws the coverage of the catalogue as a picture for a phone: one bar a subject, the silent ones named."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from storage.documents.layout.canvas import DARK, GREY, INNER, LIGHT, MARGIN, PALE, Canvas
from storage.documents.layout.fonts import Typeface, shipped_font
from storage.reporting.coverage import SubjectCoverage, all_matters

PhraseLookup = Callable[..., str]
TITLE, TEXT, SMALL = 48, 34, 30  # pixels of 1080
BAR_HEIGHT, ROW_GAP = 22, 18


def coverage_png(
    found: Sequence[SubjectCoverage], agency: str, year: int, say: PhraseLookup, font: Typeface | None = None
) -> bytes:
    """The picture, 1080 pixels wide. FontMissing, FontBlank."""
    return coverage_canvas(found, agency, year, say).png(font or shipped_font())


def coverage_canvas(found: Sequence[SubjectCoverage], agency: str, year: int, say: PhraseLookup) -> Canvas:
    """The drawing: what was published of each subject, longest bar for the most."""
    canvas = Canvas()
    canvas.paragraph(say("catalogue.title", agency=agency, year=year), TITLE, fill=DARK)
    canvas.gap(16)
    most = max((subject.published for subject in found), default=0) or 1
    for subject in found:
        _draw_subject(canvas, subject, most, say)
    silent = [matter.name for matter in all_matters(found) if matter.is_silent]
    if silent:
        canvas.gap(12)
        canvas.paragraph(say("catalogue.silent", names="、".join(silent)), SMALL, fill=GREY)
    return canvas


def _draw_subject(canvas: Canvas, subject: SubjectCoverage, most: int, say: PhraseLookup) -> None:
    line = say(
        "catalogue.bar", label=subject.label, published=subject.published, matters=len(subject.matters)
    )
    canvas.paragraph(line, TEXT)
    canvas.box(MARGIN, canvas.y, INNER, BAR_HEIGHT, fill=PALE)
    if subject.published:
        canvas.box(MARGIN, canvas.y, INNER * subject.published / most, BAR_HEIGHT, fill=LIGHT)
    canvas.gap(BAR_HEIGHT + ROW_GAP)

"""Writes the bulletin and the year's assessment as official papers in Word."""

from __future__ import annotations

from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from storage.documents.bulletin.sentences import (
    bulletin_title,
    count_words,
    day_words,
    facts_words,
    items_words,
    month_words,
    sums_words,
    table_words,
)
from storage.documents.bulletin.tables import assessment_grids, bulletin_grids
from storage.documents.layout.official_paper import (
    new_paper,
    paper_bytes,
    write_body,
    write_heading,
    write_linked,
    write_title,
)
from storage.documents.layout.text import printable, title_lines
from storage.documents.layout.word_table import write_table
from storage.reporting.bulletin_values import Assessment, Bulletin, PhraseLookup
from storage.reporting.report import format_figure

CHARACTER_POINTS = 16  # points: one character of the body's text
DAY_INDENT = 4  # characters: 成文日期 of a paper with a seal (GB/T 9704-2012)
SEAL_ROOM = 58  # points: two lines


def bulletin_docx(bulletin: Bulletin, say: PhraseLookup) -> bytes:
    """The bulletin as a Word file; the same bytes for the same bulletin."""
    title = printable(bulletin_title(bulletin, say))
    paper = new_paper(title, bulletin.agency)
    write_title(paper, title_lines(title, bulletin.agency))
    if bulletin.to:
        _write_flush_left(paper, say("bulletin.paper.to", to=bulletin.to))
    write_body(paper, say("bulletin.paper.opening", month=month_words(bulletin.month, say)))
    write_heading(paper, say("bulletin.paper.head_sums"))
    for sentence in sums_words(bulletin, say):
        write_body(paper, sentence)
    write_body(paper, say("bulletin.paper.counted", last=day_words(bulletin.last, say)))
    _write_table(paper, bulletin, say)
    _write_adopted(paper, bulletin, say)
    write_heading(paper, say("bulletin.paper.head_facts"))
    for sentence in facts_words(bulletin, say):
        write_body(paper, sentence)
    _write_signature(paper, bulletin.agency, day_words(bulletin.dated, say))
    if bulletin.copy_to:
        _write_flush_left(paper, say("bulletin.paper.copy_to", copy_to=bulletin.copy_to))
    return paper_bytes(paper)


def assessment_docx(assessment: Assessment, say: PhraseLookup) -> bytes:
    """The year's assessment as a Word file."""
    title = printable(assessment_title(assessment, say))
    paper = new_paper(title, assessment.agency)
    write_title(paper, title_lines(title, assessment.agency))
    for sentence in assessment_words(assessment, say):
        write_body(paper, sentence)
    grids = assessment_grids(assessment, say)
    for grid in grids:
        _write_caption(paper, grid.title)
        write_table(paper, grid, followed=grid is grids[-1])
    _write_signature(paper, assessment.agency, day_words(assessment.dated, say))
    return paper_bytes(paper)


def assessment_title(assessment: Assessment, say: PhraseLookup) -> str:
    """The title; it says so where the year is not over."""
    title = say("assessment.title", agency=assessment.agency, year=assessment.year)
    return title if assessment.closed else title + say("assessment.so_far")


def assessment_words(assessment: Assessment, say: PhraseLookup) -> list[str]:
    """The paragraphs on the year's totals and on how to read the table."""
    points = (
        say("assessment.points", points=format_figure(assessment.sums.points)) if assessment.scored else ""
    )
    notes = [say("assessment.by_scheme", scheme=scheme) for scheme in assessment.schemes]
    notes.append(say("assessment.ranked" if assessment.ranked else "assessment.unranked"))
    notes += [say("assessment.months")] if assessment.scored else []
    opening = say("assessment.opening", year=assessment.year, **count_words(assessment.sums), points=points)
    return [printable(opening), printable("".join(notes))]


def _write_table(paper: Paper, bulletin: Bulletin, say: PhraseLookup) -> None:
    write_heading(paper, say("bulletin.paper.head_table"))
    write_body(paper, table_words(bulletin, say))
    grids = bulletin_grids(bulletin, say)
    for grid in grids:
        if len(grids) > 1:
            _write_caption(paper, grid.title)
        write_table(paper, grid)


def _write_adopted(paper: Paper, bulletin: Bulletin, say: PhraseLookup) -> None:
    write_heading(paper, say("bulletin.paper.head_adopted"))
    for sentence, address in items_words(bulletin.adopted, bulletin, say):
        write_linked(paper, sentence, address)
    if not bulletin.adopted:
        write_body(paper, say("bulletin.paper.adopted_none"))
    if bulletin.adopted_since:
        write_body(paper, say("bulletin.paper.adopted_since"))
        for sentence, address in items_words(bulletin.adopted_since, bulletin, say):
            write_linked(paper, sentence, address)


def _write_flush_left(paper: Paper, text: str) -> None:
    """Write the addressee or the copy list from the left edge of the text."""
    write_body(paper, printable(text)).paragraph_format.first_line_indent = Pt(0)


def _write_caption(paper: Paper, text: str) -> None:
    paragraph = write_body(paper, text)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.first_line_indent = Pt(0)
    paragraph.paragraph_format.keep_with_next = True


def _write_signature(paper: Paper, agency: str, day: str) -> None:
    """Write the issuer centred above the day, which is four characters from the edge, with room for the seal."""
    middle = DAY_INDENT + _character_count(day) / 2
    for text, indent in ((agency, middle - _character_count(agency) / 2), (day, DAY_INDENT)):
        paragraph = write_body(paper, printable(text))
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        form = paragraph.paragraph_format
        form.first_line_indent, form.right_indent = Pt(0), Pt(max(0, indent) * CHARACTER_POINTS)
        form.keep_with_next = text is agency
        form.space_before = Pt(SEAL_ROOM if text is agency else 0)


def _character_count(text: str) -> float:
    """The approximate length of a text in Chinese characters; a digit is half a one."""
    return sum(0.5 if sign.isascii() else 1 for sign in text)

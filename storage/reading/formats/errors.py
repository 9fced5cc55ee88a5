"""Reasons why a file cannot be read, each with the next step.

The reason's key is a field of the refusal, so that the phrase book has the same sentence in the person's
language (``unreadable.<reason>.why`` and ``.next_step``).
"""

from __future__ import annotations

from config.errors import Unreadable

REASONS = {
    "missing": ("there is no such file", "Check the path and the spelling of the file's name."),
    "folder": ("it is a folder", "Name one file inside it."),
    "denied": ("the system did not let it be read", "Check the file's permissions, or copy it elsewhere."),
    "empty": ("it is empty", "Save it again from the program it was written with."),
    "too_large": ("it is larger than {limit} MB", "Remove pictures and attachments, then save it again."),
    "bomb": ("it unpacks to more than {limit} MB", "Save a clean copy from a text or table program."),
    "too_many_parts": (
        "it is packed from more than {limit} parts",
        "Save a clean copy from a text or table program.",
    ),
    "too_many_cells": (
        "its tables have more than {limit} cells",
        "Delete unused rows, columns and sheets, or give its tables one by one.",
    ),
    "too_much_text": (
        "it holds more than {limit} characters",
        "Give it in parts.",
    ),
    "merged": (
        "its merged cells cover more than {limit} cells",
        "Take the merges apart that run to the edge.",
    ),
    "extension": (
        "files ending in “{extension}” are not among those that are read",
        "Save it as .docx, .xlsx, .pdf, .html or .txt.",
    ),
    "old_office": (
        "it is locked by a password",
        "Open it, remove the password, and save it again.",
    ),
    "other_kind": (
        "its name ends in “{extension}” but its content is {kind}",
        "Give it the right ending, or save it again in the kind its name says.",
    ),
    "damaged": ("it is damaged", "Open it in the program it was written with and save it again."),
    "old_version": (
        "it was written by a Word older than that of 1997",
        "Open it in Word or WPS and save it as .docx.",
    ),
    "encoding": ("its characters are in no known encoding", "Save it as UTF-8."),
    "no_tables": ("it holds no table", "Give the document with its three tables, not a scan or a cover."),
    "picture_tables": (
        "its tables are pictures, in which no figure can be read",
        "Ask the unit for the file in which the tables were written.",
    ),
    "no_form": (
        "none of its tables has the rows of the official form",
        "Give the annual report in the form of 国办公开办函〔2021〕30号.",
    ),
    "scan": (
        "it is a scan: pictures of pages, without text",
        "Ask the unit for the file it was printed from.",
    ),
    "reader_missing": (
        "{kind} files need a reader that is not installed",
        "Install gongkai with the extra “{extra}”, or save it as .docx, .xlsx or .html.",
    ),
    "no_reports": ("no report was found there", "Reports end in {known}."),
    "several_reports": (
        "it holds {count} reports: {titles}",
        "Say which with “--part 1”, or save each in a file of its own.",
    ),
    "not_json": (
        "it is no JSON from line {line} on",
        "Export it again with “gongkai report YEAR --format json”.",
    ),
    "not_report": (
        "it is JSON but not a report: {detail}",
        "It needs “table2”, “table3” and “table4” as objects of rows and columns.",
    ),
}


def read_error(file: str, reason: str, **words: object) -> Unreadable:
    """Make the refusal for a reason; the caller raises it."""
    return Unreadable.for_reason(reason, REASONS[reason], file=file, **words)

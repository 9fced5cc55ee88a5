"""Reasons why a register's file cannot be read, each with the next step.

The reason's key is a field of the refusal, so that the phrase book has the same sentence in the person's
language (``unreadable.register.<reason>.why`` and ``.next_step``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from config.errors import Unreadable

REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("there is no such file", "Check the folder and the spelling of the file's name."),
        "no_file": ("it is a folder or a device", "Name the CSV or XLSX file itself."),
        "denied": (
            "the system did not let it be read ({detail})",
            "Close it in other programs, or check who may read it.",
        ),
        "empty": (
            "nothing is written in it",
            "Put the header in the first line and one entry on each line below it.",
        ),
        "too_big": (
            "it has {size} MB, and a register has at most {limit} MB",
            "Delete pictures from it, or bring it in year by year.",
        ),
        "too_long": (
            "it has more than {limit} lines",
            "Delete the unused rows at its end, or bring it in year by year.",
        ),
        "too_wide": (
            "line {line} has more than {limit} columns, or far too much text",
            "Look at that line; each entry needs a line of its own.",
        ),
        "old_workbook": (
            "it is an old workbook (.xls) or has a password",
            "Open it, remove the password, and save it as .xlsx.",
        ),
        "web_page": (
            "it holds a web page, whatever its name says",
            "Open it in a table program and save it as .xlsx.",
        ),
        "not_text": (
            "it is neither CSV text nor an XLSX workbook",
            "Save the register as .xlsx or as CSV (UTF-8).",
        ),
        "encoding": (
            "its characters are neither UTF-8 nor GB18030 all through",
            "Save it again as .xlsx or as CSV (UTF-8).",
        ),
        "quotes": (
            "from line {line} on its quotation marks do not pair",
            "Close the quotation mark in that line, or save the register as .xlsx.",
        ),
        "damaged": (
            "it is a damaged workbook, or no workbook",
            "Open it in a table program and save it anew as .xlsx.",
        ),
        "bomb": (
            "it unpacks to far more than a register: a part of it is over {limit} MB",
            "Copy the register's cells into a new workbook and save that.",
        ),
    }
)


def register_read_error(file: str, reason: str, **words: object) -> Unreadable:
    """Make the refusal for a reason; the caller raises it."""
    return Unreadable.for_reason(f"register.{reason}", REASONS[reason], file=file, **words)

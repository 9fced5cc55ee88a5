"""Reads a number or a time of day as people type it into a field: ３, “1，234.50”, ８：３０."""

from __future__ import annotations

import re

from bot.language.date_parser import half_width

_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})", re.ASCII)


def typed_number(text: str) -> str:
    """A number as it is read: half-width, without the commas that part its thousands; other texts stay."""
    said = half_width(text)
    return said.replace(",", "") if _GROUPED.fullmatch(said) else said


def typed_time(text: str) -> str:
    """A time of day as HH:MM; other texts stay, and are refused where they are read."""
    found = _TIME.fullmatch(half_width(text))
    return f"{int(found[1]):02}:{found[2]}" if found else text

"""Reads a number as people type it into a field, with any input method: ３, “1，234.50”."""

from __future__ import annotations

import re

from bot.language.date_parser import half_width

_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)


def typed_number(text: str) -> str:
    """A number as it is read: half-width, without the commas that part its thousands; other texts stay."""
    said = half_width(text)
    return said.replace(",", "") if _GROUPED.fullmatch(said) else said

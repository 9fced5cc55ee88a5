"""Reads the content of a cell as a figure: a number where it surely is one, else the text unchanged."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from config.reporting.form import FEE_CELL
from storage.reporting.report import Figure

_COUNT_UNITS = "件次|件|个|份|宗|条|项|起"
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
_MINUS = str.maketrans({"−": "-", "﹣": "-", "－": "-"})
MAX_NUMBER_LENGTH = (
    24  # characters: no agency counts further, and sums stay exact; anything longer stays text
)


def read_figure(cell: str, text: str | None) -> Figure:
    """Read the figure in a cell: int for counts, exact Decimal for money (万元), None when empty, else its text."""
    shown = unicodedata.normalize("NFKC", text or "").translate(_MINUS).strip()
    if not shown:
        return None
    units = "万元" if cell == FEE_CELL else _COUNT_UNITS
    tight = re.sub(r" ?([.,]) ?", r"\1", re.sub(rf" ?(?:{units})$", "", " ".join(shown.split())))
    if not _NUMBER.fullmatch(tight) or len(tight) > MAX_NUMBER_LENGTH:
        return (text or "").strip()
    number = Decimal(tight.replace(",", ""))
    if cell == FEE_CELL:
        return number
    return int(number) if number == number.to_integral_value() else (text or "").strip()


def may_be_figure(text: str) -> bool:
    """Whether a text may stand in a cell for figures: a number, nothing, or a dash."""
    shown = "".join(unicodedata.normalize("NFKC", text).split())
    return not re.search(r"[^\W\d]{3}", shown)

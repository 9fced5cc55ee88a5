"""Judges numbers of more than 15 digits that a spreadsheet keeps as numbers: it has lost their last digits.

What is left of an identity number or a bank card still says whose it is, but passes no check of its last digit.
"""

from __future__ import annotations

from config.findings import Finding, Severity
from storage.content.applicant import masked_number
from storage.proofread.passages import Passage, text_finding
from storage.proofread.personal_data.cards import is_card_like
from storage.proofread.personal_data.id_numbers import is_identity_like
from storage.proofread.personal_data.matches import MASK_CHARACTER

KEPT_DIGITS = 15
"""The digits of a number that a spreadsheet keeps."""
LOST_DIGITS_PARTS = frozenset({"lost_digits", "lost_digits_unseen"})
"""The parts of a file whose lines are such numbers: of a cell, and of what no page shows."""


def lost_digits(number: float) -> str:
    """Return a whole number of more than 15 digits in digits, as it is kept; empty for any other number."""
    whole = isinstance(number, int) or number.is_integer()
    return str(int(number)) if whole and number >= 10**KEPT_DIGITS else ""


def lost_digits_finding(passage: Passage, basis: str) -> Finding:
    """Return the finding in a passage that is such a number: an error where it is a person's by its beginning."""
    number = passage.text
    is_persons = is_identity_like(number) or is_card_like(number)
    hidden = Passage(place=passage.place, text=MASK_CHARACTER * len(number), words=passage.words)
    return text_finding(
        "text.lost_digits",
        hidden,
        0,
        len(number),
        severity=Severity.ERROR if is_persons else Severity.WARNING,
        found=masked_number(number),
        basis=basis,
        words={"digits": str(len(number))},
    )

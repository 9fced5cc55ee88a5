"""Reads a day or a whole number out of the facts that were filled in.

A value that cannot be read counts as missing here; the validator reports it to the person who enters it.
"""

from __future__ import annotations

from datetime import date

from storage.events.events import Facts

SOURCE = "source"
"""The field that says where a fact without details comes from: a paper register, or the calculator."""


def date_field(facts: Facts, key: str) -> date | None:
    """Return the day written in a field; None where there is none or it is no day."""
    try:
        return date.fromisoformat(str(facts.get(key, "")))
    except ValueError:
        return None


def int_field(facts: Facts, key: str) -> int:
    """Return the whole number written in a field; 0 where there is none or it is no whole number."""
    text = str(facts.get(key, ""))
    return int(text) if text.isascii() and text.isdigit() else 0

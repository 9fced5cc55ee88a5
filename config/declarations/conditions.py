"""What one thing about a case asks of, or forbids to, the rest of it: declared with its kind, judged for any.

    Condition(field="disclosure", among=("withheld",), needs=("article",))       # a class asks for its reason
    Condition(field="disclosure", among=("withheld",), never=("published",))     # and is not published
    Condition(step="published", never=("withdrawn",))                            # what is out is not taken back

Apart from ``config/declarations/duty.py`` only for its length.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Where a field of the opening says one of these, or a step was taken: this is needed, that cannot be."""

    article: str
    field: str = ""
    values: tuple[str, ...] = ()
    step: str = ""
    needs: tuple[str, ...] = ()
    """Fields of the opening that must then be filled in."""
    forbidden: tuple[str, ...] = ()
    """Steps and outcomes that then cannot be."""

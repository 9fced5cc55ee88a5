"""Splits long texts into pages of a channel's length, and measures length as channels do."""

from __future__ import annotations

from collections.abc import Iterator

FIRST_TWO_UNIT_CHARACTER = 0x10000
"""From here on a character takes two UTF-16 units."""


def utf16_length(text: str) -> int:
    """The length of a text in UTF-16 units: an emoji counts twice."""
    return len(text) + sum(character >= chr(FIRST_TWO_UNIT_CHARACTER) for character in text)


def split_text(text: str, longest: int) -> Iterator[str]:
    """A text in pieces of at most so many units: cut between lines where a line ends late enough, else anywhere."""
    while utf16_length(text) > longest:
        end = _fitting_length(text, longest)
        line = text.rfind("\n", end // 2, end + 1)
        yield text[: line if line > 0 else end]
        text = text[line + 1 if line > 0 else end :]
    yield text


def abbreviate(text: str, most: int = 20) -> str:
    """The first ``most`` characters of what somebody wrote: enough to recognise it."""
    return text if len(text) <= most else f"{text[:most]}…"


def _fitting_length(text: str, longest: int) -> int:
    """How many characters fit; a character is never cut in two."""
    taken = 0
    for place, character in enumerate(text):
        taken += 2 if character >= chr(FIRST_TWO_UNIT_CHARACTER) else 1
        if taken > longest:
            return place
    return len(text)

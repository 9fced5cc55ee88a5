"""Takes ``--home DIR`` before the command as well as behind it; people write where, and then what."""

from __future__ import annotations

from collections.abc import Sequence

HOME = "--home"
END_OF_OPTIONS = "--"


def home_behind_command(words: Sequence[str]) -> list[str]:
    """Return a command line with a leading ``--home`` moved behind its command; one that stands there wins."""
    home, rest = _leading_home(list(words))
    options = rest[: rest.index(END_OF_OPTIONS)] if END_OF_OPTIONS in rest else rest
    if not home or not rest or any(word == HOME or word.startswith(f"{HOME}=") for word in options):
        return rest
    return [*options, *home, *rest[len(options) :]]


def _leading_home(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the leading option, if there is one, and the other words."""
    if words and words[0].startswith(f"{HOME}="):
        return words[:1], words[1:]
    if len(words) > 1 and words[0] == HOME:
        return words[:2], words[2:]
    return [], words

"""How large the type is and which colours a browser shows: chosen by its user, kept in a cookie, never recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

DISPLAY_COOKIE = "gongkai_display"
DISPLAY_SECONDS = 365 * 24 * 3600

TypeSize = Literal["normal", "large", "larger"]
ColourScheme = Literal["system", "light", "dark"]
TYPE_SIZES: tuple[TypeSize, ...] = get_args(TypeSize)
COLOUR_SCHEMES: tuple[ColourScheme, ...] = get_args(ColourScheme)
"""``system`` follows what the system of the telephone or PC is set to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayChoice:
    """The type size and the colours of one browser."""

    size: TypeSize = "normal"
    colours: ColourScheme = "system"

    def cookie(self) -> str:
        """The choice as the cookie holds it."""
        return f"{self.size}-{self.colours}"


def read_display(*, size: str, colours: str) -> DisplayChoice:
    """The choice that somebody sent; what is none of the sizes or colours is left as it is at first."""
    return DisplayChoice(
        size=next((one for one in TYPE_SIZES if one == size), "normal"),
        colours=next((one for one in COLOUR_SCHEMES if one == colours), "system"),
    )


def display_of_cookie(cookie: str) -> DisplayChoice:
    """The choice in a cookie; the first one where there is no cookie or it is not ours."""
    size, _, colours = cookie.partition("-")
    return read_display(size=size, colours=colours)

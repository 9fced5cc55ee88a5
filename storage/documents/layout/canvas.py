"""Draws boxes and lines of text on a tall sheet of a phone's width.

Text is broken by the width of its characters, so that no name of a village or an item is cut off or overlaps
another. The drawing is SVG from a template whose text is always escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from unicodedata import east_asian_width

from jinja2 import Environment, StrictUndefined, Template

from config.shipped_data import data_dir
from storage.documents.layout.fonts import Typeface, render_png
from storage.documents.layout.text import one_line

WIDTH = 1080  # pixels: a phone shows it at a third of that, so 36 here are 12 points there
MARGIN = 40
INNER = WIDTH - 2 * MARGIN
NARROW, BROAD = (
    0.62,
    0.78,
)  # of the font's size: a digit or a small letter; a capital; a Chinese character is 1
BROADEST = "mwMW@%&©®…—"
LEADING = 1.4
INK, GREY, PALE, LIGHT, DARK = "#1f2328", "#57606a", "#f3f5f7", "#a9c8e8", "#1f5fa8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A filled box with rounded corners; pixels."""

    x: float
    y: float
    width: float
    height: float
    fill: str = PALE
    round: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CanvasText:
    """A line of text; ``anchor`` says which end of it is at ``x``."""

    x: float
    y: float
    text: str
    size: int
    fill: str = INK
    anchor: str = "start"


@dataclass(slots=True)
class Canvas:
    """A sheet that grows downward; ``y`` is where the next element begins, in pixels."""

    y: float = MARGIN
    boxes: list[Box] = field(default_factory=list)
    lines: list[CanvasText] = field(default_factory=list)

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: str = PALE, round_: int = 0
    ) -> None:
        """Draw a filled box."""
        self.boxes.append(Box(x=x, y=y, width=width, height=height, fill=fill, round=round_))

    def text(
        self, x: float, y: float, text: str, size: int, *, fill: str = INK, anchor: str = "start"
    ) -> None:
        """Draw a line of text with its baseline at ``y``."""
        self.lines.append(CanvasText(x=x, y=y, text=text, size=size, fill=fill, anchor=anchor))

    def paragraph(self, text: str, size: int, *, fill: str = INK, indent: float = 0) -> None:
        """Draw text over the whole width, on as many lines as it needs."""
        for line in wrap_text(text, size, INNER - indent):
            self.y += size * LEADING
            self.text(MARGIN + indent, self.y - size * (LEADING - 1), line, size, fill=fill)

    def gap(self, height: float) -> None:
        """Leave empty space, in pixels."""
        self.y += height

    def svg(self, family: str) -> str:
        """The drawing as SVG."""
        height = round(self.y + MARGIN)
        return _template().render(
            width=WIDTH, height=height, family=family, boxes=self.boxes, lines=self.lines
        )

    def png(self, font: Typeface) -> bytes:
        """The drawing as PNG. FontMissing, FontBlank."""
        return render_png(self.svg(font.family), font)


def text_width(text: str, size: int) -> float:
    """The approximate width of a text in pixels, never less than it is drawn."""
    return size * sum(_character_width(sign) for sign in text)


def _character_width(sign: str) -> float:
    if sign in BROADEST or east_asian_width(sign) in "WFA":
        return 1
    return BROAD if sign.isupper() or sign in "+=<>~#" else NARROW


def wrap_text(text: str, size: int, width: float) -> Sequence[str]:
    """Break a text into lines of a width, between any two characters as in Chinese, but not before a closing mark."""
    lines = [""]
    for sign in one_line(text):
        full = text_width(lines[-1] + sign, size) > width and sign not in "，。；：、）》”"
        if full and lines[-1]:
            lines.append("")
        lines[-1] += sign
    return lines


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string((data_dir() / "templates" / "picture.svg").read_text("utf-8"))

"""Finds the font of pictures, and tests it before anything is drawn.

The drawing library silently leaves out text where it finds no glyph, and a bare machine has no Chinese font. So
the font is a dependency (Noto Sans SC, SIL Open Font License 1.1), no font of the machine is used, and a probe is
drawn first: a picture is complete, or there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn as shipped
import resvg_py

from config.errors import Refusal

FAMILY = "Noto Sans SC"
PROBES = ("通", "报", "2")  # characters of every picture; two that look alike were drawn as boxes
PROBE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60">'
    '<text x="6" y="48" font-size="44" font-family="{family}">{sign}</text></svg>'
)


class FontMissing(Refusal):
    """Drawing needs the font “{family}”, and there is no usable one at {file}. Install the dependencies again."""


class FontBlank(Refusal):
    """The font “{family}” ({file}) draws no Chinese: the picture would be blank. Install the dependencies again."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font file and the family it holds."""

    file: Path
    family: str = FAMILY


def shipped_font() -> Typeface:
    """The font among the dependencies."""
    return Typeface(shipped.sans_path())


def render_png(svg: str, font: Typeface) -> bytes:
    """Render a drawing as PNG. FontMissing, FontBlank: never a picture without its text."""
    require_glyphs(font)
    return _render(svg, font)


@cache
def require_glyphs(font: Typeface) -> None:
    """Check that the font draws: each probe differs from an empty picture and from the other probes."""
    if not font.file.is_file():
        raise FontMissing(family=font.family, file=font.file)
    drawn = {_render(PROBE.format(family=font.family, sign=sign), font) for sign in ("", *PROBES)}
    if len(drawn) <= len(PROBES):
        raise FontBlank(family=font.family, file=font.file)


def _render(svg: str, font: Typeface) -> bytes:
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        skip_system_fonts=True,
        font_files=[str(font.file)],
        font_family=font.family,
        background="#ffffff",
    )

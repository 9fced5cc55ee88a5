"""Draws the icon under which a telephone keeps the page, and the manifest that names it (W3C Web App Manifest).

The icon is the mark of ``static/mark.svg``, drawn here at each size, so that there is no second picture to keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

ICON_SIZES = (180, 192, 512)
"""Pixels: Apple's home screen, and the two sizes that a browser wants before it offers to install."""
GROUND, STROKE = "#8a1f1f", "#ffffff"
SMOOTHING = 4
"""How many times larger the icon is drawn before it is made smaller, which smooths its edges."""
LINES = ((8, 24, 9), (8, 24, 16), (8, 18, 23))
"""The three lines of the mark: from, to, and height, on a ground of 32."""
GRID, THICKNESS = 32, 3


@cache
def app_icon(size: int, *, maskable: bool = False) -> bytes:
    """The icon as PNG, ``size`` pixels wide and high.

    A maskable icon fills its square, because the telephone cuts its own shape out of it, and keeps the mark smaller.
    """
    side = size * SMOOTHING
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, side, side), radius=0 if maskable else side // 8, fill=GROUND)
    scale = side / GRID * (0.7 if maskable else 1)
    edge = (side - GRID * scale) / 2
    for start, end, height in LINES:
        left, right, middle = (edge + value * scale for value in (start, end, height))
        half = THICKNESS * scale / 2
        pen.rounded_rectangle((left - half, middle - half, right + half, middle + half), half, fill=STROKE)
    out = BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def web_manifest(*, name: str, short_name: str, language: str) -> Mapping[str, Any]:
    """The manifest: what the kept page is called, where it starts, and its icons."""
    return {
        "name": name,
        "short_name": short_name,
        "lang": language,
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f6f8",
        "theme_color": GROUND,
        "icons": [*(_icon(size, "any") for size in (192, 512)), _icon(512, "maskable")],
    }


def _icon(size: int, purpose: str) -> Mapping[str, str]:
    name = "maskable" if purpose == "maskable" else "icon"
    return {
        "src": f"/app/{name}-{size}.png",
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }

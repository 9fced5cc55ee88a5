"""Serves what a telephone needs to keep the page as an app: the manifest (W3C) and the icons. Anybody may read them.

A browser offers to install only what came over TLS or from the machine itself; over plain HTTP in the office's
network the telephone can still put the page on its home screen, with the same icon. The icon is the mark of
``static/mark.svg``, drawn here at each size, so that there is no second picture to keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from starlette.responses import JSONResponse, Response

from bot.channels.web.request.request import NoSuchPage, PageRequest

ICON_SIZES = (180, 192, 512)
"""Pixels: Apple's home screen, and the two sizes that a browser wants before it offers to install."""
GROUND, STROKE = "#8a1f1f", "#ffffff"
SMOOTHING = 4
"""How many times larger the icon is drawn before it is made smaller, which smooths its edges."""
LINES = ((8, 24, 9), (8, 24, 16), (8, 18, 23))
"""The three lines of the mark: from, to, and height, on a ground of 32."""
GRID, THICKNESS = 32, 3
KEPT_FOR_A_DAY: Mapping[str, str] = {"Cache-Control": "public, max-age=86400"}
"""An icon shows nothing that anybody recorded."""


def manifest_file(page: PageRequest) -> Response:
    """The manifest of this office's page."""
    office = page.app.office
    manifest = _web_manifest(
        name=f"{office.short_name}{page.say('page.site')}",
        short_name=office.short_name,
        language="zh-CN" if page.labels.book.language == "zh" else "en",
    )
    return JSONResponse(manifest, media_type="application/manifest+json", headers=dict(KEPT_FOR_A_DAY))


def icon_file(page: PageRequest) -> Response:
    """An icon of one of the sizes. NoSuchPage for any other."""
    size = page.path_number("size")
    if size not in ICON_SIZES:
        raise NoSuchPage
    icon = _app_icon(size, maskable=page.request.path_params["shape"] == "maskable")
    return Response(icon, media_type="image/png", headers=dict(KEPT_FOR_A_DAY))


@cache
def _app_icon(size: int, *, maskable: bool = False) -> bytes:
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


def _web_manifest(*, name: str, short_name: str, language: str) -> Mapping[str, Any]:
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
        "icons": [*(_manifest_icon(size, "any") for size in (192, 512)), _manifest_icon(512, "maskable")],
    }


def _manifest_icon(size: int, purpose: str) -> Mapping[str, str]:
    name = "maskable" if purpose == "maskable" else "icon"
    return {
        "src": f"/app/{name}-{size}.png",
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }

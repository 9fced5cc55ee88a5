"""Serves what a telephone needs to keep the page as an app: the manifest and the icons. Anybody may read them.

A browser offers to install only what came over TLS or from the machine itself; over plain HTTP in the office's
network the telephone can still put the page on its home screen, with the same icon.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from bot.channels.web.frame.app_icon import ICON_SIZES, app_icon, web_manifest
from bot.channels.web.request.request import NoSuchPage, PageRequest

KEPT_FOR_A_DAY: Mapping[str, str] = {"Cache-Control": "public, max-age=86400"}
"""An icon shows nothing that anybody recorded."""


def manifest_file(page: PageRequest) -> Response:
    """The manifest of this office's page."""
    office = page.app.office
    manifest = web_manifest(
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
    icon = app_icon(size, maskable=page.request.path_params["shape"] == "maskable")
    return Response(icon, media_type="image/png", headers=dict(KEPT_FOR_A_DAY))

"""Lets somebody choose the type size and colours of this browser, and says how a telephone keeps the page."""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.web.frame.display import (
    COLOUR_SCHEMES,
    DISPLAY_COOKIE,
    DISPLAY_SECONDS,
    TYPE_SIZES,
    read_display,
)
from bot.channels.web.request.request import PageRequest


def display_page(page: PageRequest) -> Response:
    """The sizes and colours, with those that this browser shows now."""
    return page.render("display.html", sizes=TYPE_SIZES, schemes=COLOUR_SCHEMES)


def choose_display(page: PageRequest) -> Response:
    """Set the cookie and show the page anew in it."""
    chosen = read_display(size=page.form.get("size", ""), colours=page.form.get("colours", ""))
    response = page.redirect("/display")
    response.set_cookie(
        DISPLAY_COOKIE,
        chosen.cookie(),
        max_age=DISPLAY_SECONDS,
        httponly=True,
        samesite="strict",
        secure=page.web_app.address.is_secure,
    )
    return response

"""Gives back a form that was sent after its session had ended, to be sent again by whoever wrote it."""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest


class FormRanOut(NoSuchPage):
    """What was written is kept for half an hour, for whoever wrote it. It is no longer here."""


def kept_form_page(page: PageRequest) -> Response:
    """The form as it was sent, with its words and the button that sends it again. FormRanOut."""
    found = page.web_app.kept_forms.find(page.me.id, str(page.request.path_params["token"]))
    if found is None:
        raise FormRanOut
    return page.render("kept.html", kept=found, link="")

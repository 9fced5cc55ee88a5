"""Counts what is pressed on the page: links, buttons, and the drawers that have to be opened before a form is seen.

What is typed, chosen or ticked in a form is its content, and no press.
"""

from __future__ import annotations

import re

from storage.events.events import LogEntry
from tests.bot.channels.web.visitor import Visitor

_DRAWER = re.compile(r"<details([^>]*)>|</details>")


class Presses:
    """The presses of several people at the page, together."""

    def __init__(self) -> None:
        self.count = 0
        self.said: list[str] = []

    def follow(self, visitor: Visitor, path: str) -> str:
        """Press a link that stands on the page that is shown."""
        self._press(visitor, f'href="{path}"', path)
        return visitor.go(path)

    def choose(self, visitor: Visitor, action: str, **chosen: str) -> str:
        """Press the button of a form that asks without recording: its choices go into the address."""
        self._press(visitor, f'action="{action}"', action)
        return visitor.go(action + "?" + "&".join(f"{name}={value}" for name, value in chosen.items()))

    def send(self, visitor: Visitor, act: str, /, press: str = "", **typed: str) -> list[LogEntry]:
        """Press a button of a form, after opening the drawer that it lies in."""
        self._press(visitor, f'value="{press or act}"', press or act)
        return visitor.send(act, press=press, **typed)

    def _press(self, visitor: Visitor, sign: str, what: str) -> None:
        html = visitor.shown.text
        assert sign in html, what
        drawers = _closed_drawers(html[: html.index(sign)])
        self.count += 1 + drawers
        self.said.append(f"{what} {1 + drawers}")


def _closed_drawers(html: str) -> int:
    """How many drawers have to be opened before the end of this part of a page is seen."""
    drawers: list[bool] = []
    for tag in _DRAWER.finditer(html):
        if tag[0] == "</details>":
            drawers.pop()
        else:
            drawers.append(" open" in tag[1])
    return drawers.count(False)

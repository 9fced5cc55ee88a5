"""The two ways in which somebody works on a page: with a pointer, and by keyboard alone. What they do is counted."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import date
from enum import Enum
from pathlib import Path

import pytest

from bot.services.app import OfficeApp
from tests.bot.channels.web.browser.driver import Browser, fits, serious
from tests.bot.channels.web.browser.page_list import sign_in

TAB, SHIFT, CONTROL, ENTER = "\ue004", "\ue008", "\ue009", "\ue007"
DOWN, UP, RIGHT, END = "\ue015", "\ue013", "\ue014", "\ue010"
SECONDS_TO_DECIDE, SECONDS_TO_CLICK, SECONDS_TO_TYPE, SECONDS_TO_KEY = 8.0, 1.5, 0.6, 0.28
"""What a person takes: to read a page or a field and decide, to point and press, for a sign with an input method and
for a key (Card, Moran and Newell's keystroke-level model, with generous figures for somebody who is new to it)."""
HEIGHT = 900  # pixels
AWAY = """
const target = document.querySelector(arguments[0]), now = document.activeElement;
const kinds = 'a[href], button, input, select, textarea, summary, [tabindex]';
const stops = [...document.querySelectorAll(kinds)].filter((one) =>
  one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ visibilityProperty: true }));
const at = stops.indexOf(target);
if (at < 0 || target === now) return at < 0 ? null : 0;
const isBefore = (one) => one === now || now.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING;
return at - stops.filter(isBefore).length + 1 || -1;
"""
"""How many times Tab has to be pressed until an element has the focus; null where Tab never comes to it."""
CHOICE = """
const field = document.querySelector(arguments[0]);
return [...field.options].findIndex((one) => one.value === arguments[1]) - field.selectedIndex;
"""
VALUE = "return document.querySelector(arguments[0]).value"
KIND_OF_PAGE = "return [location.pathname.replace(/[0-9]+/g, ''), document.querySelector('h1').innerText.replace(/[0-9]+/g, '')]"
FOCUSED_DAY = "return document.activeElement.dataset.date"
LEAVING = "document.documentElement.dataset.leaving = ''"
ARRIVED = "return !('leaving' in document.documentElement.dataset) && document.readyState === 'complete'"


class Axe(Enum):
    """Where axe looks at the pages that a story comes to."""

    NEVER = 0
    EACH_KIND = 1
    """Once at each address, numbers apart, and heading."""
    EVERYWHERE = 2


class Hands(ABC):
    """Somebody at a page of some width: presses of links and buttons, filled fields, and the time they would take."""

    def __init__(self, page: Browser, width: int, axe: Axe = Axe.NEVER) -> None:
        self.page, self.width, self.axe = page, width, axe
        self.looked_at: set[tuple[str, ...]] = set()
        self.presses = self.fields = 0
        self.seconds = 0.0
        page.size(width, HEIGHT)
        if axe is not Axe.NEVER:
            page.look_closely()

    def come_in(self, app: OfficeApp, where: str, person: str) -> None:
        """Be somebody who joined on another day, at the first page."""
        sign_in(self.page, app, where, person)
        self.look()

    def press(self, css: str, says: str = "") -> None:
        """Press a link or a button, and wait for the page that it brings."""
        self._leave(lambda: self._press(css))
        assert says in self.page.text(), (says, self.page.text())

    def _leave(self, act: Callable[[], None]) -> None:
        self.page.run(LEAVING)
        self._count_press()
        act()
        assert self.page.wait(lambda: self.page.run(ARRIVED)), self.page.text()
        self.look()

    def open(self, css: str, brings: str) -> None:
        """Press what changes the page without leaving it, and wait for what comes."""
        self._count_press()
        self._press(css)
        self.page.until(brings)

    def fill(self, css: str, text: str) -> None:
        """Write a field anew."""
        self._count_field(text)
        self._fill(css, text)
        assert self.page.run(VALUE, css) == text, css

    def go_on(self, css: str, text: str) -> None:
        """Write more behind what stands in a field."""
        self._count_field(text)
        before = self.page.run(VALUE, css)
        self._go_on(css, text)
        assert self.page.run(VALUE, css) == before + text, css

    def choose(self, css: str, value: str) -> None:
        """Take one of the choices of a field."""
        self._count_field("")
        self._choose(css, value)
        assert self.page.run(VALUE, css) == value, css

    def take_day(self, day: str) -> None:
        """Take a day in the calendar that is open."""
        self.seconds += SECONDS_TO_DECIDE
        self._take_day(day)

    def open_row(self, place: int) -> None:
        """Open a row of the list, counted from 1, and wait for its page."""
        self._leave(lambda: self._open_row(place))

    def attach(self, css: str, file: Path) -> None:
        """Name a file; the system's own window for it is not part of the page."""
        self._count_field("")
        self._reach(css)
        self.page.type(css, str(file))

    def look(self) -> None:
        """What must hold of each page that somebody comes to."""
        fits(self.page)
        if self.axe is Axe.NEVER:
            return
        kind = tuple(self.page.run(KIND_OF_PAGE))
        if self.axe is Axe.EVERYWHERE or kind not in self.looked_at:
            self.looked_at.add(kind)
            assert serious(self.page) == []

    def counted(self) -> str:
        """What was done so far, in one line."""
        minutes = self.seconds / 60
        return f"{type(self).__name__} at {self.width} px: {self.presses} presses, {self.fields} fields, {minutes:.1f} minutes"

    def _count_press(self) -> None:
        self.presses += 1
        self.seconds += SECONDS_TO_DECIDE + SECONDS_TO_CLICK

    def _count_field(self, text: str) -> None:
        self.fields += 1
        self.seconds += SECONDS_TO_DECIDE + SECONDS_TO_CLICK + SECONDS_TO_TYPE * len(text)

    def tick(self, css: str) -> None:
        """Tick a box that is not ticked."""
        self._count_field("")
        self._tick(css)
        assert self.page.run("return document.querySelector(arguments[0]).checked", css), css

    @abstractmethod
    def tick_rows(self, numbers: Sequence[int]) -> None:
        """Tick these rows, which are all rows of the list."""

    @abstractmethod
    def _tick(self, css: str) -> None: ...
    @abstractmethod
    def _take_day(self, day: str) -> None: ...
    @abstractmethod
    def _open_row(self, place: int) -> None: ...
    @abstractmethod
    def _press(self, css: str) -> None: ...
    @abstractmethod
    def _fill(self, css: str, text: str) -> None: ...
    @abstractmethod
    def _go_on(self, css: str, text: str) -> None: ...
    @abstractmethod
    def _choose(self, css: str, value: str) -> None: ...
    @abstractmethod
    def _reach(self, css: str) -> None: ...


class Pointer(Hands):
    """A mouse or a finger: what lies under something else, or outside the window, cannot be pressed."""

    def _tick(self, css: str) -> None:
        self.page.click(css)

    def tick_rows(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self.page.click(f"#pick-{number}")

    def _take_day(self, day: str) -> None:
        self.page.click(f".calendar button[data-date='{day}']")

    def _open_row(self, place: int) -> None:
        self.page.click(f"table.list tbody tr:nth-child({place}) a.open")

    def _press(self, css: str) -> None:
        self.page.click(css)

    def _fill(self, css: str, text: str) -> None:
        self.page.call("POST", f"/element/{self.page.find(css)}/clear", {})
        self.page.type(css, text)

    def _go_on(self, css: str, text: str) -> None:
        self.page.type(css, text)

    def _choose(self, css: str, value: str) -> None:
        self.page.click(f"{css} option[value='{value}']")

    def _reach(self, css: str) -> None:
        """A pointer is everywhere at once."""


class Keyboard(Hands):
    """Keys alone: Tab to what is meant, and then Enter, Space, arrows or letters."""

    def _tick(self, css: str) -> None:
        self._reach(css)
        self._keys(" ")

    def tick_rows(self, numbers: Sequence[int]) -> None:
        self._keys("jx" * len(numbers))

    def _take_day(self, day: str) -> None:
        away = (date.fromisoformat(day) - date.fromisoformat(self.page.run(FOCUSED_DAY))).days
        weeks, days = divmod(away, 7)
        self._keys((DOWN if weeks > 0 else UP) * abs(weeks) + RIGHT * days + ENTER)

    def _open_row(self, place: int) -> None:
        self._keys("j" * place + ENTER)

    def _press(self, css: str) -> None:
        self._reach(css)
        self._keys(ENTER)

    def _fill(self, css: str, text: str) -> None:
        self._reach(css)
        self.page.keys("a", holding=CONTROL)
        self._keys(text)

    def _go_on(self, css: str, text: str) -> None:
        self._reach(css)
        self.page.keys(END, holding=CONTROL)
        self._keys(text.replace("\n", ENTER))

    def _choose(self, css: str, value: str) -> None:
        self._reach(css)
        away = self.page.run(CHOICE, css, value)
        self._keys((DOWN if away > 0 else UP) * abs(away))

    def _reach(self, css: str) -> None:
        """Press Tab until an element has the focus; whatever else stops Tab on the way is passed as well."""
        for _ in range(10):
            away = self.page.run(AWAY, css)
            assert away is not None, f"Tab never comes to {css}"
            if not away:
                return
            self.page.keys(TAB * abs(away), holding=SHIFT if away < 0 else "")
            self.seconds += SECONDS_TO_KEY * abs(away)
        raise AssertionError(f"Tab does not come to {css}")

    def _keys(self, keys: str) -> None:
        self.seconds += SECONDS_TO_KEY * len(keys)
        self.page.keys(keys)


WIDTHS = (1280, 360)  # pixels: a PC, a telephone
PLAYS_ALL = os.environ.get("GONGKAI_STORY_LEGS") == "all"
"""``make stories`` plays every story with both kinds of hands at both widths, and looks at each page with axe."""


def played(kind: type[Hands], width: int) -> pytest.MarkDecorator:
    """Play a story in every way, or in the one way of ``make test``; the stories there share the ways out."""
    legs = (
        [(each, pixels) for each in (Pointer, Keyboard) for pixels in WIDTHS]
        if PLAYS_ALL
        else [(kind, width)]
    )
    names = [f"{each.__name__}-{pixels}" for each, pixels in legs]
    return pytest.mark.parametrize("hands", legs, indirect=True, ids=names)

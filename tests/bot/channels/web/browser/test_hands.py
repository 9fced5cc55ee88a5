"""The hands notice what keeps people out: a button that Tab passes over, or that lies under something else."""

import pytest

from tests.bot.channels.web.browser.driver import Browser
from tests.bot.channels.web.browser.hands import Keyboard, Pointer

UNREACHED = (
    "data:text/html,<p><a href='%23'>one</a><button id='it' tabindex='-1' style='opacity:.5'>two</button>"
)
COVERED = "data:text/html,<button id='it'>one</button><p style='position:fixed;inset:0;margin:0'>over it"
WIDE = "data:text/html,<p style='width:2000px'>one"


def test_a_button_that_tab_passes_over_is_noticed_by_keyboard_alone(page: Browser) -> None:
    page.go(UNREACHED)
    with pytest.raises(AssertionError, match="Tab never comes to #it"):
        Keyboard(page, 1280).open("#it", brings="#it")
    Pointer(page, 1280).open("#it", brings="#it")


def test_a_button_that_lies_under_something_is_noticed_by_the_pointer_alone(page: Browser) -> None:
    page.go(COVERED)
    with pytest.raises(AssertionError, match="click intercepted"):
        Pointer(page, 360).open("#it", brings="#it")
    Keyboard(page, 360).open("#it", brings="#it")


def test_a_page_that_is_wider_than_its_window_is_noticed(page: Browser) -> None:
    page.go(WIDE)
    with pytest.raises(AssertionError):
        Pointer(page, 360).look()

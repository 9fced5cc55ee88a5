"""The first page of the office in a real browser, at a PC's width and a telephone's."""

from bot.services.app import OfficeApp
from tests.bot.channels.web.browser.driver import Browser, fits, serious
from tests.bot.channels.web.browser.page_list import sign_in
from tests.bot.channels.web.browser.serving import serving

BAR_WIDTHS = (
    "return [...document.querySelectorAll('.bars svg')].map(bar => bar.getBoundingClientRect().width)"
)
WORD_SIZES = "return [...document.querySelectorAll('.bars span')].map(word => parseFloat(getComputedStyle(word).fontSize))"


def test_the_workbench_is_read_at_both_widths(late_november: OfficeApp, page: Browser) -> None:
    with serving(late_november) as where:
        sign_in(page, late_november, where, "clerk")
        assert page.says("依申请公开：已过的工作日")
        for width in (1280, 360):
            page.size(width, 900)
            fits(page)
            assert min(page.run(BAR_WIDTHS)) > 250
            assert min(page.run(WORD_SIZES)) >= 16  # pixels: the words are not drawn, so they do not shrink
            assert serious(page) == []
        page.click(".tally a[href='/open?due=late']")
        assert page.says("只列：已逾期")
        fits(page)
        assert page.errors() == []

"""From an empty folder to the first village's report in a real browser, with presses, fields and time counted."""

from io import BytesIO
from pathlib import Path

import pdfplumber
from openpyxl import Workbook

from bot.channels.web.setup.server import create_setup_app
from bot.channels.web.setup.site import SetupSite
from bot.services.app import open_app
from config.clock import ManualClock
from config.office.folder import OfficeFolder
from storage.events.events import Stepped
from tests.bot.channels.web.browser.driver import Browser
from tests.bot.channels.web.browser.hands import Hands, Pointer, played
from tests.bot.channels.web.browser.serving import serving, serving_app
from tests.bot.channels.web.setup.founder import ROSTER
from tests.town import run_sweep

ALLOWED_SECONDS = 15 * 60
NEXT = "form.fill[aria-label] .act button"
STEPS = ("每月报送", "全年日期", "网站和联系方式", "年报正文", "都齐了")


def assert_codes_are_printed_apart(page: Browser) -> None:
    """The cards are cut out and handed round; the codes that let a keeper in go into the safe."""
    posts = page.run("return [...document.querySelectorAll('.cards h3')].map(one => one.innerText)")
    codes = page.run("return [...document.querySelectorAll('ol .code')].map(one => one.innerText)")
    with pdfplumber.open(BytesIO(page.printed())) as paper:
        sheets = ["".join((sheet.extract_text() or "").split()) for sheet in paper.pages]
    locked = [sheet for sheet in sheets if any(code in sheet for code in codes)]
    assert locked
    assert not any(post in sheet for post in posts for sheet in locked)
    assert any(post in sheet for post in posts for sheet in sheets)


def roster_file(folder: Path) -> Path:
    book = Workbook()
    for row in (("姓名", "职务", "单位", "AB岗"), *(("某某", *row) for row in ROSTER)):
        book.active.append(row)
    book.save(folder / "人员.xlsx")
    return folder / "人员.xlsx"


@played(Pointer, 360)
def test_an_empty_folder_becomes_an_office_whose_village_reports(
    tmp_path: Path, clock: ManualClock, hands: Hands
) -> None:
    site = SetupSite(home=OfficeFolder(tmp_path / "town"), clock=clock)
    page = hands.page
    with serving_app(create_setup_app(site)) as where:
        page.go(f"{where}/setup/begin-{site.token}")
        links = _set_up(hands, roster_file(tmp_path))
        page.go("about:blank")  # the last page asks every second for an office that no program opens here
    app = open_app(tmp_path / "town", clock)
    run_sweep(app)
    with serving(app) as where:
        reporter = [row[0] for row in ROSTER].index("甲村信息员")
        page.go(f"{where}/join/{links[reporter].rpartition('/')[2]}")
        hands.press("main button", "甲村")
        hands.press("button[value='step:zero_declared']", "已记录")
    with app.log() as log:
        (reported,) = [one for one in log.read() if isinstance(one.record, Stepped)]
    assert (reported.actor, reported.record.step) == (app.office.villages[0].reporter, "zero_declared")
    assert hands.seconds < ALLOWED_SECONDS


def _set_up(hands: Hands, roster: Path) -> list[str]:
    """Go through every step. Returns the links of the invitation cards."""
    assert hands.page.says("第 1 步 单位")
    hands.fill("[name='short_name']", "青山镇")
    hands.fill("[name='county']", "东湖区")
    hands.press(NEXT, "第 2 步 部门和村")
    hands.go_on("[name='departments']", "\n财政所")
    hands.fill("[name='villages']", "甲村")
    hands.press(NEXT, "第 3 步 人员")
    hands.attach("#roster", roster)
    hands.press("form[enctype] button", "人员")
    assert hands.page.find_all("input[value='甲村信息员']")
    hands.press("button[value='people']", "第 4 步 谁签什么")
    for title in STEPS:
        hands.press(NEXT, title)
    hands.press(NEXT, "青山镇人民政府 建好了")
    assert "某某" not in hands.page.text()
    links = hands.page.run("return [...document.querySelectorAll('.cards .hint')].map(one => one.innerText)")
    assert_codes_are_printed_apart(hands.page)
    hands.press(NEXT, "正在打开")
    return links

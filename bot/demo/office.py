"""What the office itself does: it counts, holds activities, keeps its dates, tells the months, answers disputes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bot.demo.simulated_person import word
from bot.demo.town import Story, Town, signed
from bot.language.phrasebook import phrasebook
from bot.services.bulletins import draw_bulletin, telling_of
from config.declarations.annual_dates import REPORT as REPORTED
from config.declarations.annual_dates import YearDate
from config.duties.annual_report import DUTY as REPORT
from config.duties.dispute import DUTY as DISPUTE
from config.duties.dispute import ROUTES
from config.duties.yearly import DUTY as YEARLY
from scheduler.terms.deadlines import due
from scheduler.villages.months import month_before, reference_month
from storage.documents.bulletin.word import bulletin_docx
from storage.events.manifest import Manifest, attachment, described_by

CONFIRM, CLOSE = word("verb.confirm"), word("verb.close")
JULY, QUARTERS, ISSUES = 7, (3, 6, 9, 12), (4, 9)
ACTIVITIES = (
    (4, "业务培训 政府信息公开条例解读 46人"),
    (5, "宣传活动 政务公开日进集市 320人"),
    (6, "工作会议 半年工作调度 28人"),
    (9, "业务培训 三审三校实务 52人"),
    (10, "满意度调查 服务窗口问卷 137人"),
    (11, "督察检查 各村公开栏检查 6人"),
)


def office_year(town: Town) -> Iterator[tuple[Story, date]]:
    """Everything that is not a request, a text or a village's month."""
    yield _before_us(town), date(town.year, 1, 3)
    yield _stock(town), date(town.year, 1, 2)
    for month in range(1, 13):
        yield _registers(town, month), date(town.year, month, 25)
        yield _bulletin(town, date(town.year, month, 1)), month_before(date(town.year, month, 1), -1)
    for month, said in ACTIVITIES:
        yield _activity(town, said), date(town.year, month, 15)
    for row in town.works.office.year_dates:
        yield _dated(town, row), date(town.year, 1, 2)
    yield _reconsidered(town), date(town.year, 5, 11)
    yield _sued(town), date(town.year, 11, 12)


def _stock(town: Town) -> Story:
    """How many normative documents hold as the year begins."""
    town.posts["clerk"].does(f"现行有效行政规范性文件 {town.chance('stock').randrange(5, 12)}")
    yield from ()


def _registers(town: Town, month: int) -> Story:
    """“许可 3”: what art. 20 counts, once a month; in July a slip of the finger is taken back within its minute."""
    clerk, luck = town.posts["clerk"], town.chance(f"registers {month}")
    if month == JULY:
        clerk.does("许可 330")
        clerk.does(word("verb.undo"))
        town.happened.append("undone")
    for matter, most in (("许可", 40), ("处罚", 6), ("强制", 2)):
        count = luck.randrange(most + 1)
        if count:
            clerk.does(f"{matter} {count}")
    clerk.does(f"收费 {luck.randrange(20_000, 900_000) / 100:.2f} 元")
    if month in ISSUES:
        clerk.does("制发行政规范性文件 1")
    if month == JULY:
        clerk.does("废止行政规范性文件 1")
    if month in QUARTERS:
        clerk.says(word("verb.year"))
    yield from ()


def _before_us(town: Town) -> Story:
    """Last year's report was published before anything was recorded here: its case is struck out, with the reason."""
    case = town.find(REPORT.kind, f"{town.year - 1}/{REPORTED}")
    if case:
        opened = town.case(case).entries[0].position
        with town.works.desk.sitting(actor="clerk", means="page") as desk:
            desk.amend(opened, "上一年的年度报告在启用本系统以前已经公布")
    yield from ()


def _activity(town: Town, said: str) -> Story:
    town.posts["clerk"].does(said)
    town.happened.append("activity")
    yield from ()


def _dated(town: Town, row: YearDate) -> Story:
    """A date of the year: done some days before, its paper signed where the office wants it, its evidence filed."""
    while not (case := town.find(YEARLY.kind, f"{town.year}/{row.id}")):
        yield town.later(1)
    found = town.case(case)
    last = due([record for _, record in found.story], YEARLY, town.works.calendar).day
    if last:
        yield town.works.calendar.nth_before(last, 6)
    owner = town.posts[row.owner]
    owner.does(f"在办 {case}")
    filed = "样例：党政办档案柜"
    if row.sign_off:
        yield from signed(town, case, lambda version: _lay_plan(town, row, case, version))
    owner.does(f"办理完毕 {case}")
    owner.does(f"材料归档 {case} {filed}", CONFIRM)
    owner.does(f"{CLOSE} {case}", "1", CONFIRM)
    town.happened.append("dated")


def _lay_plan(town: Town, row: YearDate, case: int, version: int) -> None:
    content = f"{row.name}（第{version}稿）".encode()
    file = attachment("方案.txt", content)
    step = next(step.key for step in YEARLY.steps if step.released)
    manifest = Manifest(title=row.name, attachments=(file,), decision=step, **described_by({}))
    town.lays(row.owner, case, manifest, (content,))


def _bulletin(town: Town, month: date) -> Story:
    """The month told: drawn, signed by two, sent, and closed. Its signed bytes are kept in the archive."""
    duty = telling_of(town.works).told_by
    while not (case := town.find(duty.kind, reference_month(month))):
        yield town.later(1)
    sent = next(step for step in duty.steps if step.released)
    yield town.later(1)

    def lay(_version: int) -> None:
        content = bulletin_docx(draw_bulletin(town.works, month), phrasebook("zh").say)
        name = f"{reference_month(month)}.docx"
        manifest = Manifest(title=duty.label, attachments=(attachment(name, content),), decision=sent.key)
        town.lays("clerk", case, manifest, (content,))

    yield from signed(town, case, lay)
    clerk = town.posts["clerk"]
    clerk.does(f"{sent.label} {case}", CONFIRM)
    clerk.does(f"{CLOSE} {case}", "1", CONFIRM)
    town.happened.append("bulletin")


def _reconsidered(town: Town) -> Story:
    """One reconsideration, upheld."""
    clerk = town.posts["clerk"]
    reference = f"复议{town.year}-1"
    clerk.does(f"登记{DISPUTE.label} {reference}", ROUTES["reconsideration"])
    case = town.find(DISPUTE.kind, reference)
    yield town.later(6)
    clerk.does(f"提交答复或者答辩状 {case}")
    yield town.works.today + timedelta(days=50)
    clerk.does(f"{CLOSE} {case}", "1", CONFIRM)
    town.happened.append("dispute")


def _sued(town: Town) -> Story:
    """One lawsuit, still open as the year ends."""
    clerk = town.posts["clerk"]
    reference = f"诉讼{town.year}-1"
    clerk.does(f"登记{DISPUTE.label} {reference}", ROUTES["litigation_after_reconsideration"])
    case = town.find(DISPUTE.kind, reference)
    yield town.later(5)
    clerk.does(f"提交答复或者答辩状 {case}")
    town.happened.append("dispute")

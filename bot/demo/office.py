"""Stories of the office's own work: registers, activities, yearly dates, bulletins and disputes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bot.demo.simulated_person import CLOSE_WORD, CONFIRM_WORD, phrase_word
from bot.demo.town import DemoTown, TownStory, submit_until_decided
from bot.language.phrasebook import phrasebook
from bot.services.bulletins import bulletin_kinds, draw_bulletin
from config.declarations.annual_dates import REPORT_DATE_ID as REPORTED
from config.declarations.annual_dates import AnnualDate
from config.duties.annual_report import DUTY as REPORT
from config.duties.dispute import DUTY as DISPUTE
from config.duties.dispute import ROUTES
from config.duties.yearly import DUTY as YEARLY
from scheduler.terms.deadlines import due_date
from scheduler.villages.months import month_before, month_reference
from storage.documents.bulletin.word import bulletin_docx
from storage.events.manifest import Manifest, description_from, manifest_attachment

JULY, QUARTERS = 7, (3, 6, 9, 12)
ACTIVITIES = (
    (4, "业务培训 政府信息公开条例解读 46人"),
    (5, "宣传活动 政务公开日进集市 320人"),
    (6, "工作会议 半年工作调度 28人"),
    (9, "业务培训 三审三校实务 52人"),
    (10, "满意度调查 服务窗口问卷 137人"),
    (11, "督察检查 各村公开栏检查 6人"),
)


def office_year(town: DemoTown) -> Iterator[tuple[TownStory, date]]:
    """The stories of everything that is not a request, a text or a village's month, with their first days."""
    yield _void_earlier_report(town), date(town.year, 1, 3)
    for month in range(1, 13):
        yield _monthly_counts(town, month), date(town.year, month, 25)
        yield _month_bulletin(town, date(town.year, month, 1)), month_before(date(town.year, month, 1), -1)
    for month, said in ACTIVITIES:
        yield _record_activity(town, said), date(town.year, month, 15)
    for row in town.app.office.year_dates:
        yield _annual_date(town, row), date(town.year, 1, 2)
    yield _reconsideration(town), date(town.year, 5, 11)
    yield _lawsuit(town), date(town.year, 11, 12)


def _monthly_counts(town: DemoTown, month: int) -> TownStory:
    """Reports the counts of art. 20 once a month (“许可 3”); in July a wrong one is undone within its minute."""
    clerk, luck = town.posts["clerk"], town.rng(f"registers {month}")
    if month == JULY:
        clerk.perform("许可 330")
        clerk.perform(phrase_word("verb.undo"))
        town.happened.append("undone")
    for matter, most in (("许可", 40), ("处罚", 6), ("强制", 2)):
        count = luck.randrange(most + 1)
        if count:
            clerk.perform(f"{matter} {count}")
    clerk.perform(f"收费 {luck.randrange(20_000, 900_000) / 100:.2f} 元")
    if month in QUARTERS:
        clerk.write(phrase_word("verb.year"))
    yield from ()


def _void_earlier_report(town: DemoTown) -> TownStory:
    """Strikes out the case of last year's report, which was published before anything was recorded here."""
    case = town.find(REPORT.kind, f"{town.year - 1}/{REPORTED}")
    if case:
        opened = town.case(case).entries[0].position
        with town.app.recorder.transaction(actor="clerk", means="page") as uow:
            uow.corrections.amend(opened, "上一年的年度报告在启用本系统以前已经公布")
    yield from ()


def _record_activity(town: DemoTown, said: str) -> TownStory:
    town.posts["clerk"].perform(said)
    town.happened.append("activity")
    yield from ()


def _annual_date(town: DemoTown, row: AnnualDate) -> TownStory:
    """Completes a date of the year some days early: its paper is signed where required, its evidence is filed."""
    while not (case := town.find(YEARLY.kind, f"{town.year}/{row.id}")):
        yield town.workdays_later(1)
    found = town.case(case)
    last = due_date(found.records, YEARLY, town.app.calendar).day
    if last:
        yield town.app.calendar.nth_before(last, 6)
    owner = town.posts[row.owner]
    owner.perform(f"在办 {case}")
    filed = "样例：党政办档案柜"
    if row.sign_off:
        yield from submit_until_decided(town, case, lambda version: _submit_plan(town, row, case, version))
    owner.perform(f"办理完毕 {case}")
    owner.perform(f"材料归档 {case} {filed}", CONFIRM_WORD)
    owner.perform(f"{CLOSE_WORD} {case}", "1", CONFIRM_WORD)
    town.happened.append("dated")


def _submit_plan(town: DemoTown, row: AnnualDate, case: int, version: int) -> None:
    content = f"{row.name}（第{version}稿）".encode()
    file = manifest_attachment("方案.txt", content)
    step = next(step.key for step in YEARLY.steps if step.requires_approval)
    manifest = Manifest(title=row.name, attachments=(file,), decision=step, **description_from({}))
    town.submit_text(row.owner, case, manifest, (content,))


def _month_bulletin(town: DemoTown, month: date) -> TownStory:
    """Takes a month's bulletin to its end: generated, signed by two, sent and closed."""
    duty = bulletin_kinds(town.app).bulletin_duty
    while not (case := town.find(duty.kind, month_reference(month))):
        yield town.workdays_later(1)
    sent = next(step for step in duty.steps if step.requires_approval)
    yield town.workdays_later(1)

    def lay(_version: int) -> None:
        content = bulletin_docx(draw_bulletin(town.app, month), phrasebook("zh").say)
        name = f"{month_reference(month)}.docx"
        manifest = Manifest(
            title=duty.label, attachments=(manifest_attachment(name, content),), decision=sent.key
        )
        town.submit_text("clerk", case, manifest, (content,))

    yield from submit_until_decided(town, case, lay)
    clerk = town.posts["clerk"]
    clerk.perform(f"{sent.label} {case}", CONFIRM_WORD)
    clerk.perform(f"{CLOSE_WORD} {case}", "1", CONFIRM_WORD)
    town.happened.append("bulletin")


def _reconsideration(town: DemoTown) -> TownStory:
    """One administrative reconsideration, upheld."""
    clerk = town.posts["clerk"]
    reference = f"复议{town.year}-1"
    clerk.perform(f"登记{DISPUTE.label} {reference}", ROUTES["reconsideration"])
    case = town.find(DISPUTE.kind, reference)
    yield town.workdays_later(6)
    clerk.perform(f"提交答复或者答辩状 {case}")
    yield town.app.today + timedelta(days=50)
    clerk.perform(f"{CLOSE_WORD} {case}", "1", CONFIRM_WORD)
    town.happened.append("dispute")


def _lawsuit(town: DemoTown) -> TownStory:
    """One lawsuit, still open at the end of the year."""
    clerk = town.posts["clerk"]
    reference = f"诉讼{town.year}-1"
    clerk.perform(f"登记{DISPUTE.label} {reference}", ROUTES["litigation_after_reconsideration"])
    case = town.find(DISPUTE.kind, reference)
    yield town.workdays_later(5)
    clerk.perform(f"提交答复或者答辩状 {case}")
    town.happened.append("dispute")

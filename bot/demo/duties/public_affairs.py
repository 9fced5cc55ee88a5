"""Stories of what the town also owes: its catalogue, the villages' boards, messages, notices, complaints, documents.

They are entered on the page, as whoever keeps such a record does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from bot.demo.town import DemoTown, TownStory
from bot.services.catalogue.office_catalogue import shipped_matters, with_matters
from bot.services.office.changes import change_office, written_office
from config.declarations.keys import MATTER_KIND
from config.declarations.villages.boards import QUARTERLY, QUARTERS
from config.duties.public_affairs.village_affairs import ITEMS
from config.office.document import edit_document
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.worklist.office_change import OfficeEdit
from storage.eventlog.projections import CaseProjections
from storage.events.events import Facts

CLERK, SITE = "clerk", "https://www.zhaoduba.example/affairs"
ARCHIVE = "档案柜（样例）"
MESSAGES = (
    (1, "冬季取暖补贴什么时候发", "website"),
    (2, "村口路灯不亮", "hotline"),
    (3, "春耕化肥补贴怎么申请", "event"),
    (3, "宅基地审批要多少天", "window"),
    (5, "医保缴费截止到哪天", "media"),
    (6, "河道清淤什么时候完工", "website"),
    (8, "秸秆能不能焚烧", "hotline"),
    (9, "公交末班车能不能延长", "event"),
    (11, "农机补贴名单在哪里看", "website"),
    (12, "低保每年什么时候复核", "letter"),
)
RATINGS = ("satisfied", "satisfied", "fair", "satisfied", "dissatisfied")
NOTICES = (
    (4, "临时救助对象公示", "社会救助"),
    (8, "征收土地预公告", "土地征收"),
    (12, "农村低保对象公示", "社会救助"),
)
EARLIER_DOCUMENTS = (
    (6, "农村集体资产管理办法"),
    (5, "镇级项目管理办法"),
    (4, "村规民约备案办法"),
    (3, "公益性岗位管理办法"),
    (2, "秸秆综合利用奖补办法"),
)
"""Documents in force as the year begins, with how many years ago they were issued: the first is reviewed, the second
repealed."""
COUNTY_READS = {"report": True, "matters": ["预算"]}
DOCUMENTS = ((4, "农村人居环境奖补办法"), (9, "村级小型工程管理办法"))
RESULTS = (
    (1, "财政所", "praised", "上年公开及时、内容完整"),
    (7, "甲村", "praised", "半年报送信息最多"),
    (7, "农业办公室", "talked", "两个月没有更新栏目"),
    (10, "乙村", "criticised", "第三季度村务公开缺少财务明细"),
    (10, "乙村", "rectify", "补齐第三季度财务明细"),
)


def public_affairs_stories(town: DemoTown) -> Iterator[tuple[TownStory, date]]:
    """Every further story of the year with the day on which it begins."""
    yield _take_catalogue_over(town), date(town.year, 1, 2)
    for number, (years, title) in enumerate(EARLIER_DOCUMENTS):
        yield _earlier_document(town, number, years, title), date(town.year, 1, 3)
    for month in QUARTERS:
        for village in town.app.office.villages:
            yield _board(town, village.id, month), date(town.year, month, 15)
    for number, (month, matter, came_by) in enumerate(MESSAGES):
        yield _message(town, number, matter, came_by), date(town.year, month, 6)
    for month, title, matter in NOTICES:
        yield _notice(town, title, matter), date(town.year, month, 8)
    for month, title in DOCUMENTS:
        yield _document(town, month, title), date(town.year, month, 12)
    for number, (month, about, result, reason) in enumerate(RESULTS):
        yield _assessment(town, number, about, result, reason), date(town.year, month, 20)
    yield _correction(town), date(town.year, 6, 9)
    yield _complaint(town), date(town.year, 9, 14)
    yield _county_review(town), date(town.year, 3, 10)
    yield _penalty_withdrawal(town), date(town.year, 11, 17)
    yield _declare_nothing_new(town), date(town.year, 12, 22)


def _record(town: DemoTown, act: Callable[[UnitOfWork], int | None]) -> int:
    with town.app.recorder.transaction(actor=CLERK, means="page") as uow:
        return act(uow) or 0


def _open(town: DemoTown, kind: str, reference: str, facts: Facts) -> int:
    return _record(town, lambda uow: uow.cases.open(kind, reference, town.app.today, facts))


def _step(town: DemoTown, case: int, step: str, **facts: str) -> None:
    _record(town, lambda uow: uow.cases.step(case, step, town.app.today, facts))


def _close(town: DemoTown, case: int, outcome: str) -> None:
    _record(town, lambda uow: uow.cases.close(case, outcome, town.app.today))


def _take_catalogue_over(town: DemoTown) -> TownStory:
    """Take the shipped catalogue over, and ask the villages for their boards, from the first working day on."""
    written = written_office(town.app)
    document = with_matters(written.document, shipped_matters(town.app.today), CLERK)
    document = edit_document(document, "village_affairs", "", {"finances": QUARTERLY})
    document = edit_document(document, "county_first", "", COUNTY_READS)
    edit = OfficeEdit(
        document=document,
        files=written.files,
        holds_from=town.app.today,
        reason="取用公开目录，各村按季公开村务",
        expected=written.position,
    )
    change_office(town.app, edit, actor=CLERK, means="page", accepted=True)
    yield from ()


def _board(town: DemoTown, village: str, month: int) -> TownStory:
    """A village files its board; the town looks, and once asks for a correction; one complaint is looked into."""
    name = f"{town.year}/{village}-q{month // 3}"
    while not (case := town.find("village_affairs", name)):
        yield town.workdays_later(1)
    luck = town.rng(f"board {name}").random()
    _step(town, case, "filed", photo=ARCHIVE, sheet=ARCHIVE)
    yield town.workdays_later(2)
    if luck < 0.2:  # noqa: PLR2004 - one board in five
        _step(town, case, "looked", **dict.fromkeys(ITEMS, "agrees") | {"levies": "missing"})
        _step(town, case, "board_returned", items="缺少“一事一议”筹资明细")
        yield town.workdays_later(3)
        _step(town, case, "filed_again", photo=ARCHIVE, sheet=ARCHIVE)
    if luck > 0.9:  # noqa: PLR2004 - one in ten
        _step(town, case, "complained", about="修路款支出")
        yield town.workdays_later(4)
        _step(town, case, "investigated", about="修路款支出", finding="账目与公开一致，已向反映人说明")
    _step(town, case, "looked", **dict.fromkeys(ITEMS, "agrees"))
    _close(town, case, "whole")


def _message(town: DemoTown, number: int, matter: str, came_by: str) -> TownStory:
    """A message is answered, half of them in public, and most are rated."""
    facts = {"matter": matter, "came_by": came_by}
    case = _open(town, "message", f"留言〔{town.year}〕{number + 1}号", facts)
    yield town.workdays_later(2 + number % 7)
    _step(town, case, "answered", answer="已转有关站所办理，办理情况和政策依据一并告知")
    if number % 2 == 0:
        _step(town, case, "made_public", address=f"{SITE}/{case}.html")
    yield town.workdays_later(2)
    if number % 5 < len(RATINGS) - 1:
        _step(town, case, "rated", rating=RATINGS[number % len(RATINGS)])
    _close(town, case, "answered_public" if number % 2 == 0 else "answered_private")


def _notice(town: DemoTown, title: str, matter: str) -> TownStory:
    """A notice stays as long as its matter says, with one objection that is answered, and is taken down."""
    facts = {"title": title, "place": "镇政府公示栏和村口公示栏", "matter": matter}
    case = _open(town, "posted_notice", f"公示〔{town.year}〕{title}", facts)
    _step(town, case, "photographed", file=ARCHIVE)
    yield town.workdays_later(3)
    _step(town, case, "objected", about="公示对象的家庭收入")
    _step(town, case, "objection_answered", about="公示对象的家庭收入", finding="入户核实，符合条件")
    yield town.workdays_later(9)
    _step(town, case, "taken_down", file=ARCHIVE)
    _close(town, case, "stayed")


def _earlier_document(town: DemoTown, number: int, years: int, title: str) -> TownStory:
    """A document that was out before is entered; one is reviewed in the summer, another repealed."""
    issued = date(town.year - years, 5, 20)
    facts = {
        "title": title,
        "number": f"召政发〔{issued.year}〕{number + 3}号",
        "owner": CLERK,
        "earlier": "yes",
        "until": str(issued.replace(year=issued.year + 10)),
    }
    if number == 0:
        facts["review"] = str(date(town.year, 7, 10))
    case = _record(town, lambda uow: uow.cases.open("normative_document", facts["number"], issued, facts))
    if number > 1:
        return
    yield date(town.year, 7, 7 + number)
    if number == 0:
        _step(town, case, "reviewed", finding="与上位法一致，继续执行")
    else:
        _close(town, case, "repealed")


def _document(town: DemoTown, month: int, title: str) -> TownStory:
    """A normative document is issued, interpreted within two days, and stays in force."""
    facts = {
        "title": title,
        "number": f"召政规〔{town.year}〕{month}号",
        "owner": CLERK,
        "until": str(date(town.year + 5, month, 12)),
    }
    case = _open(town, "normative_document", facts["number"], facts)
    yield town.workdays_later(2)
    _step(town, case, "interpreted", address=f"{SITE}/{case}.html")
    _step(town, case, "completed")


def _assessment(town: DemoTown, number: int, about: str, result: str, reason: str) -> TownStory:
    """What assessment led to is told; an order to correct is followed up to its check."""
    facts = {"about": about, "result": result, "reason": reason}
    if result == "rectify":
        facts["until"] = str(town.workdays_later(10))
    case = _open(town, "assessment_result", f"考核〔{town.year}〕{number + 1}号", facts)
    _step(town, case, "announced", to="各部门、各村")
    if result != "rectify":
        _close(town, case, "done")
        return
    yield town.workdays_later(6)
    _step(town, case, "rectified", measure="补充公开明细", file=ARCHIVE)
    yield town.workdays_later(1)
    _step(town, case, "rechecked", finding="已补齐")
    _close(town, case, "made_good")


def _correction(town: DemoTown) -> TownStory:
    """A record about somebody is corrected, and they are told (条例 41)."""
    facts = {"matter": "低保台账中的家庭人口数", "channel": "in_person"}
    case = _open(town, "record_correction", f"更正〔{town.year}〕1号", facts)
    yield town.workdays_later(4)
    _step(town, case, "examined", finding="与户籍登记核对，确有错误")
    _step(town, case, "result_told", how="当面告知并出具书面答复")
    _close(town, case, "record_corrected")


def _complaint(town: DemoTown) -> TownStory:
    """The county passes a complaint on: founded, corrected, reported within its day (条例 47)."""
    until = town.app.today + timedelta(days=18)
    facts = {
        "matter": "补贴标准更新不及时",
        "about": "proactive",
        "came_by": "county",
        "until": str(until),
    }
    case = _open(town, "complaint", f"投诉〔{town.year}〕1号", facts)
    yield town.workdays_later(3)
    _step(town, case, "looked_into", finding="网页上仍是上年标准")
    _step(town, case, "put_right", measure="当日更新并核对同类网页", file=ARCHIVE)
    _step(town, case, "replied", to="县政务公开办")
    _close(town, case, "founded")


def _county_review(town: DemoTown) -> TownStory:
    """The guide goes up to the county, comes back once, is approved and published."""
    case = _open(town, "county_review", f"报审〔{town.year}〕公开指南", {"title": "政府信息公开指南"})
    _step(town, case, "sent_up", to="县政务公开办")
    yield town.workdays_later(3)
    _step(town, case, "county_returned", reason="缺少传真号码", file=ARCHIVE)
    yield town.workdays_later(1)
    _step(town, case, "sent_again")
    yield town.workdays_later(3)
    _step(town, case, "county_approved", file=ARCHIVE)
    _step(town, case, "published", address=f"{SITE}/guide.html")
    _close(town, case, "approved_and_out")


def _penalty_withdrawal(town: DemoTown) -> TownStory:
    """A penalty is annulled on review: its information leaves the website within three days, with the reason."""
    facts = {
        "number": f"召罚〔{town.year}〕3号",
        "fate": "annulled",
        "decision": f"莱政复〔{town.year}〕9号",
        "decided_on": str(town.app.today),
    }
    case = _open(town, "penalty_withdrawal", f"撤回〔{town.year}〕1号", facts)
    yield town.workdays_later(1)
    _step(town, case, "withdrawn", reason="复议决定撤销原处罚决定", address=f"{SITE}/{case}.html")
    _step(town, case, "seen_gone", finding="原网页已撤下")
    _close(town, case, "withdrawn_and_explained")


def _declare_nothing_new(town: DemoTown) -> TownStory:
    """Before the year ends the owner says of most silent matters that there was nothing new; four stay silent."""
    with town.app.log() as log:
        index = CaseProjections(log.connection, log.office, town.app.duties)
        numbers = [line.number for line in index.lines_of_kind(MATTER_KIND, town.app.today)]
        silent = [case.number for case in index.cases(numbers).values() if not case.steps]
    for case in silent[:-4]:
        _step(town, case, "nothing_new", reason="本年没有形成新的信息")
    yield from ()

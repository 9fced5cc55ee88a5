"""The office's catalogue: taken over, imported, fed by texts, and how far it is covered at the year's end."""

import json
from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from bot.language.phrasebook import LANGUAGES, phrasebook
from bot.services.annual_reports import annual_report
from bot.services.catalogue.office_catalogue import (
    CatalogueUnread,
    catalogue_template,
    read_catalogue,
    shipped_matters,
)
from config.declarations.disclosure_topics import SUBJECTS
from config.errors import BadInput
from scheduler.terms.deadlines import due_date
from scheduler.validation.violations import NoSuchLink
from tests.scheduler.signoff import town as signoff
from tests.town import case_by_number, case_of, log_end, record, run_sweep, table_differences

DAY = date(2026, 11, 23)
TEXT = {"title": "处罚决定", "origin": "party_office", "disclosure": "proactive", "made_on": "2026-11-23"}
ADDRESS = "https://www.zhaoduba.example/news/1.html"


def book_of(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def test_the_shipped_catalogue_has_every_subject_and_a_basis_for_every_term():
    matters = shipped_matters(DAY)
    assert {matter.subject for matter in matters} == set(SUBJECTS)
    assert all(matter.article for matter in matters)
    assert all(matter.posted_article for matter in matters if matter.posted)
    assert shipped_matters(date(2019, 5, 14)) == ()


def test_a_term_that_was_not_read_says_so_where_it_is_read():
    (one,) = (matter for matter in shipped_matters(DAY) if matter.unconfirmed)
    assert (one.basis, one.posted_basis) == ("乡镇社会救助公开目录（待核实）",) * 2


@pytest.fixture
def adopted(app, gongkai):
    said = gongkai("catalogue", "adopt", "--owner", "office_deputy")
    assert (said.code, "26 项" in said.out, "社会救助" in said.out) == (0, True, True)
    run_sweep(app)
    return app


def test_taken_over_each_matter_has_a_case_with_its_owner(adopted):
    case = case_of(adopted, "matter", "行政处罚决定")
    assert case.facts["owner"] == "office_deputy"
    assert (case.facts["days"], case.facts["basis"]) == (7, "国办发〔2018〕118号")


def test_a_text_takes_term_channel_and_posting_from_its_matter(adopted):
    number = record(
        adopted, lambda uow: uow.cases.open("publication", "1", DAY, {**TEXT, "matter": "行政处罚决定"})
    )
    facts = case_by_number(adopted, number).facts
    assert (facts["publish_days"], facts["subject"], facts["place"]) == (7, "20_6", "网站")
    # Seven working days after Monday 23 November 2026: 24–27, 30, 1 and 2 December.
    dated = due_date(case_by_number(adopted, number).records, adopted.duties["publication"], adopted.calendar)
    assert dated.day == date(2026, 12, 2)
    posted = record(
        adopted, lambda uow: uow.cases.open("publication", "2", DAY, {**TEXT, "matter": "土地征收"})
    )
    facts = case_by_number(adopted, posted).facts
    assert (facts["posted"], facts["posted_basis"]) == (10, "土地管理法实施条例第二十六条")


def test_a_text_that_is_published_feeds_its_matter_and_counts_for_its_subject(adopted, gongkai, tmp_path):
    before = annual_report(adopted, 2026).counts.prose_figures
    case = signoff.open_text(adopted, facts={**signoff.FACTS, "matter": "预算"})
    signoff.draft(adopted, case)
    signoff.sign_all(adopted, case)
    matter = case_of(adopted, "matter", "预算")
    assert matter.steps == ()
    signoff.publish(adopted, case)
    (fed,) = case_of(adopted, "matter", "预算").steps
    assert (fed.step, fed.happened_on, fed.facts["title"]) == ("fed", DAY, "2026年预算公开")
    signoff.close(adopted, case, "archived")
    out = tmp_path / "移送明细.xlsx"
    assert gongkai("catalogue", "transfer", 2026, out).code == 0
    rows = list(load_workbook(out).active.iter_rows(min_row=3, max_row=3, values_only=True))
    assert rows[0][:5] == (1, "2026年预算公开", "预算", "财政预算、决算信息", "2026-11-23")
    after = annual_report(adopted, 2026).counts.prose_figures
    moved = {name: figure for name, figure in after.items() if figure != before[name]}
    assert moved == {"published_in_20_7": 1, "texts_published": 1}
    assert table_differences(adopted) == []


def test_a_matter_that_was_dropped_is_not_fed(adopted):
    number = case_of(adopted, "matter", "预算").number
    case = signoff.open_text(adopted, facts={**signoff.FACTS, "matter": "预算"})
    record(adopted, lambda uow: uow.cases.close(number, "dropped", DAY))
    signoff.draft(adopted, case)
    signoff.sign_all(adopted, case)
    signoff.publish(adopted, case)
    assert case_by_number(adopted, number).steps == ()


def test_a_declared_nothing_is_told_apart_from_silence(adopted, gongkai, tmp_path):
    fed, quiet = (case_of(adopted, "matter", name).number for name in ("预算", "决算"))
    record(adopted, lambda uow: uow.cases.step(fed, "fed", DAY, {"title": "2026年预算", "address": ADDRESS}))
    record(adopted, lambda uow: uow.cases.step(quiet, "nothing_new", DAY, {"reason": "决算尚未批准"}))
    said = gongkai("catalogue", "coverage", 2026, "--out", tmp_path / "coverage.png")
    assert said.code == 0
    assert "预算：1 条，最近一次 2026-11-23" in said.out
    assert "决算：说明没有新增内容" in said.out
    assert "2026年公开目录共23个类别、26项，本年公开1项、发布信息1条，说明没有新增内容的1项。" in said.out
    silent = said.out.splitlines()[-1]
    assert "土地征收" in silent
    assert "决算" not in silent
    assert (tmp_path / "coverage.png").read_bytes().startswith(b"\x89PNG")
    data = json.loads(gongkai("catalogue", "coverage", 2026, "--json").out)
    assert sum(len(subject["matters"]) for subject in data) == 26
    assert json.loads(gongkai("catalogue", "coverage", 2025, "--json").out) == []


def test_an_unknown_matter_is_refused(adopted):
    facts = {**TEXT, "matter": "没有的事项"}
    with pytest.raises(NoSuchLink):
        record(adopted, lambda uow: uow.cases.open("publication", "3", DAY, facts))


def test_an_office_imports_its_own(app, gongkai, tmp_path):
    file = tmp_path / "目录.xlsx"
    file.write_bytes(
        book_of(
            ["某镇政务公开标准目录"],
            ["类别", "事项", "公开内容", "依据", "公开时限", "负责人", "公开渠道", "公示天数", "公开周期"],
            [
                "社会救助",
                "临时救助",
                "救助对象",
                "社会救助暂行办法",
                "5个工作日",
                "党政办主任",
                "公示栏、网站",
                "7",
                "90",
            ],
            ["财政预算、决算信息", "预算", "", "", "20日", "", "", "", ""],
        )
    )
    said = gongkai("catalogue", "import", file)
    assert (said.code, said.err) == (0, "")
    own, shipped = app.office.matters
    assert (own.name, own.days, own.unit, own.posted, own.fed) == ("临时救助", 5, "working", 7, 90)
    assert (own.channel, own.article) == (("website", "notice_board"), "社会救助暂行办法")
    assert (shipped.id, shipped.days, shipped.unit, shipped.owner) == ("budget", 20, "calendar", "clerk")


FAULTS = {
    "unknown_subject": ["社会救济事务", "救助", "", "", "", "", "", "", ""],
    "unknown_owner": ["社会救助", "救助", "", "", "", "没有的岗位", "", "", ""],
    "unknown_term": ["社会救助", "救助", "", "", "及时", "", "", "", ""],
}
HEADER = ["类别", "事项", "公开内容", "依据", "公开时限", "负责人", "公开渠道", "公示天数", "公开周期"]


@pytest.mark.parametrize("rule", FAULTS)
def test_a_cell_that_cannot_be_read_is_named_with_its_line(rule):
    with pytest.raises(BadInput) as refused:
        read_catalogue(book_of(HEADER, FAULTS[rule]), "目录.xlsx", {"党政办主任": "office_director"})
    (finding,) = refused.value.findings
    assert (finding.rule, finding.words["line"]) == (f"catalogue.{rule}", "2")
    for language in LANGUAGES:
        sentence = phrasebook(language).finding(finding)
        assert "救助" in sentence
        assert "{" not in sentence


def test_a_workbook_of_something_else_is_refused():
    with pytest.raises(CatalogueUnread):
        read_catalogue(book_of(["姓名", "电话"], ["甲", "1"]), "通讯录.xlsx", {})


def test_what_is_written_out_is_read_back_the_same():
    matters = shipped_matters(DAY)
    again = read_catalogue(catalogue_template(matters, {}), "目录.xlsx", {})
    kept = [(one.id, one.subject, one.days, one.unit, one.channel, one.fed) for one in matters]
    assert [(one.id, one.subject, one.days, one.unit, one.channel, one.fed) for one in again] == kept
    assert load_workbook(BytesIO(catalogue_template(matters, {}))).active.max_row == 27


GUIDE = """政府信息公开指南
一、信息分类和编排：按条例第二十条、第二十一条分类编排。
二、获取方式：网站、公示栏、查阅点。
三、公开工作机构：党政办公室；办公地址：某镇某路1号；办公时间：工作日；联系电话见网站；电子邮箱见网站。
"""


def test_a_guide_is_held_against_article_12(gongkai, tmp_path):
    file = tmp_path / "指南.txt"
    file.write_text(GUIDE, "utf-8")
    said = gongkai("catalogue", "guide", file)
    assert said.code == 1
    assert [line for line in said.out.splitlines() if "✗" in line] == [
        "  ✗ 传真号码：指南里没有看到，请补上或者核对（条例第十二条）"
    ]
    file.write_text(GUIDE + "传真：见网站。", "utf-8")
    assert gongkai("catalogue", "guide", file).code == 0


def closed_request(app, reference, year):
    case = record(
        app,
        lambda uow: uow.cases.open("request", reference, date(year, 3, 2), {"source": "register"}),
    )
    record(app, lambda uow: uow.cases.close(case, "granted", date(year, 3, 20), {"source": "register"}))


def test_what_is_kept_for_how_long_is_listed_and_nothing_is_disposed_of(app, gongkai, tmp_path):
    closed_request(app, "旧", 1995)  # thirty years: to the end of 2025, so it has expired in November 2026
    closed_request(app, "新", 1996)  # to the end of 2026
    before = log_end(app)
    out = tmp_path / "清册.xlsx"
    assert gongkai("catalogue", "disposal", out).code == 0
    rows = list(load_workbook(out).active.iter_rows(min_row=3, values_only=True))
    assert [(row[2], row[4], row[5], row[6]) for row in rows] == [
        ("旧", "30年", "2025-12-31", "到期，待鉴定"),
        ("新", "30年", "2026-12-31", "保管中"),
    ]
    assert "待核实" in load_workbook(out).active["A1"].value
    assert log_end(app) == before

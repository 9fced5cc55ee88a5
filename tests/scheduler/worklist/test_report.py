"""The annual report's whole life in one winter: it opens by itself, and ends sealed; what is not lawful leaves no trace."""

from datetime import date
from hashlib import sha256

import pytest

from bot.publishing.generated_papers import generate_paper
from bot.services.annual_reports import sealed_years
from scheduler.recording.case_commands import SystemFindingNotEditable
from scheduler.recording.release_guard import NotVouched
from scheduler.terms.deadlines import due_date
from scheduler.validation.violations import NotTold, StepsMissing
from storage.events.events import Stepped
from tests.scheduler.recording.stories import FACTS
from tests.scheduler.worklist.town import REPORT_SIGNERS, opened_on
from tests.town import case_of, log_end, open_town, record

COUNTY = "莱山区政务公开办公室"
ADDRESS = "https://www.zhaoduba.example/report/2025.html"


@pytest.fixture
def town(home, clock):
    """It began to keep its log in autumn, and one request was answered."""
    app = open_town(home, date(2025, 11, 3), clock=clock)
    record(app, lambda uow: uow.cases.open("request", "1", date(2025, 11, 3), FACTS))
    app.clock.set_day(date(2025, 11, 20))
    record(app, lambda uow: uow.cases.close(1, "granted", date(2025, 11, 20), {"source": "register"}))
    return app


@pytest.fixture
def opened(town):
    """The case of last year's report, on the day on which gathering ends."""
    found = opened_on(town, date(2026, 1, 5))
    assert ("2025/report", date(2025, 12, 30)) in found
    return town


def report_case(town):
    return case_of(town, "annual_report", "2025/report")


def step(town, key, facts=None):
    number = report_case(town).number
    record(town, lambda uow: uow.cases.step(number, key, town.today, facts or {}))


def signed_by_all(gongkai, town, file):
    number = report_case(town).number
    for person, stage in REPORT_SIGNERS:
        done = gongkai("sign", number, "--by", person, "--stage", stage, "--file", file)
        assert (done.code, done.err) == (0, "")


def submitted(gongkai, file):
    done = gongkai("year", "submit", 2025, "--out", file)
    assert (done.code, done.err) == (0, "")
    return sha256(file.read_bytes()).hexdigest()


def test_a_report_goes_from_its_opening_to_its_seal(opened, gongkai, tmp_path):
    town, file = opened, tmp_path / "2025.docx"
    case = report_case(town)
    found = due_date(case.records, town.duties["annual_report"], town.known_calendar())
    assert (found.day, found.provisional) == (date(2026, 1, 30), False)  # the 31st is a Saturday
    assert "2026-01-30" in gongkai("year", "list", 2025).out

    step(town, "collected", {"note": "各办材料已收齐"})
    town.clock.set_day(date(2026, 1, 8))
    digest = submitted(gongkai, file)
    (checked,) = [one for one in report_case(town).steps if one.step == "checked"]
    assert checked.facts["report"] == digest
    assert "召都巴镇人民政府2025年政府信息公开工作年度报告，指纹" in gongkai("standing", case.number).out
    step(town, "drafted")

    town.clock.set_day(date(2026, 1, 20))
    signed_by_all(gongkai, town, file)
    assert len({one.by for one in report_case(town).approvals[1:]}) == 3
    step(town, "submitted", {"to": COUNTY})
    town.clock.set_day(date(2026, 1, 22))
    step(town, "county_returned", {"to": COUNTY, "reason": "第六部分缺少收费情况", "file": "柜1"})
    town.clock.set_day(date(2026, 1, 27))
    with pytest.raises(NotTold, match="县里同意"):  # the county reads first
        step(town, "published", {"address": ADDRESS})
    step(town, "county_approved", {"to": COUNTY, "file": "柜2"})
    town.clock.set_day(date(2026, 1, 28))
    step(town, "published", {"address": ADDRESS})
    assert "已公布" in gongkai("year", "list", 2025).out

    number = report_case(town).number
    with pytest.raises(StepsMissing):
        record(town, lambda uow: uow.cases.close(number, "published", date(2026, 1, 28)))
    step(town, "seen_live", {"note": "网页打得开，数字一致"})
    record(town, lambda uow: uow.cases.close(number, "published", date(2026, 1, 28)))
    assert gongkai("seal", 2025).code == 0
    assert list(sealed_years(town).sealed) == [2025]
    assert [one.step for one in report_case(town).steps] == [
        "collected", "checked", "drafted", "submitted", "county_returned", "county_approved", "published", "seen_live",
    ]  # fmt: skip
    assert opened_on(town, date(2026, 2, 2)) == []
    assert gongkai("verify").code == 0


def test_the_page_names_the_report_it_prepares(opened):
    case = report_case(opened)
    paper = generate_paper(opened, case, opened.duties[case.opening.kind])
    assert paper.title == "召都巴镇人民政府2025年政府信息公开工作年度报告"
    assert paper.name == f"{paper.title}.docx"


def test_it_is_late_when_the_day_has_passed_and_says_so(opened, gongkai, tmp_path):
    opened.clock.set_day(date(2026, 2, 3))
    submitted(gongkai, tmp_path / "late.docx")
    signed_by_all(gongkai, opened, tmp_path / "late.docx")
    step(opened, "published", {"address": ADDRESS})
    story = [record for _, record in report_case(opened).timeline]
    found = due_date(story, opened.duties["annual_report"], opened.known_calendar())
    assert len(found.late_steps) == 1


def test_a_report_with_an_error_is_not_checked_nor_laid_down(opened, gongkai, tmp_path):
    record(
        opened, lambda uow: uow.registers.count("normative_document_repealed", date(2025, 12, 1), quantity=9)
    )
    before, file = log_end(opened), tmp_path / "2025.docx"
    refused = gongkai("year", "submit", 2025, "--out", file)
    assert (refused.code, file.exists(), log_end(opened)) == (1, False, before)
    assert "2025 年的年报有" in refused.err


def test_before_it_opens_there_is_nothing_to_submit(town, gongkai):
    before = log_end(town)
    refused = gongkai("year", "submit", 2025)
    assert (refused.code, log_end(town)) == (1, before)
    assert "gongkai tick" in refused.err


def test_the_same_report_is_not_laid_down_twice(opened, gongkai, tmp_path):
    submitted(gongkai, tmp_path / "one.docx")
    before = log_end(opened)
    again = gongkai("year", "submit", 2025, "--out", tmp_path / "one.docx")
    assert (again.code, log_end(opened)) == (1, before)
    assert "没有改动" in again.err


def test_what_goes_out_is_what_was_checked(opened, gongkai, tmp_path):
    file, other = tmp_path / "2025.docx", tmp_path / "other.docx"
    submitted(gongkai, file)
    other.write_bytes(file.read_bytes() + b" ")
    number = str(report_case(opened).number)
    assert gongkai("draft", number, "--by", "clerk", "--file", other, "--title", "年报").code == 0
    signed_by_all(gongkai, opened, other)
    before = log_end(opened)
    for key, facts in (("submitted", {"to": "区里"}), ("published", {"address": ADDRESS})):
        with pytest.raises(NotVouched, match="gongkai year submit"):
            step(opened, key, facts)
    assert log_end(opened) == before
    submitted(gongkai, file)
    signed_by_all(gongkai, opened, file)
    step(opened, "submitted", {"to": "区里"})


def test_a_newer_check_voids_the_older_one(opened, gongkai, tmp_path):
    file = tmp_path / "2025.docx"
    submitted(gongkai, file)
    signed_by_all(gongkai, opened, file)
    record(opened, lambda uow: uow.registers.count("licence", date(2025, 12, 1), quantity=4))
    step(opened, "checked", {"report": "0" * 64})
    with pytest.raises(NotVouched):
        step(opened, "published", {"address": ADDRESS})


def test_a_year_is_sealed_only_with_what_went_out(opened, gongkai, tmp_path):
    town, file, newer = opened, tmp_path / "2025.docx", tmp_path / "newer.docx"
    submitted(gongkai, file)
    signed_by_all(gongkai, town, file)
    step(town, "published", {"address": ADDRESS})
    record(town, lambda uow: uow.registers.count("licence", date(2025, 12, 1), quantity=4))
    before = log_end(town)
    refused = gongkai("seal", 2025)
    assert (refused.code, log_end(town)) == (1, before)
    assert "gongkai year submit 2025" in refused.err
    submitted(gongkai, newer)
    signed_by_all(gongkai, town, newer)
    step(town, "published", {"address": ADDRESS})
    assert gongkai("seal", 2025).code == 0


def test_a_year_whose_report_has_not_gone_out_is_not_sealed(opened, gongkai, tmp_path):
    file = tmp_path / "2025.docx"
    submitted(gongkai, file)
    before = log_end(opened)
    for ways in ((), ("--published", file)):
        refused = gongkai("seal", 2025, *ways)
        assert (refused.code, "2025 年的年报还没有发出" in refused.err) == (1, True), ways
    assert log_end(opened) == before


def test_nobody_writes_by_hand_that_it_was_checked(opened, gongkai, tmp_path):
    submitted(gongkai, tmp_path / "2025.docx")
    case = report_case(opened)
    place, checked = next(item for item in case.timeline if getattr(item[1], "step", "") == "checked")
    assert isinstance(checked, Stepped)
    right = Stepped(
        case=case.number, happened_on=checked.happened_on, step="checked", facts={"report": "0" * 64}
    )
    before = log_end(opened)
    with pytest.raises(SystemFindingNotEditable):
        record(opened, lambda uow: uow.corrections.amend(place, "换一份", right))
    refused = gongkai("amend", place, "--reason", "换一份", "--set", f"report={'0' * 64}")
    assert (refused.code, log_end(opened)) == (1, before)


def test_a_check_that_is_struck_out_lets_nothing_out(opened, gongkai, tmp_path):
    file = tmp_path / "2025.docx"
    submitted(gongkai, file)
    signed_by_all(gongkai, opened, file)
    place = next(
        place for place, one in report_case(opened).timeline if getattr(one, "step", "") == "checked"
    )
    record(opened, lambda uow: uow.corrections.amend(place, "检查时用错了文件"))
    with pytest.raises(NotVouched):
        step(opened, "published", {"address": ADDRESS})

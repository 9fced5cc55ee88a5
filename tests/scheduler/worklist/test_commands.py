"""What is typed for the dates of the year: they are listed, filed, signed off; a notice moves them and tells it."""

from datetime import date
from hashlib import sha256

import pytest
from icalendar import Calendar as Ics

from bot.services.personal_calendar import person_ics
from scheduler.signoff.refusals import NoText, NotSignedYet
from scheduler.validation.violations import StepsMissing
from tests.scheduler.worklist.town import opened_on
from tests.town import case_of, log_end, open_town, record

PLAN, DAY = "2026/openness_plan", "2026/openness_day"
PLAN_SIGNERS = (("office_director", "审核"), ("deputy_mayor", "签发"))
# What the State Council might yet fix for 2027; only its shape is that of a notice.
NOTICE = """
year = 2027
number = "国办发明电〔2026〕0号"
title = "国务院办公厅关于2027年部分节假日安排的通知"
issued_on = 2026-12-20

[[holiday]]
name = "元旦"
off = [2027-01-01, 2027-01-02, 2027-01-03]

[[holiday]]
name = "春节"
off = [2027-01-29, 2027-01-30, 2027-01-31, 2027-02-01, 2027-02-02]
work = [2027-02-06, 2027-02-07]
"""


@pytest.fixture
def town(home, clock):
    app = open_town(home, date(2026, 4, 10), clock=clock)
    opened_on(app, date(2026, 4, 10))
    opened_on(app, date(2026, 4, 16))
    return app


def test_the_year_is_listed_begun_or_not(town, gongkai):
    lines = gongkai("year", "list", 2026).out.splitlines()
    assert lines == sorted(lines)  # by their days
    begun = next(line for line in lines if "5·15政务公开日活动" in line)
    assert f"{case_of(town, 'yearly', DAY).number} 号" in begun
    assert begun.startswith("2026-05-15")
    training = next(line for line in lines if "业务培训" in line)
    assert (training.startswith("2026-09-14"), "到时自己立件" in training) == (True, True)
    report = next(line for line in lines if line.endswith("（到时自己立件）") and "年度报告" in line)
    assert "2027-01-29" in report
    assert "暂定" in report
    assert gongkai("year", "list", 2029).code == 0


def test_a_date_s_evidence_is_filed_as_a_file_or_a_place(town, gongkai, tmp_path):
    number, photo = case_of(town, "yearly", DAY).number, tmp_path / "photo.jpg"
    photo.write_bytes(b"photo")
    before = log_end(town)
    for wrong in ((), ("--file", photo, "--where", "档案柜3"), ("--file", tmp_path / "none.jpg")):
        assert gongkai("year", "file", DAY, *wrong).code != 0
    assert log_end(town) == before
    town.clock.set_day(date(2026, 5, 15))
    record(town, lambda uow: uow.cases.step(number, "done", date(2026, 5, 15)))
    assert gongkai("year", "file", DAY, "--file", photo).code == 0
    (filed,) = [one for one in case_of(town, "yearly", DAY).steps if one.step == "evidence_filed"]
    assert filed.facts == {"file": f"sha256:{sha256(b'photo').hexdigest()}"}
    assert "档案柜3" in gongkai("year", "file", DAY, "--where", "档案柜3").out
    assert "已办，等材料归档" in gongkai("year", "list", 2026).out
    record(town, lambda uow: uow.cases.close(number, "done", date(2026, 5, 15)))


def test_a_plan_is_filed_only_when_all_have_signed_it(town, gongkai, tmp_path):
    number, plan = case_of(town, "yearly", PLAN).number, tmp_path / "plan.docx"
    plan.write_bytes(b"plan")

    def filed(uow):
        uow.cases.step(number, "evidence_filed", town.today, {"file": "档案柜3"})

    record(town, lambda uow: uow.cases.step(number, "done", town.today))
    with pytest.raises(NoText):
        record(town, filed)
    owner = str(case_of(town, "yearly", PLAN).facts["owner"])
    assert gongkai("draft", number, "--by", owner, "--file", plan, "--title", "活动方案").code == 0
    (first, one), (second, two) = PLAN_SIGNERS
    assert gongkai("sign", number, "--by", first, "--stage", one, "--file", plan).code == 0
    before = log_end(town)
    with pytest.raises(NotSignedYet):
        record(town, filed)
    with pytest.raises(StepsMissing):
        record(town, lambda uow: uow.cases.close(number, "done", town.today))
    assert log_end(town) == before
    assert gongkai("sign", number, "--by", second, "--stage", two, "--file", plan).code == 0
    assert gongkai("year", "file", PLAN, "--file", plan).code == 0
    record(town, lambda uow: uow.cases.close(number, "done", town.today))
    assert case_of(town, "yearly", PLAN).closing.outcome == "done"
    assert case_of(town, "yearly", DAY).closing is None


def test_a_plan_that_is_returned_is_signed_anew_by_all(town, gongkai, tmp_path):
    number, plan, better = case_of(town, "yearly", PLAN).number, tmp_path / "a.docx", tmp_path / "b.docx"
    plan.write_bytes(b"plan")
    better.write_bytes(b"better plan")
    owner = str(case_of(town, "yearly", PLAN).facts["owner"])
    (first, one), (second, two) = PLAN_SIGNERS
    gongkai("draft", number, "--by", owner, "--file", plan, "--title", "活动方案")
    gongkai("sign", number, "--by", first, "--stage", one, "--file", plan)
    back = gongkai("return", number, "--by", second, "--file", plan, "--reason", "写明安全措施")
    assert back.code == 0
    gongkai("draft", number, "--by", owner, "--file", better, "--title", "活动方案")
    assert gongkai("sign", number, "--by", second, "--stage", two, "--file", better).code == 1
    assert gongkai("sign", number, "--by", first, "--stage", one, "--file", better).code == 0
    assert gongkai("sign", number, "--by", second, "--stage", two, "--file", better).code == 0
    assert gongkai("year", "file", PLAN, "--file", better).code == 0


def test_a_notice_that_moves_a_date_lists_it_and_the_calendar_file_keeps_its_identifier(
    town, gongkai, tmp_path
):
    notice = tmp_path / "2027.toml"
    notice.write_text(NOTICE, "utf-8")
    opened_on(town, date(2026, 12, 30))
    before, place = in_calendar(town, "年度报告：2026"), log_end(town)
    assert list(before.values()) == [(date(2027, 1, 29), True)]
    tried = gongkai("calendar", "add", notice, "--dry-run").out
    assert log_end(town) == place
    told = gongkai("calendar", "add", notice).out
    (line,) = [line for line in told.splitlines() if "2026/report" in line]
    assert line in tried
    assert line.index("2027-01-29") < line.index("2027-01-28")
    assert "暂定" in line[: line.index("2027-01-28")]
    assert "暂定" not in line[line.index("2027-01-28") :]
    after = in_calendar(town, "年度报告：2026")
    assert list(after.values()) == [(date(2027, 1, 28), False)]
    assert after.keys() == before.keys()


def in_calendar(town, words):
    """The clerk's entries of these words: by their identifier, the day and whether it is provisional."""
    found = Ics.from_ical(person_ics(town, "clerk")).walk("VEVENT")
    return {
        str(event["uid"]): (event.decoded("dtstart"), "暂定" in str(event["summary"]))
        for event in found
        if words in str(event["summary"])
    }

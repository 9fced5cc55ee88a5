"""What two people let pass stands beside the year's report; a text changed where it lies is found by verify."""

import json
from io import BytesIO

from docx import Document
from sqlalchemy import update

from bot.runtime.proof import damaged_text_faults
from bot.services.annual_reports import OVERRIDES_SUFFIX, annual_report
from storage.database.tables import DOCUMENTS
from tests.scheduler.signoff.town import STAGES, TEXT, draft, open_text, sign
from tests.town import transaction


def let_pass(app):
    case = open_text(app)
    draft(app, case, by="office_director")
    sign(app, case, 0)
    sign(app, case, 1)
    for who in ("mayor", "secretary"):
        with transaction(app, who) as uow:
            uow.signoff.override(case, who, STAGES[2], TEXT.digest, "党政办主任起草，无人复审")
    return case


def test_the_report_carries_the_stage_both_people_and_their_reasons(app):
    case, year = let_pass(app), app.today.year
    annual = annual_report(app, year)
    assert [(one.case, one.stage) for one in annual.overrides] == [(case, STAGES[2])]
    assert annual_report(app, year - 1).overrides == ()
    told = json.loads(annual.content("json"))["overrides"]
    assert told[0]["people"] == ["mayor", "secretary"]
    [annex] = annual.annexes()
    assert annex.suffix == OVERRIDES_SUFFIX
    words = "".join(paragraph.text for paragraph in Document(BytesIO(annex.content)).paragraphs)
    for wanted in ("有1个审签环节", STAGES[2], "镇长", "镇党委书记", "无人复审", "未发出"):
        assert wanted in words


def test_a_year_without_any_has_no_annex(app):
    annual = annual_report(app, 2026)
    assert (annual.overrides, list(annual.annexes())) == ((), [])
    assert "overrides" not in json.loads(annual.content("json"))


def test_a_kept_text_that_was_changed_is_found(app):
    case = open_text(app)
    draft(app, case)
    with app.log() as log:
        assert list(damaged_text_faults(log)) == []
    with app.store.writing(app.office.slug) as connection:
        connection.exec_driver_sql("drop trigger document_is_never_changed")
        connection.execute(update(DOCUMENTS).values(content=b"another"))
    with app.log() as log:
        assert {fault.what for fault in damaged_text_faults(log)} == {"text"}

"""What two people let pass stands beside the year's report; a text changed where it lies is found by verify."""

import json
from datetime import date
from io import BytesIO

from docx import Document
from sqlalchemy import update

from bot.cli.reports.overrides import json_with_overrides, overrides_of_report_year, write_override_annex
from bot.cli.server.maintenance import damaged_text_faults
from storage.database.tables_approvals import DOCUMENTS
from tests.scheduler.signoff.town import STAGES, TEXT, draft, open_text, sign, uow


def let_pass(app):
    case = open_text(app)
    draft(app, case, by="office_director")
    sign(app, case, 0)
    sign(app, case, 1)
    for who in ("mayor", "secretary"):
        with uow(app, who) as desk:
            desk.signoff.override(case, who, STAGES[2], TEXT.digest, "党政办主任起草，无人复审")
    return case


def test_the_annex_names_the_stage_both_people_and_their_reasons(app, tmp_path):
    case = let_pass(app)
    year = app.today.year
    passed = overrides_of_report_year(app, year)
    assert [(one.case, one.stage) for one in passed] == [(case, STAGES[2])]
    assert overrides_of_report_year(app, year - 1) == []
    told = json.loads(json_with_overrides(b"{}", passed))["overrides"]
    assert told[0]["people"] == ["mayor", "secretary"]
    write_override_annex(tmp_path / "report.docx", app.report(year)[0], passed)
    paper = Document(BytesIO((tmp_path / "report-放行.docx").read_bytes()))
    words = "".join(paragraph.text for paragraph in paper.paragraphs)
    for wanted in ("有1个审签环节", STAGES[2], "镇长", "镇党委书记", "无人复审", "未发出"):
        assert wanted in words


def test_a_year_without_any_has_no_annex(app):
    assert overrides_of_report_year(app, date(2026, 1, 1).year) == []


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

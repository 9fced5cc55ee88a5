"""On the page: an opinion beside a signature, and a text shown to somebody who answers it (签批意见, 传阅)."""

import pytest

from bot.language.labels import Labels
from bot.language.phrasebook import phrasebook
from bot.publishing.processing_sheet import build_processing_sheet
from bot.publishing.texts import load_submitted_text
from storage.events.events import Circulated, Commented, Signed
from tests.bot.channels.web.visitor import Visitor
from tests.scheduler.signoff.town import SIGNERS, STAGES, draft, open_text
from tests.town import case_by_number, log_end

READER = "civil_director"


@pytest.fixture
def case(app) -> int:
    case = open_text(app)
    draft(app, case)
    return case


def sheet(app, case) -> dict[str, str]:
    laid = load_submitted_text(app, case_by_number(app, case), app.duties["publication"])
    rows = build_processing_sheet(laid, Labels(book=phrasebook("zh"), office=app.office)).signatures
    return {row.stage: row.meaning for row in rows}


def test_an_opinion_beside_a_signature_stands_on_the_sheet_and_on_the_page(app, case):
    officer = Visitor(app).join(SIGNERS[0])
    officer.go(f"/texts/{case}")
    (entry,) = officer.send("sign", reason="标题可以再短些")
    assert isinstance(entry.record, Signed)
    assert (entry.record.stage, entry.record.opinion) == (STAGES[0], "标题可以再短些")
    assert "签批意见：标题可以再短些" in sheet(app, case)[STAGES[0]]
    assert "标题可以再短些" in officer.go(f"/texts/{case}")


def test_a_text_is_shown_to_somebody_who_answers_and_no_stage_waits(app, case):
    clerk, reader = Visitor(app).join("clerk"), Visitor(app).join(READER)
    clerk.go(f"/texts/{case}")
    (entry,) = clerk.send("circulate", to=READER, reason="数字对吗")
    assert isinstance(entry.record, Circulated)
    assert "请阅（传阅）：信息发布 2026年预算公开" in reader.go("/")
    shown = reader.go(f"/texts/{case}")
    assert "数字对吗" in shown
    assert "sign" not in reader.forms()
    (answer,) = reader.send("comment", reason="对，同意发")
    assert isinstance(answer.record, Commented)
    assert [said for stage, said in sheet(app, case).items() if stage.startswith("传阅")] == [
        "已阅：对，同意发"
    ]
    assert "请阅" not in reader.go("/")
    officer = Visitor(app).join(SIGNERS[0])
    officer.go(f"/texts/{case}")
    (signed,) = officer.send("sign")
    assert isinstance(signed.record, Signed)


def test_it_is_answered_without_an_opinion_too_and_once(app, case):
    clerk, reader = Visitor(app).join("clerk"), Visitor(app).join(READER)
    clerk.go(f"/texts/{case}")
    clerk.send("circulate", to=READER)
    reader.go(f"/texts/{case}")
    (answer,) = reader.send("comment")
    assert answer.record.opinion == ""
    reader.go(f"/texts/{case}")
    assert "comment" not in reader.forms()


def test_no_village_is_offered_and_nobody_else_may_show_it(app, case):
    clerk = Visitor(app).join("clerk")
    clerk.go(f"/texts/{case}")
    offered = clerk.forms()["circulate"].choices["to"]
    assert not [one for one in offered if one.endswith(("_reporter", "_leader"))]
    before = log_end(app)
    clerk.send("circulate", to="jia_reporter")
    assert "只在镇里传阅" in clerk.shown.text
    reader = Visitor(app).join("archivist")
    reader.client.get(f"/texts/{case}")
    assert log_end(app) == before

"""What may not be is refused in words a clerk knows: no keys, no empty lists, and nothing undone without a reason."""

import pytest

from tests.town import log_end

FACTS = {"applicant_kind": "natural_person"}


@pytest.fixture
def town(app, gongkai):
    """Two requests, the first with a draft before its first signer; and the villages' months."""
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        for name in ("甲1", "甲2"):
            uow.cases.open("request", name, app.today, FACTS)
    gongkai("tick")
    paper = app.home.path / "answer.docx"
    paper.write_bytes(b"answer")
    assert gongkai("draft", "1", "--by", "clerk", "--file", paper, "--outcome", "granted").code == 0
    return gongkai


UNDONE = {
    "return 1 --by secrecy_officer --file {paper} --reason": "理由",
    "reject 1 --by secrecy_officer --file {paper} --reason": "理由",
    "amend 1 --strike --reason": "理由",
    "merge 2 1 --reason": "理由",
    "activity add training --on 2026-11-02 --title": "“业务培训”要写名称",
}


@pytest.mark.parametrize("command", UNDONE)
@pytest.mark.parametrize("blank", ["", "  "])
def test_nothing_is_undone_without_a_word(town, app, command, blank):
    before = log_end(app)
    paper = app.home.path / "answer.docx"
    done = town(*command.format(paper=paper).split(), blank)
    assert (done.code, UNDONE[command] in done.err, log_end(app)) == (1, True, before)


SAID = {
    "recall 9999 --by clerk": "没有可以提前结束的委托 №9999",
    "merge 4 3 --reason x": "案件 3 是村级信息报送，这一种不合并",
    "clock --received 2026-09-24 --step correction_asked": "“correction_asked”不是这里认识的步骤。可以写：examined=DAY",
    "report 2025 --out x.jpg": "从 x.jpg 的后缀看不出要什么格式。可以用：json、docx",
    "sign 2 --by secrecy_officer --stage 保密审查 --file home/answer.docx": "案件 2 现在没有等着签的文稿：还没有送签",
    "bulletin 2026-11 --sent 2026-11-20": "还没有通报件",
    "assessment 2026 --out x.pdf": "可以用：json、xlsx、docx",
}


@pytest.mark.parametrize("command", SAID)
def test_what_is_not_there_is_named_with_what_is(town, app, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = log_end(app)
    done = town(*command.split())
    assert (done.code, SAID[command] in done.err, log_end(app)) == (1, True, before), done.err
    assert [each.name for each in tmp_path.iterdir()] == ["home"]


def test_cases_are_called_as_people_call_them(town):
    assert "答复期限：" in town("explain", "1").out
    month = town("explain", "2026-11/jia").out
    assert ("报送期限：" in month, "答复期限" in month) == (True, False)
    assert "案件 1：甲1，" in town("standing", "1").out


def test_run_says_that_it_reminds(town):
    assert "提醒" in town("run", "--help").out

"""The letters about a corrected record (条例 art. 41): the evidence asked for, the answers, the transfer."""

from datetime import date

import pytest

from tests.bot.channels.web.visitor import Visitor
from tests.bot.cli.letters.counter import Counter, named
from tests.storage.content.people import APPLICANT

RECORD = "宅基地登记的面积"
LETTERS = {
    "evidence": "本机关于2026年11月2日收到。要求更正的记录为：“宅基地登记的面积”。",
    "answer.record_corrected": "你（单位）的申请属实：档案与证书不一致。根据《中华人民共和国政府信息公开条例》第四十一条的规定，本机关已予更正。",
    "answer.unfounded": "档案与证书不一致。根据《中华人民共和国政府信息公开条例》第四十一条的规定，本机关不予更正。",
    "answer.passed_on": "本机关已将你（单位）的申请转送县自然资源局处理。",
    "answer.referred": "请你（单位）向县自然资源局提出。",
    "answer.withdrawn": "你（单位）已撤回申请，本机关不再办理。",
    "transfer": "该记录不属于本机关职能范围，不动产登记由它办理。",
}


@pytest.fixture
def asked(counter: Counter) -> Counter:
    """A request that a record be corrected: examined, and passed on."""
    counter.opens("record_correction", "更正〔2026〕1号", matter=RECORD)
    counter.knows()
    counter.steps("evidence_asked", date(2026, 11, 4), items="不动产权证书复印件")
    counter.steps("evidence_given", date(2026, 11, 6))
    counter.steps("examined", date(2026, 11, 9), finding="档案与证书不一致")
    counter.steps(
        "transferred", date(2026, 11, 10), organ="县自然资源局", transfer_basis="不动产登记由它办理"
    )
    return counter


def test_each_letter_is_written_from_what_was_recorded(asked):
    for key, sentence in LETTERS.items():
        missing = named(asked.letter(key, "--out", f"{key}.docx"))
        assert missing == (["corrected"] if key == "answer.record_corrected" else []), key
        if missing:
            assert asked.letter(key, "--set", "corrected=180平方米", "--out", f"{key}.docx").code == 0
        read = asked.read(f"{key}.docx")
        assert sentence in read
        assert ("县自然资源局：" if key == "transfer" else f"{APPLICANT.name}：") in read.splitlines(), key
        assert ("60日内向" in read) == (key == "answer.unfounded")
        assert not {"{", "}", "@"} & set(read)


def test_what_was_not_read_in_a_source_is_said_beside_the_letter(asked):
    assert "发出前请核对（待核实）：不予更正可以申请行政复议" in asked.letter("answer.unfounded").out
    assert "待核实" not in asked.letter("answer.referred").out


def test_its_answer_is_not_signed_stage_by_stage(asked):
    said = asked.letter("answer.referred", "--draft", "--by", "clerk")
    assert (said.code, "不经审签链" in said.err) == (1, True)


def test_only_who_handles_it_reads_who_applied(asked):
    clerk = Visitor(asked.app).join("clerk")
    assert "还缺：更正后的内容" in clerk.go(f"/cases/{asked.case}/letters")
    assert "发出前请核对（待核实）" in clerk.text
    assert clerk.client.get(f"/cases/{asked.case}/letters/transfer/file.docx").status_code == 200
    reader = Visitor(asked.app).join("mayor")
    assert reader.client.get(f"/cases/{asked.case}").status_code == 200
    for path in ("letters", "letters/transfer", "letters/transfer/file.docx"):
        assert reader.client.get(f"/cases/{asked.case}/{path}").status_code == 404

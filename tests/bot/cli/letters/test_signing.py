"""An answer is drafted, signed by three on the very same bytes, and goes out; and nobody's name is left behind."""

import json
from datetime import date
from hashlib import sha256

import pytest

from bot.language.phrasebook import LANGUAGES
from scheduler.signoff.refusals import NotSignedYet
from storage.events.manifest import Manifest, ManifestAttachment
from tests.bot.cli.letters.counter import CONTENT, GIVEN, REFERENCE
from tests.storage.content.people import APPLICANT, VALUES, log_text

ANSWER = f"{REFERENCE}-答复书（予以公开）.docx"
ROUTE = (("secrecy_officer", "保密审查"), ("office_director", "审核"), ("deputy_mayor", "签发"))


def drafts(counter, *more):
    return counter.letter("answer", "--outcome", "granted", *GIVEN, "--draft", "--by", "clerk", *more)


def signs(counter, place, file=ANSWER, by=""):
    person, stage = ROUTE[place]
    return counter.gongkai("sign", counter.case, "--by", by or person, "--stage", stage, "--file", file)


def returns(counter, *more, by="office_director", file=ANSWER, reason="依据写错了"):
    return counter.gongkai("return", counter.case, "--by", by, "--file", file, "--reason", reason, *more)


def route(said):
    return next(line.strip() for line in said.out.splitlines() if "签发" in line and "保密审查" in line)


def test_the_whole_way_of_a_request(counter):
    counter.clock.set_day(date(2026, 11, 3))
    assert counter.letter("receipt", "--set", CONTENT).code == 0
    counter.steps("correction_asked", date(2026, 11, 4), items="请写明文件名称", until="2026-11-18")
    assert counter.letter("correction", "--set", CONTENT).code == 0
    counter.steps("corrected", date(2026, 11, 10))
    consent = {"consented_by": "office_director", "reason": "需要到区档案馆查阅", "notified_on": "2026-12-01"}
    consent["consent_evidence"] = "签批单 12 号"
    counter.steps("extended", date(2026, 12, 1), days=10, **consent)
    assert counter.letter("extension", "--set", CONTENT).code == 0
    assert "2026年12月22日前" in counter.read(f"{REFERENCE}-延期答复告知书.docx")
    assert drafts(counter).code == 0
    with pytest.raises(NotSignedYet):
        counter.closes()
    for place in range(3):
        assert signs(counter, place).code == 0
    counter.closes()
    assert counter.letter("answer", *GIVEN).code == 0  # the same bytes: nothing to overwrite
    assert counter.gongkai("verify").code == 0
    _require_silence(counter)


def _require_silence(counter):
    """Not one of the applicant's particulars in what was printed, in the log, or in a log of faults."""
    faults = [file.read_text("utf-8") for file in counter.app.home.path.rglob("gongkai.log")]
    told = "".join([*counter.transcript, *faults, log_text(counter.app)])
    assert [value for value in VALUES if value in told] == []
    assert APPLICANT.name in counter.read(ANSWER)


def test_refusals_and_faults_are_silent_too(counter, monkeypatch):
    drafts(counter)
    assert returns(counter, reason=f"{APPLICANT.name}的地址不对", by="secrecy_officer").code == 1
    assert (
        counter.gongkai(
            "draft", counter.case, "--by", "clerk", "--file", ANSWER, "--title", f"致{APPLICANT.name}"
        ).code
        == 1
    )
    counter.letter("receipt", "--set", APPLICANT.name, "--set", f"name={APPLICANT.contact}")

    def breaks(*_parts, **_words):
        raise ValueError

    monkeypatch.setattr("storage.documents.letters.writer.write_letter", breaks)
    assert counter.letter("receipt", "--set", CONTENT).code == 3
    assert list(counter.app.home.path.rglob("gongkai.log"))
    _require_silence(counter)


def test_a_draft_is_bound_to_its_file(counter):
    said = drafts(counter)
    content = (counter.folder / ANSWER).read_bytes()
    file = ManifestAttachment(name=ANSWER, sha256=sha256(content).hexdigest(), size=len(content))
    manifest = Manifest(title="答复书（予以公开）", attachments=(file,), decision="granted").digest
    assert manifest[:12] in said.out
    assert manifest not in said.out
    told = json.loads(counter.gongkai("standing", counter.case, "--json").out)
    assert (told["manifest"], told["state"], told["waits_for"]) == (manifest, "waits", "保密审查")
    assert [person["id"] for person in told["may_sign"]] == ["secrecy_officer"]
    assert [stage["signed"] for stage in told["stages"]] == [False] * 3


def test_standing_shows_the_route_and_who_may_sign(counter):
    assert "还没有送签的文稿" in counter.gongkai("standing", counter.case).out
    assert route(drafts(counter)) == "●保密审查 ○审核 ○签发"
    said = signs(counter, 0)
    assert route(said) == "✓保密审查 ●审核 ○签发"
    assert "可以签的人：党政办主任（office_director）" in said.out
    assert route(signs(counter, 1)) == "✓保密审查 ✓审核 ●签发"
    assert "全部签完" in signs(counter, 2).out
    assert route(counter.gongkai("standing", counter.case)) == "✓保密审查 ✓审核 ✓签发"


def test_a_changed_file_is_not_what_was_drafted(counter):
    drafts(counter)
    file = counter.folder / ANSWER
    file.write_bytes(file.read_bytes() + b"\0")
    before = counter.positions()
    said = signs(counter, 0)
    assert said.code == 1
    assert "又改了" in said.err
    assert counter.positions() == before
    assert (
        counter.gongkai("draft", counter.case, "--by", "clerk", "--file", ANSWER, "--title", "答复书").code
        == 0
    )
    assert signs(counter, 0).code == 0


def test_a_new_draft_voids_what_was_signed(counter):
    drafts(counter)
    signs(counter, 0)
    again = counter.letter(
        "answer",
        "--outcome",
        "granted",
        "--set",
        CONTENT,
        "--set",
        "提供方式=当面领取",
        "--draft",
        "--by",
        "clerk",
        "--out",
        "new.docx",
    )
    assert route(again) == "●保密审查 ○审核 ○签发"
    assert signs(counter, 0).code == 1
    assert signs(counter, 0, "new.docx").code == 0


def test_nobody_signs_out_of_turn_or_what_they_wrote(counter):
    drafts(counter)
    assert "正等“保密审查”" in signs(counter, 1).err
    assert "由保密审查员签" in signs(counter, 0, by="finance_director").err
    assert "没有“nobody”" in signs(counter, 0, by="nobody").err
    assert signs(counter, 0, by="保密审查员").code == 0
    counter.gongkai("draft", counter.case, "--by", "secrecy_officer", "--file", ANSWER)
    assert "本人不能签" in signs(counter, 0).err


def test_a_text_is_returned_to_its_writer_or_to_a_stage(counter):
    drafts(counter)
    signs(counter, 0)
    unknown = returns(counter, "--to", "终审")
    assert (unknown.code, "可以退回到：保密审查" in unknown.err) == (1, True)
    assert route(returns(counter, "--to", "保密审查")) == "●保密审查 ○审核 ○签发"
    signs(counter, 0)
    said = returns(counter)
    assert "已退给拟稿人" in said.out
    assert signs(counter, 1).code == 1


def test_only_an_answer_is_laid_before_the_signers(counter):
    said = counter.letter("receipt", "--set", CONTENT, "--draft", "--by", "clerk")
    assert (said.code, "只有答复书要逐级签" in said.err) == (1, True)
    assert counter.positions() == 1


@pytest.mark.parametrize("options", [("--draft",), ("--by", "clerk")])
def test_a_draft_has_a_writer(counter, options):
    said = counter.letter("answer", "--outcome", "granted", *GIVEN, *options)
    assert (said.code, "要一起写" in said.err) == (1, True)


def test_nothing_is_drafted_where_the_file_could_not_be_put(counter):
    (counter.folder / ANSWER).write_bytes(b"edited by hand")
    assert drafts(counter).code == 1
    assert counter.positions() == 1
    assert (counter.folder / ANSWER).read_bytes() == b"edited by hand"


def test_nothing_is_written_for_a_writer_nobody_knows(counter):
    said = counter.letter("answer", "--outcome", "granted", *GIVEN, "--draft", "--by", "nobody")
    assert said.code == 1
    assert list(counter.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "text"), [("none.docx", "没有这个文件"), (".", "这是一个文件夹"), ("empty.docx", "文件是空的")]
)
def test_a_file_that_cannot_be_read_is_refused(counter, name, text):
    (counter.folder / "empty.docx").touch()
    drafts(counter)
    said = signs(counter, 0, name)
    assert (said.code, text in said.err) == (2, True)


def test_a_kind_nobody_signs_says_so(counter):
    counter.opens("dispute", "莱政复〔2026〕1号", route="reconsideration")
    assert "不需要签批" in counter.gongkai("standing", counter.case).err


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_is_whole_in_both_languages(counter, monkeypatch, language):
    monkeypatch.setenv("GONGKAI_LANG", language)
    drafts(counter)
    signs(counter, 0)
    returns(counter)
    counter.gongkai("letters")
    for topic in ("letter", "letters", "draft", "sign", "return", "standing"):
        assert counter.call(topic, "--help").code == 0
    told = "".join(counter.transcript)
    assert "[signing" not in told
    assert "[letter" not in told
    assert "{" not in told


def test_a_decision_names_the_version_by_its_fingerprint_too(counter):
    drafts(counter)
    digest = json.loads(counter.gongkai("standing", counter.case, "--json").out)["manifest"]
    seen = ("--digest", digest[:12])
    assert (
        "请写明看的是哪一稿"
        in counter.gongkai("return", counter.case, "--by", "secrecy_officer", "--reason", "错").err
    )
    for said in (("return", "--reason", "错"), ("reject", "--reason", "错"), ("pass", "--to", "clerk")):
        verb, *rest = said
        wrong = counter.gongkai(verb, counter.case, "--by", "secrecy_officer", *rest, "--digest", "0" * 12)
        assert "又改了" in wrong.err
    assert (
        "没有别人可以签，不能转交"
        in counter.gongkai("pass", counter.case, "--by", "secrecy_officer", "--to", "clerk", *seen).err
    )
    assert (
        counter.gongkai("return", counter.case, "--by", "secrecy_officer", "--reason", "错", *seen).code == 0
    )


def test_a_stage_at_which_nobody_is_left_says_who_can_let_it_pass(counter):
    drafts(counter)
    counter.gongkai("draft", counter.case, "--by", "secrecy_officer", "--file", ANSWER)
    said = counter.gongkai("standing", counter.case).out
    assert "现在没有人能签。可以由两位各自确认放行（gongkai override）：镇长" in said
    digest = json.loads(counter.gongkai("standing", counter.case, "--json").out)["manifest"]
    passing = ("--stage", "保密审查", "--reason", "只有一位审查员", "--digest", digest)
    assert (
        "要两个人各自确认才算数" in counter.gongkai("override", counter.case, "--by", "mayor", *passing).out
    )
    assert "两人都已确认" in counter.gongkai("override", counter.case, "--by", "secretary", *passing).out

"""A proof holds without the database, and nothing in it can be changed unseen."""

import json
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from typer.testing import CliRunner

from bot.__main__ import app as command_line
from bot.cli.common.context import CommandContext
from bot.language.labels import Labels
from bot.language.phrasebook import phrasebook
from bot.publishing.processing_sheet import build_processing_sheet
from bot.publishing.texts import NothingDrafted, load_submitted_text, proof_data
from storage.content.signature_proof import check_proof, missing_from_proof
from storage.documents.layout.processing_sheet_word import sheet_docx
from storage.eventlog.projections import CaseProjections
from storage.events.manifest import Manifest, manifest_attachment

FILE = b"the answer, as it was edited"
STAGES = (("secrecy_officer", "保密审查"), ("office_director", "审核"), ("deputy_mayor", "签发"))


def acted(app, who, act):
    with app.recorder.transaction(actor=who, means="page") as uow:
        act(uow)
        return uow


def drafted(app, text="这是答复。", case=0):
    if not case:
        with app.recorder.transaction(actor="clerk", means="page") as uow:
            case = uow.cases.open(
                "request", "召公开〔2026〕1号", date(2026, 11, 16), {"applicant_kind": "natural_person"}
            )
    made = Manifest(
        title="答复书", text=text, attachments=(manifest_attachment("答复.docx", FILE),), decision="granted"
    )
    acted(app, "clerk", lambda uow: uow.signoff.draft(case, "clerk", made, (FILE,)))
    return case, made


def signed(app, case, made, stages=STAGES):
    for who, stage in stages:
        acted(app, who, lambda uow, who=who, stage=stage: uow.signoff.sign(case, who, stage, made.digest))


def laid(app, number):
    with app.log() as log:
        case = CaseProjections(log.connection, log.office, app.duties).cases([number])[number]
    return load_submitted_text(app, case, app.duties["request"])


@pytest.fixture
def proof(app):
    case, made = drafted(app)
    signed(app, case, made)
    return json.loads(json.dumps(proof_data(app, laid(app, case))))


def test_a_signed_text_is_proved_with_its_signers(proof, app):
    found = check_proof(proof)
    assert found.faults == ()
    assert found.complete
    assert [record.post for _, record in found.signatures()] == [
        app.office.person(who).post for who, _ in STAGES
    ]
    with app.log() as log:
        assert found.end == log.end().hash


def test_a_text_not_signed_by_all_is_whole_and_not_complete(app):
    case, made = drafted(app)
    signed(app, case, made, STAGES[:2])
    found = check_proof(proof_data(app, laid(app, case)))
    assert found.faults == ()
    assert not found.complete


def test_a_text_changed_after_its_signatures_is_not_complete(app):
    case, made = drafted(app)
    signed(app, case, made)
    drafted(app, "这是另一份答复。", case)
    found = check_proof(proof_data(app, laid(app, case)))
    assert found.faults == ()
    assert not found.complete


@pytest.mark.parametrize("place", ["manifest", "digest", "office", "case"])
def test_what_is_changed_anywhere_is_found(proof, place):
    value = proof[place]
    proof[place] = value + 1 if isinstance(value, int) else value.replace("a", "b").replace("e", "f") + " "
    assert not check_proof(proof).complete


def test_every_changed_sign_of_an_entry_is_found(proof):
    for number, (before, body, digest) in enumerate(proof["entries"]):
        for part in range(3):
            link = [before, body, digest]
            for at in range(0, len(link[part]), 7):
                text = link[part]
                changed = [
                    *link[:part],
                    text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :],
                    *link[part + 1 :],
                ]
                tried = {**proof, "entries": [*proof["entries"]]}
                tried["entries"][number] = changed
                assert not check_proof(tried).complete, (number, part, at)


def test_a_missing_doubled_or_moved_signature_is_found(proof):
    entries = proof["entries"]
    for tried in (
        entries[:-1],
        [*entries, entries[-1]],
        [*entries[:-2], entries[-1], entries[-2]],
        entries[1:],
    ):
        assert not check_proof({**proof, "entries": tried}).complete


def test_held_against_the_log_a_proof_cannot_leave_a_withdrawal_out(proof, app):
    case = proof["case"]
    with app.log() as log:
        assert list(missing_from_proof(proof, list(log.entry_chain(case)))) == []
    acted(app, "deputy_mayor", lambda uow: uow.signoff.withdraw(case, "deputy_mayor", "再看一遍"))
    with app.log() as log:
        end = log.end().position
        assert list(missing_from_proof(proof, list(log.entry_chain(case)))) == [("left_out", f"№{end}")]
        made_up = {**proof, "entries": [*proof["entries"], ["0", "0", "0"]]}
        assert ("not_in_log", "1") in list(missing_from_proof(made_up, list(log.entry_chain(case))))


def test_another_file_is_found(proof):
    digest = next(iter(proof["files"]))
    assert not check_proof({**proof, "files": {digest: "AAAA"}}).complete
    assert not check_proof({**proof, "files": {}}).complete


@pytest.mark.parametrize("data", [None, [], {}, {"kind": "gongkai proof"}, "proof", 7])
def test_what_is_no_proof_is_said_to_be_none(data):
    assert [key for key, _ in check_proof(data).faults] == ["unreadable"]


def test_nothing_can_be_proved_of_a_case_without_a_text(app):
    with app.recorder.transaction(actor="clerk", means="page") as uow:
        case = uow.cases.open("request", "1", date(2026, 11, 16), {"applicant_kind": "natural_person"})
    with pytest.raises(NothingDrafted):
        laid(app, case)


def test_the_sheet_names_every_signature_and_the_fingerprint(app):
    case, made = drafted(app)
    signed(app, case, made)
    labels = Labels(book=phrasebook("zh"), office=app.office)
    sheet = build_processing_sheet(laid(app, case), labels)
    assert [row.stage for row in sheet.signatures] == [stage for _, stage in STAGES]
    paper = Document(BytesIO(sheet_docx(sheet, labels.book.say)))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    words = " ".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])
    assert len(paper.inline_shapes) == 1
    for wanted in ("公文处理单", "答复书", "保密审查员", made.digest, "不是可靠的电子签名"):
        assert wanted in words
    reference = laid(app, case).case.opening.reference
    told = dict(sheet.rows)
    assert told["标题"] == f"{laid(app, case).manifest.title}（{reference}）"
    assert told["编号"] == f"{reference}（案件 {case}）"
    first = laid(app, case).manifest.attachments[0]
    assert f"（{first.size / 1024:.1f} KB，指纹 {first.sha256[:12]}…）" in told["附件"]
    assert "案件号" not in words


@pytest.mark.parametrize("change", [{"more": 1}, {"files": {"00": ""}}], ids=["part", "file"])
def test_nothing_unproved_travels_with_a_proof(proof, change):
    if "files" in change:
        change = {"files": proof["files"] | change["files"]}
    assert check_proof(proof | change).faults
    for part in proof:
        assert check_proof({key: value for key, value in proof.items() if key != part}).faults, part


def test_another_end_of_the_log_is_found_by_its_office_alone(proof, app, tmp_path):
    file = tmp_path / "proof.json"
    told = []
    for end in (proof["end"], "0" * 64):
        file.write_text(json.dumps(proof | {"end": end}), "ascii")
        told.append(
            [
                CliRunner().invoke(command_line, ["verify", str(file), *home], obj=CommandContext(app.clock))
                for home in ((), ("--home", str(app.home.path)))
            ]
        )
    assert [[one.exit_code for one in pair] for pair in told] == [[0, 0], [0, 1]]
    assert "台账指纹（000000000000…）不是本单位台账的" in told[1][1].output


def test_of_a_word_that_fell_and_was_given_again_the_last_alone_counts(app):
    case, made = drafted(app)
    signed(app, case, made, STAGES[:1])
    acted(app, "secrecy_officer", lambda uow: uow.signoff.withdraw(case, "secrecy_officer", "再看一遍"))
    signed(app, case, made, STAGES[:1])
    for who in ("mayor", "secretary"):
        acted(app, who, lambda uow, who=who: uow.signoff.override(case, who, "审核", made.digest, "主任住院"))
    signed(app, case, made, STAGES[2:])
    found = check_proof(json.loads(json.dumps(proof_data(app, laid(app, case)))))
    assert found.complete
    posts = ["保密审查员", "镇长", "镇党委书记", "分管政务公开的副镇长"]
    assert [record.post for _, record in found.signatures()] == posts
    assert [entry.position for entry, _ in found.signatures()] == [5, 6, 7, 8]
    rows = build_processing_sheet(
        laid(app, case), Labels(book=phrasebook("zh"), office=app.office)
    ).signatures
    assert [row.meaning.startswith("同意（已作废，不算）") for row in rows] == [True, *[False] * 5]


def test_what_came_after_a_proof_and_leaves_its_text_alone_takes_nothing_from_it(proof, app):
    case = proof["case"]
    acted(app, "clerk", lambda uow: uow.cases.close(case, "granted", app.today))
    with app.log() as log:
        assert list(missing_from_proof(proof, list(log.entry_chain(case)))) == []
        shorter = proof | {"entries": [one for one in proof["entries"] if one is not proof["entries"][2]]}
        assert [key for key, _ in missing_from_proof(shorter, list(log.entry_chain(case)))] == ["left_out"]

"""A text goes from its draft to the website through four different people; or it does not go."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.services.app import OfficeApp
from config.declarations.disclosure_topics import ARTICLE_20, ARTICLE_21, SUBJECTS, article_of
from config.duties.publication import DUTY
from scheduler.recording.release_guard import BeforeSigned
from scheduler.recording.signoff_commands import FileMissing, OtherDescription, UnknownOrigin
from scheduler.signoff.approval_state import invalidated_signatures
from scheduler.signoff.refusals import NoText, NotSignedYet, NotYours
from scheduler.terms.deadlines import due_date
from scheduler.validation.violations import FieldMissing, NotPossible, StepsMissing
from scheduler.worklist.pending import WaitKind
from storage.content.content_store import ContentStore, DamagedDocument, FileTooLarge
from storage.database.tables_approvals import DOCUMENTS
from storage.eventlog.projections import CaseProjections
from storage.events.events import Signed
from storage.events.manifest import Manifest, manifest_attachment
from tests.scheduler.signoff.town import (
    DAY,
    FACTS,
    OTHER,
    SIGNERS,
    STAGES,
    TEXT,
    close,
    draft,
    length,
    open_text,
    publish,
    sign,
    sign_all,
    sitting,
    standing,
    tables,
    waiting,
)


def test_the_whole_way_of_a_text(works: OfficeApp, case: int) -> None:
    draft(works, case)
    assert waiting(works, case)[0] == (WaitKind.SIGN, ("secrecy_officer",), date(2026, 11, 25))
    with pytest.raises(NotSignedYet, match="保密审查"):
        publish(works, case)
    sign_all(works, case)
    assert waiting(works, case)[0] == (WaitKind.RELEASE, ("clerk",), None)
    publish(works, case)
    assert waiting(works, case) == []
    with sitting(works, "system") as desk:
        desk.step(case, "live_checked", DAY, {"address": "https://www.zhaoduba.example/1.html"})
    close(works, case, "adopted")
    assert tables(works) == []
    with works.log() as log:
        assert list(log.verify()) == []


def test_the_term_runs_from_the_day_it_was_made(works: OfficeApp, case: int) -> None:
    with works.log() as log:
        found = CaseProjections(log.connection, log.office, works.duties).cases([case])[case]
    story = [record for _, record in found.timeline]
    assert due_date(story, DUTY, works.known_calendar()).day == date(2026, 12, 14)


def test_nothing_is_published_without_a_text(works: OfficeApp, case: int) -> None:
    with pytest.raises(NoText):
        publish(works, case)
    with pytest.raises(StepsMissing):
        close(works, case, "adopted")
    assert length(works) == 1


def test_nothing_is_dated_before_its_signatures(works: OfficeApp, case: int) -> None:
    draft(works, case)
    sign_all(works, case)
    with pytest.raises(BeforeSigned):
        publish(works, case, DAY - timedelta(days=3))
    publish(works, case)
    assert length(works) == 7


def test_a_signature_says_who_what_when_and_on_what_it_rests(works: OfficeApp, case: int) -> None:
    draft(works, case)
    with sitting(works, "secrecy_officer", "telegram") as desk:
        desk.sign(case, "secrecy_officer", STAGES[0], TEXT.digest, said_at="2026-11-23T01:02:03+00:00")
    first = desk.entries[-1]
    sign(works, case, 1)
    with works.log() as log:
        second = list(log.read())[-1].record
    assert isinstance(first.record, Signed)
    assert isinstance(second, Signed)
    assert (first.record.post, first.means) == ("保密审查员", "telegram")
    assert first.record.said_at != first.recorded_at.isoformat()
    assert first.record.meaning.startswith("不涉及国家秘密")
    assert first.record.manifest == TEXT.digest
    assert (first.record.relied_on, second.relied_on) == ((), (f"{first.position} {first.hash}",))


def test_every_signed_text_can_be_read_again(works: OfficeApp, case: int) -> None:
    table = "一、附表".encode()
    text = replace(TEXT, attachments=(manifest_attachment("附表.txt", table),))
    with pytest.raises(FileMissing, match="附表"):
        draft(works, case, text)
    with sitting(works) as desk:
        desk.draft(case, "clerk", text, [table])
    with works.log() as log:
        archive = ContentStore(log.connection, log.office)
        assert archive.manifest(text.digest) == text
        assert archive.read(text.attachments[0].sha256) == table
        assert list(archive.damaged()) == []


def test_a_content_is_neither_changed_nor_too_large(works: OfficeApp, case: int) -> None:
    draft(works, case)
    with works.store.writing(works.office.slug) as connection:
        archive = ContentStore(connection, works.office.slug)
        with pytest.raises(FileTooLarge, match=r"21\.0"):
            archive.save(bytes(21 * 1024 * 1024), "大.pdf")
        row = {"office": works.office.slug, "hash": "0" * 64, "content": b"x"}
        connection.execute(DOCUMENTS.insert().values(row))
        with pytest.raises(DamagedDocument):
            archive.read("0" * 64)
        assert list(archive.damaged()) == ["0" * 64]


def test_the_text_and_its_case_say_the_same(works: OfficeApp, case: int) -> None:
    with pytest.raises(OtherDescription, match="公开属性"):
        draft(works, case, replace(TEXT, disclosure="on_request"))
    with pytest.raises(UnknownOrigin, match="finance"):
        draft(works, case, replace(TEXT, origin="nowhere"))
    draft(works, case)
    sign_all(works, case)
    with works.log() as log:
        opening = next(iter(log.read())).record
    with sitting(works) as desk:
        desk.amend(1, "形成日期填错", replace(opening, facts={**FACTS, "made_on": "2026-11-17"}))
    with pytest.raises(OtherDescription, match="形成"):
        publish(works, case)


def test_a_class_asks_for_its_article_and_is_kept(works: OfficeApp) -> None:
    withheld = {**FACTS, "disclosure": "withheld"}
    with pytest.raises(FieldMissing, match="依据"):
        open_text(works, "P2", withheld)
    case = open_text(works, "P2", {**withheld, "article": "条例第十六条第二款"})
    text = replace(TEXT, disclosure="withheld", article="条例第十六条第二款")
    draft(works, case, text)
    sign_all(works, case, text)
    with pytest.raises(NotPossible, match="不予公开"):
        publish(works, case)
    with pytest.raises(StepsMissing):
        close(works, case, "adopted")
    close(works, case, "not_published")
    assert waiting(works, case) == []


def test_what_is_proactive_is_not_closed_unpublished_nor_taken_back_once_out(
    works: OfficeApp, case: int
) -> None:
    with pytest.raises(NotPossible):
        close(works, case, "not_published")
    draft(works, case)
    sign_all(works, case)
    publish(works, case)
    with pytest.raises(NotPossible):
        close(works, case, "withdrawn")
    close(works, case, "archived")


def test_a_text_of_another_class_owes_no_date(works: OfficeApp) -> None:
    case = open_text(works, "P2", {**FACTS, "disclosure": "on_request"})
    assert waiting(works, case) == []


def test_a_department_s_own_head_reviews_and_a_village_s_too(works: OfficeApp, case: int) -> None:
    draft(works, case)
    sign(works, case, 0)
    with pytest.raises(NotYours, match="财政所所长"):
        sign(works, case, 1, by="civil_director")
    village = open_text(works, "P2", {**FACTS, "origin": "jia"})
    text = replace(TEXT, origin="jia")
    draft(works, village, text, by="jia_reporter")
    sign(works, village, 0, text)
    with pytest.raises(NotYours, match="甲村村委会主任"):
        sign(works, village, 1, text)
    sign(works, village, 1, text, by="jia_leader")
    assert standing(works, village).stage.name == STAGES[2]


def test_the_editor_is_told_whose_signatures_fall(works: OfficeApp, case: int) -> None:
    draft(works, case)
    sign(works, case, 0)
    sign(works, case, 1)
    at = standing(works, case)
    assert [one.by for one in invalidated_signatures(at, OTHER.digest, OTHER.decision)] == list(SIGNERS[:2])
    assert invalidated_signatures(at, TEXT.digest, TEXT.decision) == ()
    draft(works, case, OTHER)
    assert standing(works, case).signed == ()


def test_a_changed_byte_is_another_text() -> None:
    assert replace(TEXT, text=TEXT.text + " ").digest != TEXT.digest
    assert replace(TEXT, text="甲\r\n乙").digest == replace(TEXT, text="甲\n乙").digest
    file = manifest_attachment("附表.xlsx", b"1")
    changed = [
        replace(TEXT, title="甲"),
        replace(TEXT, decision=""),
        replace(TEXT, disclosure="on_request"),
        replace(TEXT, origin="jia"),
        replace(TEXT, attachments=(file,)),
        replace(TEXT, attachments=(manifest_attachment("附表.xlsx", b"2"),)),
        replace(TEXT, attachments=(manifest_attachment("另表.xlsx", b"1"),)),
        replace(TEXT, attachments=(file, file)),
    ]
    assert len({one.digest for one in [TEXT, *changed]}) == len(changed) + 1
    assert [Manifest.read(one.canonical()) for one in changed] == changed


def test_the_subjects_are_those_of_the_two_articles() -> None:
    assert (len(ARTICLE_20), len(ARTICLE_21), len(SUBJECTS)) == (15, 8, 23)
    assert article_of("20_15") == "条例第二十条第（十五）项"
    assert article_of("21_8") == "条例第二十一条"
    assert article_of("") == ""

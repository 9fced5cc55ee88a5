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
from storage.database.tables import DOCUMENTS
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
    open_text,
    publish,
    sign,
    sign_all,
    state_of_text,
    waiting,
)
from tests.town import log_end, table_differences, transaction


def test_the_whole_way_of_a_text(app: OfficeApp, case: int) -> None:
    draft(app, case)
    assert waiting(app, case)[0] == (WaitKind.SIGN, ("secrecy_officer",), date(2026, 11, 25))
    with pytest.raises(NotSignedYet, match="保密审查"):
        publish(app, case)
    sign_all(app, case)
    assert waiting(app, case)[0] == (WaitKind.RELEASE, ("clerk",), None)
    publish(app, case)
    assert waiting(app, case) == [(WaitKind.CLOSE, ("clerk",), None)]  # nobody has seen it on the page yet
    with transaction(app, "system") as uow:
        uow.cases.step(case, "live_checked", DAY, {"address": "https://www.zhaoduba.example/1.html"})
    close(app, case, "adopted")
    assert table_differences(app) == []
    with app.log() as log:
        assert list(log.verify()) == []


def test_the_term_runs_from_the_day_it_was_made(app: OfficeApp, case: int) -> None:
    with app.log() as log:
        found = CaseProjections(log.connection, log.office, app.duties).cases([case])[case]
    story = found.records
    assert due_date(story, DUTY, app.known_calendar()).day == date(2026, 12, 14)


def test_nothing_is_published_without_a_text(app: OfficeApp, case: int) -> None:
    with pytest.raises(NoText):
        publish(app, case)
    with pytest.raises(StepsMissing):
        close(app, case, "adopted")
    assert log_end(app) == 1


def test_nothing_is_dated_before_its_signatures(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign_all(app, case)
    with pytest.raises(BeforeSigned):
        publish(app, case, DAY - timedelta(days=3))
    publish(app, case)
    assert log_end(app) == 7


def test_a_signature_says_who_what_when_and_on_what_it_rests(app: OfficeApp, case: int) -> None:
    draft(app, case)
    with transaction(app, "secrecy_officer", "telegram") as uow:
        uow.signoff.sign(case, "secrecy_officer", STAGES[0], TEXT.digest, said_at="2026-11-23T01:02:03+00:00")
    first = uow.entries[-1]
    sign(app, case, 1)
    with app.log() as log:
        second = list(log.read())[-1].record
    assert isinstance(first.record, Signed)
    assert isinstance(second, Signed)
    assert (first.record.post, first.means) == ("保密审查员", "telegram")
    assert first.record.said_at != first.recorded_at.isoformat()
    assert first.record.meaning.startswith("不涉及国家秘密")
    assert first.record.manifest == TEXT.digest
    assert (first.record.relied_on, second.relied_on) == ((), (f"{first.position} {first.hash}",))


def test_every_signed_text_can_be_read_again(app: OfficeApp, case: int) -> None:
    table = "一、附表".encode()
    text = replace(TEXT, attachments=(manifest_attachment("附表.txt", table),))
    with pytest.raises(FileMissing, match="附表"):
        draft(app, case, text)
    with transaction(app) as uow:
        uow.signoff.draft(case, "clerk", text, [table])
    with app.log() as log:
        archive = ContentStore(log.connection, log.office)
        assert archive.manifest(text.digest) == text
        assert archive.read(text.attachments[0].sha256) == table
        assert list(archive.damaged()) == []


def test_a_content_is_neither_changed_nor_too_large(app: OfficeApp, case: int) -> None:
    draft(app, case)
    with app.store.writing(app.office.slug) as connection:
        archive = ContentStore(connection, app.office.slug)
        with pytest.raises(FileTooLarge, match=r"21\.0"):
            archive.save(bytes(21 * 1024 * 1024), "大.pdf")
        row = {"office": app.office.slug, "hash": "0" * 64, "content": b"x"}
        connection.execute(DOCUMENTS.insert().values(row))
        with pytest.raises(DamagedDocument):
            archive.read("0" * 64)
        assert list(archive.damaged()) == ["0" * 64]


def test_the_text_and_its_case_say_the_same(app: OfficeApp, case: int) -> None:
    with pytest.raises(OtherDescription, match="公开属性"):
        draft(app, case, replace(TEXT, disclosure="on_request"))
    with pytest.raises(UnknownOrigin, match="finance"):
        draft(app, case, replace(TEXT, origin="nowhere"))
    draft(app, case)
    sign_all(app, case)
    with app.log() as log:
        opening = next(iter(log.read())).record
    with transaction(app) as uow:
        uow.corrections.amend(1, "形成日期填错", replace(opening, facts={**FACTS, "made_on": "2026-11-17"}))
    with pytest.raises(OtherDescription, match="形成"):
        publish(app, case)


def test_a_class_asks_for_its_article_and_is_kept(app: OfficeApp) -> None:
    withheld = {**FACTS, "disclosure": "withheld"}
    with pytest.raises(FieldMissing, match="依据"):
        open_text(app, "P2", withheld)
    case = open_text(app, "P2", {**withheld, "article": "条例第十六条第二款"})
    text = replace(TEXT, disclosure="withheld", article="条例第十六条第二款")
    draft(app, case, text)
    sign_all(app, case, text)
    with pytest.raises(NotPossible, match="不予公开"):
        publish(app, case)
    with pytest.raises(StepsMissing):
        close(app, case, "adopted")
    close(app, case, "not_published")
    assert waiting(app, case) == []


def test_what_is_proactive_is_not_closed_unpublished_nor_taken_back_once_out(
    app: OfficeApp, case: int
) -> None:
    with pytest.raises(NotPossible):
        close(app, case, "not_published")
    draft(app, case)
    sign_all(app, case)
    publish(app, case)
    with pytest.raises(NotPossible):
        close(app, case, "withdrawn")
    close(app, case, "archived")


def test_a_text_of_another_class_owes_no_date(app: OfficeApp) -> None:
    case = open_text(app, "P2", {**FACTS, "disclosure": "on_request"})
    assert waiting(app, case) == []


def test_a_department_s_own_head_reviews_and_a_village_s_too(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign(app, case, 0)
    with pytest.raises(NotYours, match="财政所所长"):
        sign(app, case, 1, by="civil_director")
    village = open_text(app, "P2", {**FACTS, "origin": "jia"})
    text = replace(TEXT, origin="jia")
    draft(app, village, text, by="jia_reporter")
    sign(app, village, 0, text)
    with pytest.raises(NotYours, match="甲村村委会主任"):
        sign(app, village, 1, text)
    sign(app, village, 1, text, by="jia_leader")
    assert state_of_text(app, village).stage.name == STAGES[2]


def test_the_editor_is_told_whose_signatures_fall(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign(app, case, 0)
    sign(app, case, 1)
    at = state_of_text(app, case)
    assert [one.by for one in invalidated_signatures(at, OTHER.digest, OTHER.decision)] == list(SIGNERS[:2])
    assert invalidated_signatures(at, TEXT.digest, TEXT.decision) == ()
    draft(app, case, OTHER)
    assert state_of_text(app, case).signed == ()


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

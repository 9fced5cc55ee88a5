"""After an erasure nothing anywhere tells who it was: messages, forms, notices, files, logs and new backups included."""

import json
import zipfile
from datetime import date, timedelta
from hashlib import sha256
from types import SimpleNamespace
from urllib.parse import quote_plus, urlencode

import pytest
from sqlalchemy import event, select
from sqlmodel import SQLModel

from bot.runtime.scheduled_jobs import purge_expired
from bot.services.error_log import log_fault
from storage.content.applicant_store import empty_journal
from storage.content.content_store import ContentStore
from storage.content.erasure import KEPT_TABLES, forget_mentions
from storage.database import engines
from storage.database.backup import make_backup
from storage.database.tables_messaging import DialogState, IncomingFile
from storage.events.manifest import Manifest, manifest_attachment
from storage.lists.saved_views import SavedViews
from storage.messaging.callback_tokens import CallbackAction, CallbackTokens
from storage.messaging.dialog_state import DialogStates
from storage.messaging.inbox import InboxTable, RawUpdate
from storage.messaging.incoming_files import IncomingFiles
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox
from storage.messaging.web_chat import WebChat
from tests.storage.content.people import APPLICANT, VALUES, keep, open_request

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
SAID = f"{APPLICANT.name}来电 {APPLICANT.contact}，住{APPLICANT.address}，{APPLICANT.identity_number}"


def spellings(value: str) -> set[bytes]:
    """The bytes as which a value may lie in a file."""
    known = {value.encode(one) for one in ENCODINGS} | {json.dumps(value)[1:-1].encode()}
    return known | {quote_plus(value).encode()}


def left(folder) -> set[str]:
    """The values that stand in any file of a folder, in any spelling; archives are looked into."""
    raw = b""
    for file in folder.rglob("*"):
        if file.is_file():
            raw += file.read_bytes()
            if zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as archive:
                    raw += b"".join(archive.read(name) for name in archive.namelist())
    return {value for value in VALUES if any(one in raw for one in spellings(value))}


@pytest.fixture
def talked_of(app):
    """A request whose applicant was spoken of everywhere that remembers words."""
    case = open_request(app)
    keep(app, case)
    now, office = app.clock.now(), app.office.slug
    with app.store.writing(office) as connection:
        WebChat(connection, office, "clerk").add(SAID, at=now, own=True)
        form = DialogState(form="step:consulted", data={"who": SAID}, expires_at=now + timedelta(hours=1))
        DialogStates(connection, office).save("clerk", "page", form)
        action = CallbackAction(
            person="clerk", act="return", case=case, basis="", data={"rest": SAID}, expires_at=now
        )
        CallbackTokens(connection, office).issue(action)
        InboxTable(connection, office, "telegram").put([RawUpdate("1", "7", json.dumps({"text": SAID}))], now)
        notice = OutboxNotice(
            person="clerk", case=0, what="feedback", rung="x", basis=SAID, topic="notice.feedback",
            created_at=now, not_before=now,
        )  # fmt: skip
        Outbox(connection, office).put([notice])
        SavedViews(connection, office, "clerk").save("cases", "来电的人", urlencode({"q": APPLICANT.name}))
        files = IncomingFiles(connection, office, "clerk", "telegram")
        files.put([IncomingFile(message="1", place=0, name="a.txt", content=SAID.encode("gb18030"))], now)
    log_fault(app.home.path, ValueError(SAID))
    return case


def test_an_erased_applicant_is_found_nowhere(app, talked_of, gongkai):
    assert left(app.home.path) == set(VALUES)
    done = gongkai("private", "erase", str(talked_of), "--reason", "保存期满")
    assert done.code == 0, done.err
    assert left(app.home.path) == set()
    target = app.home.path.parent / "later" / "town.zip"
    make_backup(app.home, app.store, app.office.slug, target, app.clock.now())
    assert left(target.parent) == set()


def test_the_files_of_a_request_are_erased_with_its_applicant(app):
    """Of a picture nothing can be read that names them: it goes because it belongs to their case."""
    mine, other = open_request(app), open_request(app, reference="2")
    keep(app, mine)
    scans = {
        case: (b"a letter scanned for %d" % case, b"an answer scanned for %d" % case)
        for case in (mine, other)
    }
    for case, (filed, drafted) in scans.items():
        with app.recorder.transaction(actor="clerk", means="test") as uow:
            digest = ContentStore(uow.context.log.connection, app.office.slug).save(filed)
            facts = {"about": "correction", "tried": "上门两次", "evidence": f"sha256:{digest}"}
            uow.cases.step(case, "unreachable", app.today, facts)
            text = Manifest(
                title="答复书", decision="granted", attachments=(manifest_attachment("答复书.pdf", drafted),)
            )
            uow.signoff.draft(case, "clerk", text, (drafted,))
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.corrections.erase(mine, "保存期满")
    every = {sha256(scan).hexdigest(): case for case, pair in scans.items() for scan in pair}
    with app.store.reading() as connection:
        left_there = ContentStore(connection, app.office.slug).known(every)
    assert sorted(every[digest] for digest in left_there) == [other, other]


def test_an_earlier_backup_still_holds_them_and_that_is_said(app, talked_of, gongkai):
    target = app.home.path / "backups" / "2026-11-22.zip"
    make_backup(app.home, app.store, app.office.slug, target, app.clock.now() - timedelta(days=1))
    assert "1 份，最早 2026-11-22" in gongkai("private", "erase", str(talked_of), "--reason", "保存期满").out
    assert left(app.home.path) == set(VALUES)


def test_every_table_is_looked_through_unless_it_is_declared():
    """A row of each table that mentions them is deleted; a new table that is not declared is found here."""
    tables = {table.name for table in SQLModel.metadata.sorted_tables}
    assert tables > KEPT_TABLES
    assert tables - KEPT_TABLES == {
        "dialogue",
        "document",
        "handle",
        "inbox",
        "outbox",
        "arrival",
        "owed_reply",
        "page_message",
        "saved_view",
    }
    assert all("office" in table.c for table in SQLModel.metadata.sorted_tables)


@pytest.mark.usefixtures("talked_of")
def test_nobody_else_s_words_are_deleted(app):
    with app.store.writing(app.office.slug) as connection:
        WebChat(connection, app.office.slug, "clerk").add("今天有几件？", at=app.clock.now(), own=True)
        assert forget_mentions(connection, app.office.slug, APPLICANT) == 7
        assert [one.text for one in WebChat(connection, app.office.slug, "clerk").read()] == ["今天有几件？"]


def test_what_was_said_before_they_were_known_stays_in_the_log_and_that_is_told(app, gongkai):
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        facts = {"applicant_kind": "natural_person", "note": f"{APPLICANT.name}，本人来的"}
        case = uow.cases.open("request", "1", date(2026, 11, 2), facts)
    keep(app, case)
    assert "№1 里写着这个申请人" in gongkai("private", "erase", str(case), "--reason", "保存期满").out


@pytest.mark.usefixtures("talked_of")
def test_each_night_deletes_what_nobody_needs_any_more(app):
    names = ("dialogue", "page_message", "inbox")
    counted = {name: select(SQLModel.metadata.tables[name]) for name in names}
    with app.store.writing(app.office.slug) as connection:
        WebChat(connection, app.office.slug, "clerk").add("新的一条", at=app.clock.now(), own=True)
        inbox = InboxTable(connection, app.office.slug, "telegram")
        inbox.done([1], app.clock.now())
        inbox.put([RawUpdate("2", "7", "{}")], app.clock.now())
    app.clock.set_day(app.today + timedelta(days=91))
    purge_expired(app)
    with app.store.reading() as connection:
        found = {name: len(connection.execute(query).all()) for name, query in counted.items()}
    assert found == {"dialogue": 0, "page_message": 1, "inbox": 1}  # the newest of each keeps the count


@pytest.mark.usefixtures("talked_of")
def test_a_night_deletes_nothing_that_somebody_may_still_need(app):
    """Twelve hours later: a form that just expired is still explained, and an update may be delivered again."""
    names = ("dialogue", "page_message", "inbox", "handle", "arrival")
    counted = {name: select(SQLModel.metadata.tables[name]) for name in names}
    with app.store.writing(app.office.slug) as connection:
        WebChat(connection, app.office.slug, "clerk").add("新的一条", at=app.clock.now(), own=True)
        inbox = InboxTable(connection, app.office.slug, "telegram")
        inbox.done([1], app.clock.now())
        inbox.put([RawUpdate("2", "7", "{}")], app.clock.now())
    app.clock.move(timedelta(minutes=50))
    assert purge_expired(app) == 0
    app.clock.move(timedelta(hours=11))
    assert purge_expired(app) == 1  # the file that no form asks for any more
    with app.store.reading() as connection:
        found = {name: len(connection.execute(query).all()) for name, query in counted.items()}
    assert found == {"dialogue": 1, "page_message": 2, "inbox": 2, "handle": 1, "arrival": 0}


def test_whoever_looks_unmasked_stands_in_the_log(app, gongkai):
    case = open_request(app)
    keep(app, case)
    assert APPLICANT.name not in gongkai("private", "show", str(case)).out
    before = [entry.position for entry in _entries(app)]
    assert APPLICANT.name in gongkai("private", "show", str(case), "--reveal").out
    assert [type(entry.record).__name__ for entry in _entries(app)[len(before) :]] == ["Revealed"]


def _entries(app):
    with app.log() as log:
        return list(log.read())


def test_deleted_bytes_are_overwritten_on_each_connection_of_each_build(app):
    with app.store.reading() as connection:
        assert connection.exec_driver_sql("pragma secure_delete").scalar() == 1
    said: list[str] = []
    engines._prepare_sqlite(SimpleNamespace(execute=said.append), None)
    assert "PRAGMA secure_delete=ON" in said  # whatever the build does by itself
    with app.store.writing(app.office.slug) as connection:
        assert connection.exec_driver_sql("pragma secure_delete").scalar() == 1


def test_the_database_is_written_anew_even_where_deleted_bytes_were_left_lying(app, talked_of):
    """What an older build or a split page left lying is overwritten by no pragma."""
    event.listen(app.store.engine, "connect", lambda raw, _record: raw.execute("PRAGMA secure_delete=OFF"))
    app.store.engine.dispose()
    (app.home.path / "gongkai.log").unlink()
    with app.store.writing(app.office.slug) as connection:
        connection.exec_driver_sql("delete from page_message")
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.corrections.erase(talked_of, "保存期满")
    app.store.engine.dispose()
    assert left(app.home.path)
    assert empty_journal(app.store)
    assert left(app.home.path) == set()


def test_where_somebody_was_reading_the_same_command_finishes_later(app, gongkai, monkeypatch):
    case = open_request(app)
    keep(app, case)
    monkeypatch.setattr("bot.cli.cases.applicants.empty_journal", lambda _store: False)
    assert f"gongkai private erase {case}" in gongkai("private", "erase", str(case), "--reason", "期满").out
    monkeypatch.undo()
    before = len(_entries(app))
    assert "已经重写" in gongkai("private", "erase", str(case), "--reason", "期满").out
    assert len(_entries(app)) == before

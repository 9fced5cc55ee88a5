"""The log only grows, and any change to it is found."""

import sqlite3
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.services.app import OfficeApp, open_app
from config.clock import ManualClock
from storage.database.engines import describe_engine, is_postgresql, journal_mode
from storage.eventlog.log import Log, MovedOn, NewEvent, position_at, row_faults
from storage.events.codec import (
    GENESIS,
    canonical_entry,
    canonical_record,
    decode_entry,
    decode_record,
    encode_record,
)
from storage.events.events import Amended, Closed, Opened, Stepped
from storage.events.office_events import CalendarEntered, Counted
from tests.storage.eventlog.tampering import flips, numbered

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
DAY = date(2026, 11, 23)
RECORDS = (
    Opened(
        case=1,
        happened_on=DAY,
        kind="request",
        reference="召公开〔2026〕1号",
        facts={"applicant_kind": "business"},
    ),
    Stepped(case=1, happened_on=DAY, step="extended", facts={"days": 10}),
    Closed(case=1, happened_on=DAY, outcome="granted"),
    Counted(happened_on=DAY, matter="administrative_fee", amount_yuan=Decimal("12000.50")),
    CalendarEntered(happened_on=DAY, year=2027, notice="{}"),
    Amended(
        happened_on=DAY,
        case=1,
        position=3,
        reason="结果填错",
        right=Closed(case=1, happened_on=DAY, outcome="petition"),
    ),
    Amended(happened_on=DAY, case=1, position=2, reason="没有延期"),
)


@pytest.fixture
def app(both_apps: OfficeApp) -> OfficeApp:
    return both_apps


def say(app: OfficeApp, *records: object, key: str = "") -> None:
    with app.store.writing(app.office.slug) as connection:
        said = [NewEvent(record, key) for record in records]  # type: ignore[arg-type]
        Log(connection, app.office.slug).append(said, at=AT, actor="clerk", means="test")


def faults(app: OfficeApp) -> list[tuple[int, str]]:
    with app.log() as log:
        return [(fault.position, fault.what) for fault in log.verify()]


@pytest.fixture
def raw(app: OfficeApp) -> Iterator[Connection]:
    """Someone with the database in hand and no respect for triggers."""
    say(app, *RECORDS)
    with app.store.engine.connect() as connection:
        if is_postgresql(connection):
            connection.exec_driver_sql("set session_replication_role = replica")
        else:
            triggers = "select name from sqlite_master where type = 'trigger'"
            for trigger in connection.exec_driver_sql(triggers).scalars().all():
                connection.exec_driver_sql(f"drop trigger {trigger}")
        yield connection


def test_every_record_reads_back_as_it_was_said(app: OfficeApp) -> None:
    say(app, *RECORDS)
    with app.log() as log:
        assert tuple(entry.record for entry in log.read()) == RECORDS
        assert faults(app) == []


def test_stored_text_is_ascii() -> None:
    for record in RECORDS:
        assert canonical_record(record).isascii()
        assert decode_record(encode_record(record)) == record


def test_one_amount_has_one_spelling() -> None:
    spelt = {
        canonical_record(Counted(happened_on=DAY, matter="licence", amount_yuan=Decimal(way)))
        for way in ("12", "12.0", "12.00", "1.2E1")
    }
    assert len(spelt) == 1


def test_a_key_is_recorded_once(app: OfficeApp) -> None:
    say(app, RECORDS[3], key="fee")
    say(app, RECORDS[3], key="fee")
    with app.log() as log:
        assert log.end().position == 1


def test_equal_facts_without_a_key_are_two(app: OfficeApp) -> None:
    say(app, RECORDS[3], RECORDS[3])
    with app.log() as log:
        assert log.end().position == 2


def test_a_log_that_moved_on_is_not_written_to(app: OfficeApp) -> None:
    say(app, RECORDS[3])
    with pytest.raises(MovedOn), app.store.writing(app.office.slug) as connection:
        Log(connection, app.office.slug).append(
            [NewEvent(RECORDS[3])], at=AT, actor="a", means="test", expected=0
        )
    with app.log() as log:
        assert log.end().position == 1


def test_nothing_is_kept_of_a_transaction_that_fails(app: OfficeApp) -> None:
    with pytest.raises(ZeroDivisionError), app.store.writing(app.office.slug) as connection:
        Log(connection, app.office.slug).append([NewEvent(RECORDS[3])], at=AT, actor="a", means="test")
        raise ZeroDivisionError
    with app.log() as log:
        assert log.end().position == 0


OTHER = "select office, {position}, type, \"case\", '{key}', body, hash from event where position = 2"
REFUSED = {
    "both": (
        "update event set body = 'x' where position = 2",
        "update event set position = 99 where position = 7",
        "delete from event where position = 2",
        "delete from event",
        "insert into event " + OTHER.format(position=9, key="k"),
        "insert into event " + OTHER.format(position=8, key="at 2"),
    ),
    "sqlite": (
        "insert or replace into event select * from event where position = 2",
        "insert or replace into event " + OTHER.format(position=8, key="at 2"),
        "insert or ignore into event " + OTHER.format(position=12, key="k"),
        "replace into event " + OTHER.format(position=2, key="k"),
        "update or replace event set position = 1 where position = 2",
    ),
    "postgresql": (
        "insert into event select * from event where position = 2 on conflict do nothing",
        "insert into event select * from event on conflict (office, position) do update set body = 'x'",
        "merge into event using head on event.position = 2 when matched then update set body = 'x'",
        "with gone as (delete from event where position = 7 returning *) select * from gone",
        "truncate event",
        "truncate event, head cascade",
    ),
}


def test_the_database_itself_refuses(app: OfficeApp, engine: str) -> None:
    say(app, *RECORDS)
    for statement in REFUSED["both"] + REFUSED[engine]:
        with (
            pytest.raises(IntegrityError, match="append-only"),
            app.store.writing(app.office.slug) as connection,
        ):
            connection.execute(text(statement))
    assert faults(app) == []


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_another_program_cannot_walk_through_the_triggers_of_the_file(
    home: Path, clock: ManualClock, recursive: str
) -> None:
    say(open_app(home, clock), *RECORDS)
    with sqlite3.connect(home / "gongkai.db") as connection:
        connection.execute(f"PRAGMA recursive_triggers={recursive}")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("insert or replace into event select * from event where position = 2")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("update event set body = replace(body, 'granted', 'petition') where position = 3", (3, "changed")),
        ("delete from event where position = 4", (4, "missing")),
        ("delete from event where position = 7", (7, "end")),
        ("delete from event", (1, "end")),
        ("update event set hash = '0' || substr(hash, 2) where position = 5", (5, "changed")),
        ("update event set type = 'closed' where position = 4", (4, "column")),
        ('update event set "case" = 9 where position = 4', (4, "column")),
        ("update event set key = 'other' where position = 4", (4, "column")),
        ("update event set body = 'nonsense' where position = 4", (4, "unreadable")),
        ("update head set hash = 'x'", (8, "end")),
        (
            "insert into event select office, 8, type, \"case\", 'k', body, hash from event where position = 7",
            (8, "changed"),
        ),
    ],
)
def test_it_finds_what_was_tampered_with(
    app: OfficeApp, raw: Connection, statement: str, found: tuple[int, str]
) -> None:
    raw.exec_driver_sql(statement)
    assert found in faults(app)


def test_it_finds_two_entries_that_changed_places(app: OfficeApp, raw: Connection) -> None:
    raw.exec_driver_sql("update event set position = -position where position in (2, 3)")
    raw.exec_driver_sql("update event set position = position + 5 where position < 0")
    assert (2, "changed") in faults(app)
    assert (2, "out_of_place") in faults(app)


def test_it_finds_another_office_s_entries(app: OfficeApp) -> None:
    say(app, RECORDS[3])
    with app.log() as log:
        entry = next(iter(log.read()))
    row = numbered(canonical_entry(entry), entry, office="elsewhere")
    assert [fault.what for fault in row_faults(row, 0, GENESIS, "elsewhere")] == ["out_of_place"]


def test_every_flipped_byte_of_a_small_log_is_found(app: OfficeApp) -> None:
    say(app, *RECORDS)
    with app.log() as log:
        entries = list(log.read())
    tried, missed = flips(entries, app.office.slug)
    assert tried > 1000
    assert missed == []


def test_the_position_of_an_instant_is_the_last_before_it(app: OfficeApp) -> None:
    say(app, *RECORDS[:2])
    with app.store.writing(app.office.slug) as connection:
        later = AT.replace(day=25)
        Log(connection, app.office.slug).append([NewEvent(RECORDS[3])], at=later, actor="a", means="test")
    with app.log() as log:
        assert [position_at(log, AT.replace(day=day)) for day in (23, 24, 25, 26)] == [0, 2, 2, 3]


def test_the_journal_is_the_one_that_is_safe_on_this_build() -> None:
    assert journal_mode((3, 40, 1)) == "TRUNCATE"
    assert journal_mode((3, 51, 2)) == "TRUNCATE"
    assert journal_mode((3, 51, 3)) == "WAL"


def test_every_commit_reaches_the_disk(app: OfficeApp, engine: str) -> None:
    with app.store.reading() as connection:
        found = describe_engine(connection)
    full = {
        "sqlite": f"journal_mode={journal_mode().lower()}, synchronous=3",
        "postgresql": "synchronous_commit=on",
    }
    assert full[engine] in found.keeps


def test_a_statement_that_failed_keeps_nothing_even_when_its_error_is_swallowed(
    app: OfficeApp, engine: str
) -> None:
    """PostgreSQL has undone everything by then, so "recorded" must not be said."""

    def act() -> None:
        with app.store.writing(app.office.slug) as connection:
            Log(connection, app.office.slug).append([NewEvent(RECORDS[3])], at=AT, actor="a", means="test")
            with suppress(DBAPIError):
                connection.execute(text("insert into head select * from head"))

    with pytest.raises(DBAPIError) if engine == "postgresql" else nullcontext():
        act()
    with app.log() as log:
        assert log.end().position == (0 if engine == "postgresql" else 1)


def test_foreign_text_in_the_log_is_no_entry() -> None:
    for text_ in ("", "[]", "null", "{}", '{"v": 2}'):
        with pytest.raises((ValueError, KeyError, TypeError)):
            decode_entry(text_, "")

"""Whoever writes into the tables past the rules is stopped by the database itself, on either engine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, delete, insert, update
from sqlalchemy.exc import IntegrityError

from bot.services.app import OfficeApp
from storage.database.tables import DOCUMENTS
from storage.database.tables_approvals import CONTRIBUTIONS, RELEASES, SIGNATURES, VERSIONS
from storage.eventlog.projections import CaseProjections
from tests.scheduler.signoff.town import TEXT, draft, open_text, publish, sign, sign_all

Row = Mapping[str, object]


@pytest.fixture
def case(app: OfficeApp, case: int) -> int:
    """A text of the clerk's that the secrecy reviewer has signed."""
    draft(app, case)
    sign(app, case, 0)
    return case


@contextmanager
def past_the_rules(app: OfficeApp) -> Iterator[Connection]:
    with app.store.writing(app.office.slug) as connection:
        yield connection


def signature(app: OfficeApp, number: int, person: str, **more: object) -> Row:
    row = {"office": app.office.slug, "case": number, "version": 1, "person": person, "stage": "终审·三校"}
    return {**row, "manifest": TEXT.digest, "deputy_for": "", "override": False, **more}


def release(app: OfficeApp, case: int, **more: object) -> Row:
    row = {"office": app.office.slug, "case": case, "position": 99, "version": 1, "manifest": TEXT.digest}
    return {**row, **more}


@pytest.mark.parametrize(
    ("person", "more", "why"),
    [
        ("clerk", {}, "wrote"),
        ("archivist", {"deputy_for": "clerk"}, "wrote"),
        ("deputy_mayor", {"manifest": "0" * 64}, "other bytes"),
        ("deputy_mayor", {"version": 2}, "other bytes"),
        ("deputy_mayor", {"case": 9}, "other bytes"),
        ("secrecy_officer", {}, "once"),
        ("archivist", {"deputy_for": "secrecy_officer"}, "once"),
    ],
)
def test_no_false_signature_is_written(
    app: OfficeApp, case: int, person: str, more: dict[str, object], why: str
) -> None:
    with pytest.raises(IntegrityError, match=why), past_the_rules(app) as connection:
        connection.execute(insert(SIGNATURES).values(signature(app, case, person, **more)))


def test_whoever_signed_is_not_made_its_writer(app: OfficeApp, case: int) -> None:
    row = {"office": app.office.slug, "case": case, "person": "secrecy_officer", "version": 1}
    with pytest.raises(IntegrityError, match="did not write"), past_the_rules(app) as connection:
        connection.execute(insert(CONTRIBUTIONS).values(row))


def test_nothing_is_released_that_too_few_have_signed(app: OfficeApp, case: int) -> None:
    with pytest.raises(IntegrityError, match="enough different"), past_the_rules(app) as connection:
        connection.execute(insert(RELEASES).values(release(app, case)))
    with pytest.raises(IntegrityError, match="enough different"), past_the_rules(app) as connection:
        for person in ("finance_director", "office_director", "deputy_mayor"):
            # Four people, and all at one stage: the others were passed over.
            connection.execute(insert(SIGNATURES).values(signature(app, case, person)))
        connection.execute(insert(RELEASES).values(release(app, case)))


@pytest.mark.parametrize("more", [{"manifest": "0" * 64}, {"version": 7}])
def test_nothing_else_is_released_than_what_was_signed(
    app: OfficeApp, case: int, more: dict[str, object]
) -> None:
    for place in range(1, 4):
        sign(app, case, place)
    with pytest.raises(IntegrityError, match="enough different"), past_the_rules(app) as connection:
        connection.execute(insert(RELEASES).values(release(app, case, **more)))


def test_no_row_is_changed_and_what_let_a_text_out_stays(app: OfficeApp, case: int) -> None:
    for place in range(1, 4):
        sign(app, case, place)
    publish(app, case)
    for table, values in (
        (SIGNATURES, {"person": "mayor"}),
        (VERSIONS, {"needed": 1}),
        (CONTRIBUTIONS, {"person": "mayor"}),
        (RELEASES, {"manifest": "0" * 64}),
        (DOCUMENTS, {"content": b"x"}),
    ):
        with pytest.raises(IntegrityError, match="never changed"), past_the_rules(app) as connection:
            connection.execute(update(table).values(values))
    with pytest.raises(IntegrityError, match="is out"), past_the_rules(app) as connection:
        connection.execute(delete(SIGNATURES))


def test_what_is_taken_away_past_the_rules_shows_and_is_made_anew(app: OfficeApp) -> None:
    case = open_text(app)
    draft(app, case)
    sign_all(app, case)
    with past_the_rules(app) as connection:
        connection.execute(delete(CONTRIBUTIONS))
    with past_the_rules(app) as connection:
        index = CaseProjections(connection, app.office.slug, app.duties)
        assert index.differences() == [f"contribution case {case}"]
        index.rebuild()
        assert index.differences() == []


def test_another_office_s_rows_are_its_own(app: OfficeApp, case: int) -> None:
    row = {**signature(app, case, "deputy_mayor"), "office": "elsewhere"}
    with pytest.raises(IntegrityError, match="other bytes"), past_the_rules(app) as connection:
        connection.execute(insert(SIGNATURES).values(row))

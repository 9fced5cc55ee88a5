"""Whoever writes into the tables past the rules is stopped by the database itself, on either engine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, delete, insert, update
from sqlalchemy.exc import IntegrityError

from bot.services.app import OfficeApp
from storage.database.tables_approvals import CONTRIBUTIONS, DOCUMENTS, RELEASES, SIGNATURES, VERSIONS
from storage.eventlog.projections import CaseProjections
from tests.scheduler.signoff.town import TEXT, draft, open_text, publish, sign, sign_all

Row = Mapping[str, object]


@pytest.fixture
def case(works: OfficeApp, case: int) -> int:
    """A text of the clerk's that the secrecy reviewer has signed."""
    draft(works, case)
    sign(works, case, 0)
    return case


@contextmanager
def past_the_rules(works: OfficeApp) -> Iterator[Connection]:
    with works.store.writing(works.office.slug) as connection:
        yield connection


def signature(works: OfficeApp, number: int, person: str, **more: object) -> Row:
    row = {"office": works.office.slug, "case": number, "version": 1, "person": person, "stage": "终审·三校"}
    return {**row, "manifest": TEXT.digest, "deputy_for": "", "override": False, **more}


def release(works: OfficeApp, case: int, **more: object) -> Row:
    row = {"office": works.office.slug, "case": case, "position": 99, "version": 1, "manifest": TEXT.digest}
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
    works: OfficeApp, case: int, person: str, more: dict[str, object], why: str
) -> None:
    with pytest.raises(IntegrityError, match=why), past_the_rules(works) as connection:
        connection.execute(insert(SIGNATURES).values(signature(works, case, person, **more)))


def test_whoever_signed_is_not_made_its_writer(works: OfficeApp, case: int) -> None:
    row = {"office": works.office.slug, "case": case, "person": "secrecy_officer", "version": 1}
    with pytest.raises(IntegrityError, match="did not write"), past_the_rules(works) as connection:
        connection.execute(insert(CONTRIBUTIONS).values(row))


def test_nothing_is_released_that_too_few_have_signed(works: OfficeApp, case: int) -> None:
    with pytest.raises(IntegrityError, match="enough different"), past_the_rules(works) as connection:
        connection.execute(insert(RELEASES).values(release(works, case)))
    with pytest.raises(IntegrityError, match="enough different"), past_the_rules(works) as connection:
        for person in ("finance_director", "office_director", "deputy_mayor"):
            # Four people, and all at one stage: the others were passed over.
            connection.execute(insert(SIGNATURES).values(signature(works, case, person)))
        connection.execute(insert(RELEASES).values(release(works, case)))


@pytest.mark.parametrize("more", [{"manifest": "0" * 64}, {"version": 7}])
def test_nothing_else_is_released_than_what_was_signed(
    works: OfficeApp, case: int, more: dict[str, object]
) -> None:
    for place in range(1, 4):
        sign(works, case, place)
    with pytest.raises(IntegrityError, match="enough different"), past_the_rules(works) as connection:
        connection.execute(insert(RELEASES).values(release(works, case, **more)))


def test_no_row_is_changed_and_what_let_a_text_out_stays(works: OfficeApp, case: int) -> None:
    for place in range(1, 4):
        sign(works, case, place)
    publish(works, case)
    for table, values in (
        (SIGNATURES, {"person": "mayor"}),
        (VERSIONS, {"needed": 1}),
        (CONTRIBUTIONS, {"person": "mayor"}),
        (RELEASES, {"manifest": "0" * 64}),
        (DOCUMENTS, {"content": b"x"}),
    ):
        with pytest.raises(IntegrityError, match="never changed"), past_the_rules(works) as connection:
            connection.execute(update(table).values(values))
    with pytest.raises(IntegrityError, match="is out"), past_the_rules(works) as connection:
        connection.execute(delete(SIGNATURES))


def test_what_is_taken_away_past_the_rules_shows_and_is_made_anew(works: OfficeApp) -> None:
    case = open_text(works)
    draft(works, case)
    sign_all(works, case)
    with past_the_rules(works) as connection:
        connection.execute(delete(CONTRIBUTIONS))
    with past_the_rules(works) as connection:
        index = CaseProjections(connection, works.office.slug, works.duties)
        assert index.differences() == [f"contribution case {case}"]
        index.rebuild()
        assert index.differences() == []


def test_another_office_s_rows_are_its_own(works: OfficeApp, case: int) -> None:
    row = {**signature(works, case, "deputy_mayor"), "office": "elsewhere"}
    with pytest.raises(IntegrityError, match="other bytes"), past_the_rules(works) as connection:
        connection.execute(insert(SIGNATURES).values(row))

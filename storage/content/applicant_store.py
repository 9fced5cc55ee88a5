"""The store of applicants' data: the one table whose rows can be erased without a trace.

Name, contact and identity document are stored here and nowhere else: the log holds only the case's number, so that
erasing them leaves the log whole. Saving or correcting them is not recorded: when and how often someone's contact
changed would itself be a trace that no erasure could remove. The erasure is recorded, with its reason, because it
must be provable.

SQLite leaves deleted data on its pages. ``secure_delete`` overwrites a deleted row, but not the copies left when a
full page was split; so an erasure empties the whole table, which overwrites every page it ever had, and inserts the
remaining rows again, and ``empty_journal`` writes the database anew after the commit. PostgreSQL leaves deleted data
until the table is written into a new file and the old one is removed: ``empty_journal`` does both. The copies in the
server's own journal and in its administrator's archive are out of our reach (docs/decisions/0012).
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError

from config.errors import Refusal
from storage.content.applicant import Applicant, masked_name
from storage.content.erasure import searched_tables
from storage.database.engines import is_postgresql
from storage.database.store import Store
from storage.database.tables import PARTICULAR_KEYS, PARTICULARS, chunks, equals_bound, in_bound

APPLICANT_FIELDS = tuple(field.name for field in fields(Applicant))
# Built once: every recording asks for the applicants of the cases it is about.
_SELECT_OF_CASES = select(*(PARTICULARS.c[name] for name in ("case", *APPLICANT_FIELDS))).where(
    *equals_bound(PARTICULARS, "office"), in_bound(PARTICULARS.c.case, "cases")
)


class NoCaseToKeepFor(Refusal):
    """There is no case {case}. Open it first; its number is what its particulars are kept under."""


class NothingKept(Refusal):
    """No particulars are kept for case {case}: nothing to show, nothing to erase."""


class NothingGiven(Refusal):
    """Nothing was given to keep for case {case}. Give --name, --contact, --address or --identity-number."""


class TellingReason(Refusal):
    """The reason names the applicant, a contact or a paper; the log never forgets. Say it without them."""


@dataclass(frozen=True, slots=True)
class ApplicantStore:
    """One office's applicants' data over an open connection."""

    connection: Connection
    office: str

    def save(self, case: int, particulars: Applicant) -> None:
        """Store the data of a case's applicant, in place of earlier ones. NothingGiven if all fields are empty."""
        if not particulars:
            raise NothingGiven(case=case)
        row = dict(particulars.items())
        with _without_traces(self.connection):
            self.connection.execute(delete(PARTICULARS).where(*self._case_conditions(case)))
            link = self._link(particulars.identity_key)
            values = {"office": self.office, "case": case, **row, "applicant": link}
            self.connection.execute(insert(PARTICULARS).values(values))

    def get(self, case: int) -> Applicant | None:
        """The unmasked data of a case's applicant, for the local page and the clerk."""
        return self.of_cases([case]).get(case)

    def of_cases(self, cases: Sequence[int]) -> dict[int, Applicant]:
        """The unmasked data of some cases' applicants, by case: what is recorded is held against them."""
        found: dict[int, Applicant] = {}
        for some in chunks(cases):
            asked = {"office": self.office, "cases": some}
            for row in self.connection.execute(_SELECT_OF_CASES, asked).mappings():
                found[row["case"]] = Applicant(**{name: row[name] for name in APPLICANT_FIELDS})
        return found

    def masked_names(self, cases: Sequence[int]) -> dict[int, str]:
        """The masked names of some cases' applicants, all that a list shows, by case."""
        found: dict[int, str] = {}
        for some in chunks(cases):
            here = PARTICULARS.c.case.in_(some)
            query = select(PARTICULARS.c.case, PARTICULARS.c.name).where(self._office_condition, here)
            found |= {row.case: masked_name(row.name) for row in self.connection.execute(query)}
        return found

    def same_applicant(self, case: int) -> list[int]:
        """The other cases of this case's applicant, recognised by identity number, or by name and contact."""
        link = self.connection.execute(
            select(PARTICULARS.c.applicant).where(*self._case_conditions(case))
        ).scalar()
        if not link:
            return []
        query = select(PARTICULARS.c.case).where(self._office_condition, PARTICULARS.c.applicant == link)
        others = query.where(PARTICULARS.c.case != case).order_by(PARTICULARS.c.case)
        return list(self.connection.execute(others).scalars())

    def erase(self, case: int) -> None:
        """Erase the data of a case's applicant; after the commit call ``empty_journal``. NothingKept if none are."""
        if self.get(case) is None:
            raise NothingKept(case=case)
        with _without_traces(self.connection):
            if is_postgresql(self.connection):
                self.connection.execute(delete(PARTICULARS).where(*self._case_conditions(case)))
            else:
                self._rewrite_without(case)
            if (
                self.connection.execute(select(PARTICULARS.c.case).where(self._office_condition)).first()
                is None
            ):
                # The key is deleted with the last applicant: no link in an old backup can be tried against it.
                ours = PARTICULAR_KEYS.c.office == self.office
                self.connection.execute(delete(PARTICULAR_KEYS).where(ours))

    def _rewrite_without(self, case: int) -> None:
        """Delete and insert every office's rows: only an unconditional delete overwrites all of the shared pages."""
        rows = [dict(row) for row in self.connection.execute(select(PARTICULARS)).mappings()]
        self.connection.execute(delete(PARTICULARS))
        others = [row for row in rows if (row["office"], row["case"]) != (self.office, case)]
        if others:
            self.connection.execute(insert(PARTICULARS), others)

    @property
    def _office_condition(self) -> ColumnElement[bool]:
        return PARTICULARS.c.office == self.office

    def _case_conditions(self, case: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return self._office_condition, PARTICULARS.c.case == case

    def _link(self, mark: str) -> str:
        """A keyed hash: equal for one applicant, and useless without the key for guessing who it is."""
        return hmac.new(self._key(), mark.encode(), sha256).hexdigest() if mark else ""

    def _key(self) -> bytes:
        query = select(PARTICULAR_KEYS.c.secret).where(PARTICULAR_KEYS.c.office == self.office)
        secret = self.connection.execute(query).scalar()
        if secret is None:
            secret = secrets.token_hex(32)
            self.connection.execute(insert(PARTICULAR_KEYS).values(office=self.office, secret=secret))
        return bytes.fromhex(secret)


def empty_journal(store: Store) -> bool:
    """Write the database anew after the commit of an erasure: what was deleted lies on no page of it, nor beside it.

    False while someone still reads an older state; the next call does it. PostgreSQL writes the tables that may have
    held something of an applicant into new files.
    """
    with store.engine.connect() as connection:
        if is_postgresql(connection):
            done = [_vacuum_table(connection, name) for name in searched_tables()]
            return all(done)
        try:
            connection.exec_driver_sql("VACUUM")
        except OperationalError:  # somebody writes, for longer than this waits
            return False
        busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return not busy


def _vacuum_table(connection: Connection, name: str) -> bool:
    """Write a table into a new file. False if rows that an older reader may still see were copied too."""
    raw: Any = connection.connection.dbapi_connection
    notices: list[str] = []
    raw.add_notice_handler(lambda notice: notices.append(notice.message_detail or ""))
    try:
        connection.exec_driver_sql(f"VACUUM (FULL, VERBOSE) {name}")
    except OperationalError:  # it was read for longer than a writer waits
        return False
    # Its first number, in any language: "0 dead row versions cannot be removed yet."
    copied = [int(number) for detail in notices for number in re.findall(r"\d+", detail)[:1]]
    return bool(copied) and not any(copied)


@contextmanager
def _without_traces(connection: Connection) -> Iterator[None]:
    """Overwrite deleted data, and keep the values of statements out of errors, which enter the program's log."""
    if not is_postgresql(connection):
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    try:
        yield
    except DBAPIError as fault:
        raise _without_values(fault) from None
    except StatementError as fault:
        fault.hide_parameters = True
        raise


def _without_values(fault: DBAPIError) -> DBAPIError:
    """The error with its first line only: PostgreSQL's further lines may quote the failing row."""
    first, *_ = str(fault.orig).splitlines() or [""]
    plain = type(fault)(fault.statement, None, Exception(first), hide_parameters=True)
    return plain.with_traceback(fault.__traceback__)

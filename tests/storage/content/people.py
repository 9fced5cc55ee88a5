"""Applicants to try things on: made-up strings that stand nowhere else, so that a trace of them is one."""

from datetime import date
from pathlib import Path

from bot.services.app import OfficeApp
from storage.content.applicant import Applicant
from storage.content.applicant_store import ApplicantStore
from tests.town import record

APPLICANT = Applicant(
    name="甲乙丙丁申请人",
    contact="13800001234",
    address="辽宁省朝阳市龙城区某某小区3号楼",
    identity_kind="id_card",
    identity_number="000000190001010008",
)
VALUES = tuple(value for key, value in APPLICANT.items() if value and key != "identity_kind")


def open_request(app: OfficeApp, day: date = date(2026, 11, 2), reference: str = "1") -> int:
    """A request, received."""
    facts = {"applicant_kind": "natural_person", "channel": "in_person"}
    return record(app, lambda uow: uow.cases.open("request", reference, day, facts))


def keep(app: OfficeApp, case: int, particulars: Applicant = APPLICANT) -> None:
    """Keep them in a transaction."""
    record(app, lambda uow: uow.cases.save_applicant(case, particulars))


def erase(app: OfficeApp, case: int, reason: str = "保存期满") -> None:
    """Erase them in a transaction."""
    record(app, lambda uow: uow.corrections.erase(case, reason))


def kept(app: OfficeApp, case: int) -> Applicant | None:
    """What is kept now."""
    with app.store.reading() as connection:
        return ApplicantStore(connection, app.office.slug).get(case)


def same(app: OfficeApp, case: int) -> list[int]:
    """The other cases of one applicant."""
    with app.store.reading() as connection:
        return ApplicantStore(connection, app.office.slug).same_applicant(case)


def traces(home: Path, *values: str) -> set[str]:
    """Which values stand in any file of the home, byte by byte: database, journals, logs."""
    raw = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    return {value for value in values if value.encode() in raw}


def log_text(app: OfficeApp) -> str:
    """Everything the log's table holds."""
    with app.store.reading() as connection:
        return repr(connection.exec_driver_sql("select * from event order by position").all())

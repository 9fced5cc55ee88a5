"""Applicants to try things on: made-up strings that stand nowhere else, so that a trace of them is one."""

from datetime import date
from pathlib import Path

from bot.services.app import OfficeApp
from storage.content.applicant import Applicant
from storage.content.applicant_store import ApplicantStore

APPLICANT = Applicant(
    name="甲乙丙丁申请人",
    contact="13800001234",
    address="辽宁省朝阳市龙城区某某小区3号楼",
    identity_kind="id_card",
    identity_number="000000190001010008",
)
VALUES = tuple(value for key, value in APPLICANT.items() if key != "identity_kind")


def open_request(works: OfficeApp, day: date = date(2026, 11, 2), reference: str = "1") -> int:
    """A request, received."""
    facts = {"applicant_kind": "natural_person", "channel": "in_person"}
    with works.recorder.transaction(actor="clerk", means="test") as sitting:
        return sitting.open("request", reference, day, facts)


def keep(works: OfficeApp, case: int, particulars: Applicant = APPLICANT) -> None:
    """Keep them through the desk."""
    with works.recorder.transaction(actor="clerk", means="test") as sitting:
        sitting.save_applicant(case, particulars)


def erase(works: OfficeApp, case: int, reason: str = "保存期满") -> None:
    """Erase them through the desk."""
    with works.recorder.transaction(actor="clerk", means="test") as sitting:
        sitting.erase(case, reason)


def kept(works: OfficeApp, case: int) -> Applicant | None:
    """What is kept now."""
    with works.store.reading() as connection:
        return ApplicantStore(connection, works.office.slug).get(case)


def same(works: OfficeApp, case: int) -> list[int]:
    """The other cases of one applicant."""
    with works.store.reading() as connection:
        return ApplicantStore(connection, works.office.slug).same_applicant(case)


def traces(home: Path, *values: str) -> set[str]:
    """Which values stand in any file of the home, byte by byte: database, journals, logs."""
    raw = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    return {value for value in values if value.encode() in raw}


def log_text(works: OfficeApp) -> str:
    """Everything the log's table holds."""
    with works.store.reading() as connection:
        return repr(connection.exec_driver_sql("select * from event order by position").all())

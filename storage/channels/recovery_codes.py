"""Recovery codes: a keeper of the registers who lost every way in comes in by one, without the terminal.

They are printed once on a sheet, each works once, and a new sheet voids the old one. Only hashes are stored. A code
has 80 random bits, so nobody guesses it, and no wrong one has to be counted.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete
from sqlmodel import col, select

from config.errors import Refusal
from storage.database.store import orm_session
from storage.database.tables_messaging import RecoveryCode
from storage.messaging.sessions import hash_secret

__all__ = ["RecoveryCode", "RecoveryCodes", "RecoveryUnknown"]

CODES_OF_A_SHEET = 6
GROUPS, GROUP_SIGNS = 4, 4
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs, five bits each: none is taken for another on paper."""


class RecoveryUnknown(Refusal):
    """This is no recovery code that still works: each works once, and a new sheet voids the old. Look at it again."""


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """One office's codes. A caller that writes holds the office's write lock."""

    connection: Connection
    office: str

    def issue(self, person: str, *, invited_by: str, position: int) -> tuple[str, ...]:
        """Make a sheet of codes for a person; their earlier ones are void. Returns the codes: they are not stored."""
        self.remove(person)
        codes = tuple(_new_code() for _ in range(CODES_OF_A_SHEET))
        with orm_session(self.connection) as session:
            for code in codes:
                session.add(
                    RecoveryCode(
                        office=self.office,
                        code=self._hash(code),
                        person=person,
                        invited_by=invited_by,
                        position=position,
                    )
                )
        return codes

    def find(self, code: str) -> RecoveryCode:
        """The code as it is stored, without using it up. RecoveryUnknown where there is none, or it was used."""
        with orm_session(self.connection) as session:
            found = session.get(RecoveryCode, (self.office, self._hash(code)))
        if found is None or found.used_at is not None:
            raise RecoveryUnknown
        return found

    def use(self, found: RecoveryCode, *, at: datetime) -> None:
        """Use a code up; under the write lock that happens once."""
        with orm_session(self.connection) as session:
            session.get_one(RecoveryCode, (self.office, found.code)).used_at = at

    def left(self, person: str) -> int:
        """How many codes of a person still work."""
        query = select(RecoveryCode).where(
            col(RecoveryCode.office) == self.office,
            col(RecoveryCode.person) == person,
            col(RecoveryCode.used_at).is_(None),
        )
        with orm_session(self.connection) as session:
            return len(session.exec(query).all())

    def remove(self, person: str) -> None:
        """Void every code of a person."""
        own = (col(RecoveryCode.office) == self.office, col(RecoveryCode.person) == person)
        with orm_session(self.connection) as session:
            session.exec(delete(RecoveryCode).where(*own))

    def _hash(self, code: str) -> str:
        """Salted with the office; however the code was typed, with spaces, in small letters or full width."""
        plain = unicodedata.normalize("NFKC", code).upper()
        return hash_secret(f"{self.office} {''.join(sign for sign in plain if sign.isalnum())}")


def _new_code() -> str:
    groups = ("".join(secrets.choice(SIGNS) for _ in range(GROUP_SIGNS)) for _ in range(GROUPS))
    return "-".join(groups)

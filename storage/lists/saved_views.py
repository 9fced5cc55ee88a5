"""The views that people saved of their lists: a name, and the address under which the list looks so.

A view is its person's alone; it is neither log nor derived from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from config.errors import Refusal
from storage.database.store import orm_session
from storage.database.tables import SavedView

MAX_VIEWS = 20  # of one person and list: more than anybody reads above a table
MAX_NAME_LENGTH = 30  # characters


class TooManyViews(Refusal):
    """You saved {most} views of this list already. Delete one below the list, then save this one."""


class BadViewName(Refusal):
    """A view needs a name of 1 to {most} characters, such as 本月到期. Write one and save it again."""


@dataclass(frozen=True, slots=True)
class SavedViews:
    """One person's views over an open connection. A caller that writes holds the office's write lock."""

    connection: Connection
    office: str
    person: str

    def of(self, listing: str) -> list[SavedView]:
        """The views of a list, by name."""
        with orm_session(self.connection) as session:
            return list(session.exec(self._of(listing).order_by(col(SavedView.name))))

    def save(self, listing: str, name: str, query: str) -> None:
        """Save a view; one of the same name is replaced. Raises BadViewName, TooManyViews."""
        if not 1 <= len(name) <= MAX_NAME_LENGTH:
            raise BadViewName(most=MAX_NAME_LENGTH)
        if len({one.name for one in self.of(listing)} - {name}) >= MAX_VIEWS:
            raise TooManyViews(most=MAX_VIEWS)
        view = SavedView(office=self.office, person=self.person, listing=listing, name=name, query=query)
        with orm_session(self.connection) as session:
            session.merge(view)

    def delete(self, listing: str, name: str) -> None:
        """Delete a view; nothing happens where there is none of this name."""
        with orm_session(self.connection) as session:
            for view in session.exec(self._of(listing).where(col(SavedView.name) == name)):
                session.delete(view)

    def _of(self, listing: str) -> SelectOfScalar[SavedView]:
        return select(SavedView).where(
            col(SavedView.office) == self.office,
            col(SavedView.person) == self.person,
            col(SavedView.listing) == listing,
        )

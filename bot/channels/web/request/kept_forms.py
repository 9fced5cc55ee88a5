"""Keeps a form that was sent after its session had ended, until its person is signed in again.

It is kept in memory for half an hour for the person whose session it was, and written nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.web.request.held_results import HeldResults

MACHINERY = frozenset(
    {"token", "act", "seen", "once", "basis", "manifest", "stage", "checked", "proposed", "tried"}
)
"""The fields that no person writes; they are sent again with the rest, but not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForm:
    """A form as it was sent: where to, with what; its files are not kept."""

    path: str
    fields: Mapping[str, str]
    files: tuple[str, ...]
    """The names of the files that have to be chosen again."""

    @property
    def words(self) -> tuple[str, ...]:
        """What a person wrote, without what only the machine needs."""
        return tuple(value for name, value in self.fields.items() if value and name not in MACHINERY)


@dataclass(frozen=True, slots=True)
class KeptForms:
    """The kept forms, the newest of each person."""

    held: HeldResults

    def keep(self, person: str, form: KeptForm) -> str:
        """Keep a person's form. Returns the token by which they find it again."""
        size = sum(len(value.encode()) for value in form.fields.values())
        return self.held.hold(person, form, size)

    def find(self, person: str, token: str) -> KeptForm | None:
        """The person's form; None where it ran out or is somebody else's."""
        found = self.held.find(person, token)
        return found if isinstance(found, KeptForm) else None

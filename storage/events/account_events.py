"""Declares the records about accounts: who was invited, joined, was confirmed, removed or refused.

They hold neither a secret nor an address. An account is named by the position of its ``AccountJoined``; its
``digest`` shows whether a stored account is the one that joined (``storage/messaging/accounts.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

TERMINAL = "terminal"
"""Who acts at the terminal of the machine that holds the office: whoever may write its files, under no post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInvited:
    """A join link was made for a person; the entry's actor made it."""

    happened_on: date
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverySheetPrinted:
    """A sheet of recovery codes was made for a person who keeps the registers; their earlier codes are void."""

    happened_on: date
    person: str
    codes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountJoined:
    """A join link was used: a chat account or a browser session asks to be this person's."""

    happened_on: date
    person: str
    channel: str
    invitation: int
    """The position of its ``AccountInvited`` or ``RecoverySheetPrinted``; 0 where the log knows of neither."""
    invited_by: str
    digest: str
    admitted: bool
    """True if it may be used at once; False where a second person has to confirm it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountConfirmed:
    """A second person, the entry's actor, compared the code and confirmed this one account."""

    happened_on: date
    person: str
    channel: str
    joined: int
    """The position of the account's ``AccountJoined``."""
    through: int
    """The position of the ``AccountJoined`` of the account they confirmed it from; 0 at the terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRemoved:
    """An account was signed out, removed by somebody else, or replaced by another of the same person."""

    happened_on: date
    person: str
    channel: str
    joined: int
    why: str
    """A key: ``signed_out``, ``removed`` or ``replaced``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRefused:
    """An attempt to join or to confirm was refused."""

    happened_on: date
    person: str
    why: str
    """The name of the refusal."""
    joined: int = 0


AccountEvent = (
    AccountInvited | RecoverySheetPrinted | AccountJoined | AccountConfirmed | AccountRemoved | AccountRefused
)


def confirmation_key(joined: int) -> str:
    """The key under which the confirmation of an account is recorded: once, and found without a search."""
    return f"confirmed {joined}"

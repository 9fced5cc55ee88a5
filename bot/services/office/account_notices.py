"""Names what is said when something happened to an account: to its person, and to the head of the office."""

from __future__ import annotations

from typing import NamedTuple


class AccountNotice(NamedTuple):
    """What is said when something happened to an account."""

    own: str
    """To its person."""
    informed: str
    """To the head of the office, in the digest."""


INVITED = AccountNotice("own_invited", "account_invited")
JOINED = AccountNotice("own_joined", "account_joined")
CONFIRMED = AccountNotice("own_confirmed", "account_confirmed")
REMOVED = AccountNotice("own_removed", "account_removed")
REFUSED = AccountNotice("own_refused", "account_refused")

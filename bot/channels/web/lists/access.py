"""Which list somebody may open, and what the list knows of them. Whoever may not open one learns of no such list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.viewer import viewing
from bot.services.lists.case_listings import ALL_CASES, OPEN_CASES
from bot.services.lists.item_register import ITEMS
from bot.services.lists.listing import Listing, ListReader
from bot.services.lists.notice_listing import NOTICES
from bot.services.lists.people_listing import PEOPLE
from bot.services.lists.request_register import REQUESTS
from bot.services.lists.text_register import TEXTS
from config.office.roles import AccessLevel

LISTINGS: Mapping[str, tuple[Listing, AccessLevel]] = {
    listing.key: (listing, least)
    for listing, least in (
        (OPEN_CASES, AccessLevel.READ),
        (ALL_CASES, AccessLevel.READ),
        (REQUESTS, AccessLevel.READ),
        (ITEMS, AccessLevel.JOINED),
        (TEXTS, AccessLevel.JOINED),
        (NOTICES, AccessLevel.RECORD),
        (PEOPLE, AccessLevel.JOINED),
    )
}
"""Every list by its key, and who may open it. A list that whoever has joined may open shows only their own rows."""


def listing_of(page: PageRequest, key: str) -> Listing:
    """A list that the user may open. NoSuchPage."""
    found = LISTINGS.get(key)
    if found is None or page.rights < found[1]:
        raise NoSuchPage
    return found[0]


@contextmanager
def list_reader(page: PageRequest) -> Iterator[ListReader]:
    """Open a reading connection with the user on it, as lists know them."""
    with viewing(page) as viewer:
        context = viewer.context
        yield ListReader(
            app=page.app,
            connection=context.connection,
            labels=page.labels,
            calendar=context.calendar,
            reader=context.reader,
            pending=context.pending_actions,
            person=page.me.id,
            may_record=page.may_record,
            at=page.at,
        )

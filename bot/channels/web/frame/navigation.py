"""The five rooms of the page (工作台, 信息, 申请, 年度, 设置), the pages in each, and where an address lies in them.

Everybody sees the rooms in which there is a page for them: somebody of a village has no room of requests, because no
request is theirs. A page that stands in no room by its address, such as a case, names the page under which it lies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from config.declarations.duty import Duty
from config.office.roles import AccessLevel

JOINED, READ, RECORD = AccessLevel.JOINED, AccessLevel.READ, AccessLevel.RECORD
YEAR = "{year}"
"""Stands for this year in the address of a page."""


@dataclass(frozen=True, slots=True)
class RoomPage:
    """One page of a room: where it is, the phrase it is called by, and from which access level on it is shown."""

    path: str
    key: str
    least: AccessLevel = READ
    prefixes: tuple[str, ...] = ()
    """Further beginnings of addresses that lie under it."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room: its name's phrase, and its pages in their order."""

    key: str
    pages: tuple[RoomPage, ...]


ROOMS = (
    Room(
        "desk",
        (
            RoomPage("/", "mine", JOINED),
            RoomPage("/open", "agenda"),
            RoomPage("/cases", "cases", READ, ("/entries",)),
            RoomPage("/new", "new", RECORD),
            RoomPage("/dates", "dates", JOINED, ("/calendar",)),
            RoomPage("/chat", "chat", JOINED),
        ),
    ),
    Room(
        "information",
        (
            RoomPage("/months", "months", JOINED),
            RoomPage("/items", "items", JOINED),
            RoomPage("/texts", "texts", JOINED),
        ),
    ),
    Room(
        "requests",
        (
            RoomPage("/requests", "requests"),
            RoomPage("/new/request", "new_request", RECORD),
        ),
    ),
    Room(
        "year",
        (
            RoomPage(f"/years/{YEAR}", "year", READ, ("/years",)),
            RoomPage("/catalogue", "catalogue"),
            RoomPage("/registers", "registers"),
            RoomPage("/activities", "activities"),
            RoomPage("/checks", "checks"),
        ),
    ),
    Room(
        "settings",
        (
            RoomPage("/settings", "settings", READ, ("/import", "/audit")),
            RoomPage("/people", "people", JOINED),
            RoomPage("/delivery", "delivery", RECORD, ("/deliveries",)),
            RoomPage("/sessions", "sessions", JOINED),
            RoomPage("/display", "display", JOINED),
        ),
    ),
)


OWN_ROOMS = {"desk": "own_desk", "settings": "own"}
"""What rooms are called by whoever may read their own cases alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavLink:
    """A link of the navigation; ``current`` where the page shown lies there."""

    path: str
    key: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigation:
    """What the frame of one page shows: the rooms, the pages of its room, and the way down to it."""

    rooms: tuple[NavLink, ...]
    pages: tuple[NavLink, ...]
    trail: tuple[NavLink, ...]
    """The pages above the one shown; empty for a page that stands in the navigation itself."""


def navigation(path: str, rights: AccessLevel, year: int, under: str = "") -> Navigation:
    """The navigation of the page at an address; ``under`` names the page below which it lies, where it is another."""
    rooms = tuple(_visible_rooms(rights, year))
    place = _place(rooms, under or path)
    room, shown = place or (None, None)
    deeper = shown is not None and path != shown.path
    return Navigation(
        rooms=tuple(
            NavLink(path=one.pages[0].path, key=_room_key(one, rights), current=one is room) for one in rooms
        ),
        pages=tuple(
            NavLink(path=one.path, key=page_key(one, rights), current=one is shown)
            for one in (room.pages if room else ())
        ),
        trail=tuple(_trail(room, shown, rights)) if room and shown and deeper else (),
    )


def all_pages(rights: AccessLevel, year: int) -> Iterator[NavLink]:
    """Every page of every room that there is for somebody, with the whole key of its phrase."""
    for room in _visible_rooms(rights, year):
        for page in room.pages:
            yield NavLink(path=page.path, key=f"page.nav.{page_key(page, rights)}", current=False)


def page_key(page: RoomPage, rights: AccessLevel) -> str:
    """The phrase that names a page; the first page is the workbench to whoever reads all cases."""
    return "workbench" if page.key == "mine" and rights >= READ else page.key


def place_of_kind(duty: Duty) -> str:
    """The page under which the cases of a kind lie."""
    if duty.village_round is not None or duty.opened_with_text:
        return "/months"
    return "/requests" if duty.receipt else "/cases"


def _visible_rooms(rights: AccessLevel, year: int) -> Iterator[Room]:
    for room in ROOMS:
        pages = tuple(
            RoomPage(one.path.replace(YEAR, str(year)), one.key, one.least, one.prefixes)
            for one in room.pages
            if rights >= one.least
        )
        if pages:
            yield Room(room.key, pages)


def _room_key(room: Room, rights: AccessLevel) -> str:
    """The phrase that names a room; whoever reads their own cases alone finds there what is their own."""
    return OWN_ROOMS.get(room.key, room.key) if rights < READ else room.key


def _place(rooms: tuple[Room, ...], path: str) -> tuple[Room, RoomPage] | None:
    """The room and the page of an address: the page with the longest beginning that fits."""
    found = [
        (len(start), room, page)
        for room in rooms
        for page in room.pages
        for start in (page.path, *page.prefixes)
        if path == start or (start != "/" and path.startswith(f"{start}/"))
    ]
    best = max(found, key=lambda one: one[0], default=None)
    return best[1:] if best else None


def _trail(room: Room, shown: RoomPage, rights: AccessLevel) -> Iterator[NavLink]:
    if shown is not room.pages[0]:
        yield NavLink(path=room.pages[0].path, key=f"page.room.{_room_key(room, rights)}", current=False)
    yield NavLink(path=shown.path, key=f"page.nav.{page_key(shown, rights)}", current=False)

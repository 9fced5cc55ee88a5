"""The list of the office's people: their posts, roles and places, and whether they can be reached.

An office has some dozens of people, so the list is sorted and paged in memory. Whoever does not read all cases finds
themselves alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.services.lists.case_filters import STATE
from bot.services.lists.listing import (
    FilterChoice,
    ListColumn,
    ListFilter,
    Listing,
    ListPage,
    ListQuery,
    ListReader,
    ListRow,
    ListSource,
    ListWindow,
)
from config.office.model import Person
from config.office.roles import ROLES
from storage.messaging.accounts import Account, Accounts, AddressState
from storage.messaging.sessions import SessionStore

ROLE = "role"
REACHED, UNREACHED, AWAY = "reached", "unreached", "away"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """One person as the list reads them."""

    person: Person
    place: int
    """Their place among the office's people, from 1."""
    accounts: tuple[Account, ...]
    signed_in: int
    reader: ListReader

    @property
    def is_reached(self) -> bool:
        """Whether any channel reaches them."""
        return any(one.state is AddressState.OK for one in self.accounts)

    @property
    def deputy(self) -> str:
        """The post of whoever stands in for them today; empty while they are there."""
        away = self.reader.reader.absences.deputy_of(self.person.id, self.reader.today)
        return self.reader.labels.post(away.deputy) if away else ""

    @property
    def away_until(self) -> date | None:
        """The last day of their leave; None while they are there."""
        away = self.reader.reader.absences.deputy_of(self.person.id, self.reader.today)
        return away.last if away else None

    @property
    def roles(self) -> frozenset[str]:
        """The roles they hold."""
        return self.reader.app.office.roles_of(self.person.id)

    def role_words(self) -> str:
        """Their roles, in words."""
        held = self.roles
        return self.reader.say("page.comma").join(ROLES[role] for role in ROLES if role in held)

    def places(self) -> str:
        """Their department, or the villages that they speak for."""
        office = self.reader.app.office
        villages = [one.name for one in office.villages if self.person.id in {one.reporter, one.leader}]
        department = [self.reader.labels.place(self.person.department)] if self.person.department else []
        return self.reader.say("page.comma").join([*department, *villages])

    def channels(self) -> str:
        """How they are reached, each channel with its state."""
        say, labels = self.reader.say, self.reader.labels
        found = (
            f"{labels.channel(one.channel)} {say(f'page.people.state.{one.state}')}" for one in self.accounts
        )
        return say("page.semicolon").join(found) or say("page.people.unreached")


class PeopleListSource(ListSource):
    """The people of the office, of whom a reader sees all or only themselves."""

    def page(
        self,
        listing: Listing,  # noqa: ARG002
        query: ListQuery,
        reader: ListReader,
        window: ListWindow,
        columns: Sequence[ListColumn],
    ) -> ListPage:
        """The rows of one page."""
        found = self._people(query, reader)
        places = {one.place: at for at, one in enumerate(found)}
        first = places.get(window.after, -1) + 1
        if window.before in places:
            first = max(0, places[window.before] - window.limit)
        shown = found[first : first + window.limit]
        rows = tuple(_row(one, columns) for one in shown)
        return ListPage(
            rows=rows,
            before=rows[0].number if rows and first else 0,
            after=rows[-1].number if rows and first + window.limit < len(found) else 0,
        )

    def count(self, listing: Listing, query: ListQuery, reader: ListReader, most: int) -> int | None:  # noqa: ARG002
        """How many people there are."""
        return min(most, len(self._people(query, reader)))

    def _people(self, query: ListQuery, reader: ListReader) -> list[PersonFacts]:
        found = [one for one in _facts(reader) if _fits(one, query)]
        value = _ORDERS.get(query.sort, _ORDERS["place"])
        return sorted(found, key=lambda one: (value(one), one.place), reverse=query.descending)


def _facts(reader: ListReader) -> list[PersonFacts]:
    office = reader.app.office
    accounts = Accounts(reader.connection, office.slug).all()
    sessions = [one.person for one in SessionStore(reader.connection, office.slug).sessions(at=reader.at)]
    return [
        PersonFacts(
            person=person,
            place=place,
            accounts=tuple(one for one in accounts if one.person == person.id),
            signed_in=sessions.count(person.id),
            reader=reader,
        )
        for place, person in enumerate(office.people, 1)
        if reader.reader.reads_all or person.id == reader.person
    ]


def _fits(one: PersonFacts, query: ListQuery) -> bool:
    state, role = query.values.get(STATE, ""), query.values.get(ROLE, "")
    states = {REACHED: one.is_reached, UNREACHED: not one.is_reached, AWAY: bool(one.deputy)}
    text = f"{one.person.post} {one.places()} {one.role_words()}".casefold()
    return (
        states.get(state, True)
        and (role not in ROLES or role in one.roles)
        and (query.only is None or one.place in query.only)
        and all(word in text for word in query.words.casefold().split())
    )


_ORDERS: Mapping[str, Callable[[PersonFacts], str | int]] = {
    "place": lambda one: one.place,
    "post": lambda one: one.person.post,
    "department": PersonFacts.places,
    "signed_in": lambda one: one.signed_in,
}


def _row(one: PersonFacts, columns: Sequence[ListColumn]) -> ListRow:
    return ListRow(
        number=one.place,
        path=f"/people#p-{one.person.id}",
        cells={column.key: column.value(one) for column in columns},
        late=not one.is_reached,
    )


def _state_choices(reader: ListReader) -> Sequence[FilterChoice]:
    return [FilterChoice(key, reader.say(f"page.lists.reach.{key}")) for key in (REACHED, UNREACHED, AWAY)]


def _role_choices(_reader: ListReader) -> Sequence[FilterChoice]:
    return [FilterChoice(role, label) for role, label in ROLES.items()]


_COLUMNS = (
    ListColumn(key="post", value=lambda one: one.person.post, sort="post", main=True),
    ListColumn(key="department", value=PersonFacts.places, sort="department"),
    ListColumn(key="roles", value=PersonFacts.role_words),
    ListColumn(key="channels", value=PersonFacts.channels),
    ListColumn(key="signed_in", value=lambda one: one.signed_in, sort="signed_in"),
    ListColumn(key="deputy", value=lambda one: one.deputy),
    ListColumn(key="away_until", value=lambda one: one.away_until),
)


def _columns(_reader: ListReader) -> Sequence[ListColumn]:
    return _COLUMNS


PEOPLE = Listing(
    key="people",
    path="/people/list",
    columns=_columns,
    shown=("post", "department", "roles", "channels", "signed_in", "deputy"),
    filters=(ListFilter(key=STATE, choices=_state_choices), ListFilter(key=ROLE, choices=_role_choices)),
    order="place",
    source=PeopleListSource(),
)

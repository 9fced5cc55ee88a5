"""The list of deliveries: every notice of the outbox, to whom, about what, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.services.lists.case_filters import FROM, STATE, TO
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
from bot.services.office_notices import address_holders
from config.clock import OFFICE_ZONE
from storage.lists.keyset import RowWindow
from storage.lists.notice_list import NoticeFilter, NoticeList
from storage.messaging.outbox import OutboxState

PERSON = "person"
NUMBER_DIGITS = 9  # more than any case has


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """One notice as the list reads it."""

    notice: Any
    reader: ListReader
    held: Mapping[str, str]
    """The people and groups that have an address, by the recipient that stands for it."""

    def who(self) -> str:
        """Whom it is for: a post, or who has the address it goes to."""
        return self.reader.labels.recipient(self.notice.person, self.held)

    def what(self) -> str:
        """What it is about."""
        notice = self.notice
        return self.reader.labels.notice(notice.what, notice.topic, notice.basis)

    def state(self) -> str:
        """What became of it."""
        return self.reader.say(f"page.lists.notice.{self.notice.state}")

    def why(self) -> str:
        """Why it was not delivered."""
        return self.reader.labels.delivery_fault(self.notice.why)


class NoticeListSource(ListSource):
    """The notices of the outbox."""

    def page(
        self,
        listing: Listing,  # noqa: ARG002
        query: ListQuery,
        reader: ListReader,
        window: ListWindow,
        columns: Sequence[ListColumn],
    ) -> ListPage:
        """The rows of one page."""
        notices = NoticeList(reader.connection, reader.app.office.slug)
        at = RowWindow(window.limit + 1, window.after, window.before)
        found = notices.page(_filter(query, reader), query.sort, at, descending=query.descending)
        more = len(found) > window.limit
        shown = found[-window.limit :] if window.before else found[: window.limit]
        held = address_holders(reader.connection, reader.app.office.slug)
        rows = tuple(_row(NoticeFacts(notice=one, reader=reader, held=held), columns) for one in shown)
        back, on = (more, True) if window.before else (bool(window.after), more)
        return ListPage(
            rows=rows,
            before=rows[0].number if rows and back else 0,
            after=rows[-1].number if rows and on else 0,
        )

    def count(self, listing: Listing, query: ListQuery, reader: ListReader, most: int) -> int | None:  # noqa: ARG002
        """How many notices there are."""
        return NoticeList(reader.connection, reader.app.office.slug).count(_filter(query, reader), most)


def _row(facts: NoticeFacts, columns: Sequence[ListColumn]) -> ListRow:
    notice = facts.notice
    return ListRow(
        number=notice.number,
        path=f"/cases/{notice.case}" if notice.case else "",
        cells={column.key: column.value(facts) for column in columns},
        late=notice.state in {OutboxState.REFUSED, OutboxState.UNCERTAIN},
    )


def _filter(query: ListQuery, reader: ListReader) -> NoticeFilter:
    values = query.values
    state, person, words = values.get(STATE, ""), values.get(PERSON, ""), query.words
    is_number = words.isascii() and words.isdigit() and len(words) <= NUMBER_DIGITS
    people = [person] if person in {one.id for one in reader.app.office.people} else None
    if words and not is_number:
        people = [
            one.id for one in reader.app.office.people if words in one.post and people in (None, [one.id])
        ]
    return NoticeFilter(
        people=people,
        states=[state] if state in set(OutboxState) else [],
        case=int(words) if is_number else None,
        since=_start(values.get(FROM, "")),
        until=_start(values.get(TO, ""), days=1),
        numbers=query.only,
    )


def _start(day: str, days: int = 0) -> datetime | None:
    """The first instant of a day, or of a later one; None where the words name no day."""
    try:
        return datetime.combine(date.fromisoformat(day), time(), OFFICE_ZONE) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None


def _state_choices(reader: ListReader) -> Sequence[FilterChoice]:
    return [FilterChoice(state, reader.say(f"page.lists.notice.{state}")) for state in OutboxState]


def _person_choices(reader: ListReader) -> Sequence[FilterChoice]:
    return [FilterChoice(one.id, one.post) for one in reader.app.office.people]


_COLUMNS = (
    ListColumn(key="number", value=lambda one: one.notice.number, sort="number"),
    ListColumn(key="created_at", value=lambda one: one.notice.created_at, sort="created_at"),
    ListColumn(key="who", value=NoticeFacts.who),
    ListColumn(key="what", value=NoticeFacts.what, main=True),
    ListColumn(key="case", value=lambda one: one.notice.case or None),
    ListColumn(key="notice_state", value=NoticeFacts.state),
    ListColumn(
        key="way",
        value=lambda one: one.reader.labels.channel(one.notice.channel) if one.notice.channel else "",
    ),
    ListColumn(key="attempts", value=lambda one: one.notice.attempts),
    ListColumn(key="why", value=NoticeFacts.why),
    ListColumn(key="sent_at", value=lambda one: one.notice.sent_at, sort="sent_at"),
)


def _columns(_reader: ListReader) -> Sequence[ListColumn]:
    return _COLUMNS


NOTICES = Listing(
    key="deliveries",
    path="/deliveries",
    columns=_columns,
    shown=("created_at", "who", "what", "case", "notice_state", "way", "sent_at", "why"),
    filters=(
        ListFilter(key=STATE, choices=_state_choices),
        ListFilter(key=PERSON, choices=_person_choices),
        ListFilter(key=FROM),
        ListFilter(key=TO),
    ),
    order="-number",
    source=NoticeListSource(),
)

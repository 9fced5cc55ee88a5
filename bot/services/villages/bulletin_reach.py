"""Finds whom a bulletin that went out has reached: every village and every group, by what became of their notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import StrEnum

from sqlalchemy import Connection

from bot.language.labels import Labels
from bot.language.village_news import VILLAGE_NEWS
from bot.services.app import OfficeApp
from bot.services.office_notices import address_recipient
from config.declarations.keys import SENT_STEP
from storage.events.case import Case
from storage.events.events import Stepped
from storage.messaging.accounts import ChatGroups
from storage.messaging.outbox import Outbox, OutboxEntry, OutboxState

GROUP_BULLETIN = "group_bulletin"
"""The kind of the notice that tells a group a month's bulletin; its rung is the month."""


class Reach(StrEnum):
    """What became of a bulletin on its way to one of its readers; the best of several tries counts."""

    REACHED = "reached"
    UNCERTAIN = "uncertain"  # it may have arrived: no answer came
    WAITING = "waiting"
    MISSED = "missed"


_REACH_BY_STATE = {
    OutboxState.SENT: Reach.REACHED,
    OutboxState.UNCERTAIN: Reach.UNCERTAIN,
    OutboxState.REFUSED: Reach.MISSED,
    OutboxState.STALE: Reach.MISSED,
}
_BEST_FIRST = list(Reach)


def bulletin_reach(
    app: OfficeApp, connection: Connection, labels: Labels, bulletin: Case
) -> Mapping[Reach, tuple[str, ...]]:
    """The names of the villages and groups by what became of the bulletin; empty before it goes out."""
    sent = next((one for one in bulletin.entries if _is_sent(one.record)), None)
    if sent is None or bulletin.opening is None:
        return {}
    outbox = Outbox(connection, app.office.slug)
    villages = [row for row in outbox.about(bulletin.number) if row.notice.what == VILLAGE_NEWS]
    month = bulletin.opening.reference
    groups = [
        row
        for row in outbox.since(sent.recorded_at)
        if row.notice.what == GROUP_BULLETIN and row.notice.rung == month
    ]
    found: dict[Reach, list[str]] = defaultdict(list)
    for name, reach in (*_by_village(app, labels, villages), *_by_group(app, connection, groups)):
        found[reach].append(name)
    return {reach: tuple(found[reach]) for reach in Reach if found[reach]}


def _is_sent(record: object) -> bool:
    return isinstance(record, Stepped) and record.step == SENT_STEP


def _by_village(app: OfficeApp, labels: Labels, rows: list[OutboxEntry]) -> Iterator[tuple[str, Reach]]:
    """Each village of the bulletin in the order of the office; its notice begins with the village's id."""
    rows_of: dict[str, list[OutboxEntry]] = defaultdict(list)
    for row in rows:
        rows_of[row.notice.basis.partition(" ")[0]].append(row)
    for village in app.office.villages:
        if village.id in rows_of:
            yield labels.place(village.id), _best(rows_of[village.id])


def _by_group(app: OfficeApp, connection: Connection, rows: list[OutboxEntry]) -> Iterator[tuple[str, Reach]]:
    titles = {
        address_recipient(group.channel, group.address): group.title or group.address
        for group in ChatGroups(connection, app.office.slug).all()
    }
    rows_of: dict[str, list[OutboxEntry]] = defaultdict(list)
    for row in rows:
        if not row.notice.for_person:  # whoever posts it for a group that could not be reached is no group
            rows_of[row.notice.person].append(row)
    for place, of_one in rows_of.items():
        yield titles.get(place, place.partition(" ")[2] or place), _best(of_one)


def _best(rows: list[OutboxEntry]) -> Reach:
    return min((_REACH_BY_STATE.get(row.state, Reach.WAITING) for row in rows), key=_BEST_FIRST.index)

"""What tests let villages and their office do with items: hand them in, and record what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

from PIL import Image

from bot.services.app import OfficeApp
from bot.services.villages.item_records import report_item
from bot.services.villages.items import ItemDraft
from config.declarations.villages.item_fields import PAPER
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.villages.months import village_month_reference
from storage.events.case import Case
from storage.events.events import Opened
from storage.reading.texts.handed_in_file import PreparedFile, prepare_file
from tests.town import case_of, transaction


def item_draft(village: str, day: date, title: str = "公告", **more: Any) -> ItemDraft:
    """An item of a village as it was said on a day, by the clerk on paper where nothing else is given."""
    whole = {"month": day, "by": "clerk", "means": PAPER, **more}
    whole["month"] = whole["month"].replace(day=1)
    return ItemDraft(village=village, title=title, said_on=day, **whole)


def hand_in(app: OfficeApp, village: str, day: date, title: str = "公告", **more: Any) -> int:
    """Let somebody hand in one item of a village, said on a day; return its number."""
    draft = item_draft(village, day, title, **more)
    with transaction(app, draft.by) as uow:
        return report_item(app, uow, draft)


def photograph(colour: str = "green", size: tuple[int, int] = (64, 48)) -> bytes:
    """A small JPEG of one colour."""
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG")
    return made.getvalue()


def photographs(*colours: str) -> tuple[PreparedFile, ...]:
    """Photographs as they are handed in, each with what it shows."""
    made = [prepare_file(f"{place}.jpg", photograph(colour)) for place, colour in enumerate(colours, 1)]
    return tuple(replace(one, alt=f"照片{place}") for place, one in enumerate(made, 1))


def act_in_month(
    app: OfficeApp,
    uow: UnitOfWork,
    month: date,
    act: tuple[str, date, str, Mapping[str, str | int]],
) -> None:
    """Record what happened in a village's month: village, day, step of the month, its facts.

    ``submitted`` hands in as many items as ``items`` says; what becomes of one is recorded on the item with that title,
    or on the newest where none is named.
    """
    village, day, step, facts = act
    title = str(facts.get("title", ""))
    if step == "submitted":
        for place in range(int(facts.get("items", 1))):
            name = f"{title}（{place + 1}）" if place else title
            report_item(app, uow, item_draft(village, day, name, month=month))
    elif step == "zero_declared":
        reference = village_month_reference(month, village)
        uow.cases.step(uow.context.index.find("village_report", [reference])[reference], step, day, facts)
    else:
        own = {key: value for key, value in facts.items() if key not in {"title", "items"}}
        numbers = [number for number, name in _items(uow, month, village) if title in {"", name}]
        for number in numbers[-int(facts.get("items", 1)) :]:
            uow.cases.step(number, step, day, own)


def _items(uow: UnitOfWork, month: date, village: str) -> Iterator[tuple[int, str]]:
    """The items of a month with their titles, those of this transaction too."""
    reference = village_month_reference(month, village)
    number = uow.context.index.find("village_report", [reference])[reference]
    for part in uow.context.case(number).parts:
        yield part.number, str(part.facts["title"])
    for event in uow.context.new_events:
        record = event.record
        if isinstance(record, Opened) and record.reference.startswith(f"{reference}/"):
            yield record.case, str(record.facts["title"])


def items_of(app: OfficeApp, village: str, month: date) -> tuple[Case, ...]:
    """The items of a village's month."""
    return case_of(app, "village_report", village_month_reference(month, village)).parts

"""Records what becomes of the items that villages send, each within a transaction of the recorder.

``bot/services/villages/items.py`` reads and checks them before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from bot.services.app import OfficeApp
from bot.services.villages.items import (
    ItemDraft,
    NotYourVillage,
    item_manuscript,
    no_month_open,
    reporting_villages,
    require_sendable,
)
from config.declarations.keys import MONTH_FIELD, TITLE_FIELD, VILLAGE_FIELD, VILLAGE_ITEM_KIND
from config.declarations.villages.item_fields import (
    BY_FIELD,
    MEANS_FIELD,
    RECEIVED,
    RESUBMITTED,
    TEXT_FIELD,
    WITHDRAWN,
)
from config.declarations.villages.item_file_kinds import file_counts
from config.errors import HeldBack, Refusal
from config.office.roles import REGISTER_KEEPER_ROLES
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.villages.months import month_reference, village_month_reference, village_rounds
from scheduler.worklist.case_stages import sent_back_step
from storage.events.case import Case
from storage.events.events import Facts, Opened
from storage.events.manifest import Manifest, ManifestAttachment, manifest_attachment
from storage.proofread.review import blocking_findings
from storage.reading.texts.handed_in_file import PreparedFile


class ItemKnown(Refusal):
    """This item was handed in already: number {case}, {title}. To send another, change its words."""


class NotReturned(Refusal):
    """Item {case} was not sent back, so nothing is to be sent again. To send another, write a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemContent:
    """The words and files of an item as it was last handed in."""

    manifest: Manifest
    title: str
    body: str
    files: tuple[PreparedFile, ...]


def report_item(app: OfficeApp, uow: UnitOfWork, draft: ItemDraft) -> int:
    """Record that an item was handed in. Returns the number of its case.

    Raises NotYourVillage, NoMonthOpen, ItemKnown, HeldBack and the refusals of ``propose_item``.
    """
    require_sendable(draft)
    _require_right(app, uow, draft.village)
    _require_nothing_blocking(app, uow, draft)
    duty = app.duties[VILLAGE_ITEM_KIND]
    known = _items_of_month(app, uow, draft)
    manifest = item_manifest(draft)
    for case in known:
        if _current_text(case) == manifest.digest:
            raise ItemKnown(case=case.number, title=draft.title)
    _store_content(uow, draft, manifest)
    facts: dict[str, str | int] = {
        VILLAGE_FIELD: draft.village,
        MONTH_FIELD: month_reference(draft.month),
        **_content_facts(draft, manifest),
        BY_FIELD: draft.by,
        MEANS_FIELD: draft.means,
    }
    number = len(known) + _opened_just_now(uow) + 1
    reference = f"{village_month_reference(draft.month, draft.village)}/{number}"
    return uow.cases.open(duty.kind, reference, draft.said_on, facts)


def _opened_just_now(uow: UnitOfWork) -> int:
    return sum(isinstance(event.record, Opened) for event in uow.context.new_events)


def resubmit_item(app: OfficeApp, uow: UnitOfWork, case: int, draft: ItemDraft) -> None:
    """Record that a returned item was handed in again. NotReturned, and the refusals of ``report_item``."""
    require_sendable(draft)
    found = uow.context.case(case)
    village = str(found.facts.get(VILLAGE_FIELD, ""))
    _require_right(app, uow, village)
    if sent_back_step(found, app.duties[VILLAGE_ITEM_KIND]) is None:
        raise NotReturned(case=case)
    _require_nothing_blocking(app, uow, draft)
    manifest = item_manifest(draft)
    _store_content(uow, draft, manifest)
    uow.cases.step(case, RESUBMITTED, draft.said_on, _content_facts(draft, manifest))


def withdraw_item(app: OfficeApp, uow: UnitOfWork, case: int) -> None:
    """Record that a village takes an item back that was not received yet. NotYourVillage."""
    _require_right(app, uow, str(uow.context.case(case).facts.get(VILLAGE_FIELD, "")))
    uow.cases.close(case, WITHDRAWN, uow.context.said_on)


def receive_item(uow: UnitOfWork, case: int, day: date | None = None) -> None:
    """Record that an item is received as it stands (收下); one that was received already stays."""
    if uow.context.case(case).closing is None:
        uow.cases.close(case, RECEIVED, day or uow.context.said_on)


def item_content(connection: Connection, app: OfficeApp, case: Case) -> ItemContent:
    """The words and files of an item as it was last handed in. NotKept where they were erased."""
    store = app.contents(connection)
    manifest = current_manifest(connection, app, case)
    files = tuple(
        PreparedFile(
            name=one.name,
            content=store.read(one.sha256),
            original=store.read(one.original) if one.original else b"",
            alt=one.alt,
        )
        for one in manifest.attachments
    )
    return ItemContent(manifest=manifest, title=manifest.title, body=manifest.text, files=files)


def current_manifest(connection: Connection, app: OfficeApp, case: Case) -> Manifest:
    """The words of an item, and which files it has, as it was last handed in. NotKept where they were erased."""
    return app.contents(connection).manifest(_current_text(case))


def item_manifest(draft: ItemDraft) -> Manifest:
    """The canonical form of an item, under whose fingerprint it is kept."""
    return Manifest(
        title=draft.title,
        text=draft.body,
        attachments=tuple(_attachment(file) for file in draft.files),
        origin=draft.village,
        made_on=draft.said_on.isoformat(),
    )


def _attachment(file: PreparedFile) -> ManifestAttachment:
    return manifest_attachment(file.name, file.content, alt=file.alt, original=file.original)


def _current_text(case: Case) -> str:
    """The fingerprint of an item's words and files as it was last handed in."""
    again = case.last_step(RESUBMITTED)
    return str((again.facts if again else case.facts).get(TEXT_FIELD, ""))


def _content_facts(draft: ItemDraft, manifest: Manifest) -> Facts:
    return {
        TITLE_FIELD: draft.title,
        TEXT_FIELD: manifest.digest,
        **file_counts(file.name for file in draft.files),
    }


def _store_content(uow: UnitOfWork, draft: ItemDraft, manifest: Manifest) -> None:
    store = uow.context.contents
    for file in draft.files:
        store.save(file.content, file.name)
        if file.original:
            store.save(file.original, file.name)
    store.save(manifest.canonical(), manifest.title)


def _require_right(app: OfficeApp, uow: UnitOfWork, village: str) -> None:
    """NotYourVillage where neither the village's own people nor a keeper of the registers records it."""
    actor = uow.context.actor
    mine = {one.id for one in reporting_villages(app, actor, uow.context.log)}
    if village not in mine and not app.office.roles_of(actor) & REGISTER_KEEPER_ROLES:
        raise NotYourVillage(post=app.office.post_of(actor))


def _require_nothing_blocking(app: OfficeApp, uow: UnitOfWork, draft: ItemDraft) -> None:
    """HeldBack: personal data and secrecy marks never enter, whoever sends them (条例 art. 14, 15)."""
    found = blocking_findings(item_manuscript(draft), app.office, uow.context.public_phone_numbers())
    if found:
        raise HeldBack(found)


def _items_of_month(app: OfficeApp, uow: UnitOfWork, draft: ItemDraft) -> Sequence[Case]:
    """The items of the draft's month so far, struck ones too. NoMonthOpen where the village has no such month."""
    duty, _ = village_rounds(app.duties)[0]
    reference = village_month_reference(draft.month, draft.village)
    number = uow.context.index.find(duty.kind, [reference]).get(reference)
    if number is None:
        raise no_month_open(app, app.office.village(draft.village).name, draft.month, uow.context.log)
    return uow.context.case(number).parts

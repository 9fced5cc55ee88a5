"""Builds the processing sheet of a text (公文处理单): what it is, who wrote it, and every decision about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.language.labels import Labels
from bot.publishing.texts import SubmittedText
from config.declarations.keys import (
    ARTICLE_FIELD,
    DISCLOSURE_FIELD,
    MADE_ON_FIELD,
    ORIGIN_FIELD,
    SUBJECT_FIELD,
)
from storage.content.signature_vouching import SignatureNote
from storage.documents.layout.processing_sheet import ProcessingSheet, SheetSignature
from storage.events.approvals import valid_approvals
from storage.events.events import (
    Commented,
    Drafted,
    LogEntry,
    Overridden,
    Rejected,
    Returned,
    Signed,
    Withdrawn,
)

KILOBYTE = 1024  # bytes
FILE_DIGITS = 12  # of a file's fingerprint, as the commands show them
SHEET_FIELDS = (ORIGIN_FIELD, DISCLOSURE_FIELD, ARTICLE_FIELD, SUBJECT_FIELD, MADE_ON_FIELD)


def build_processing_sheet(laid: SubmittedText, labels: Labels) -> ProcessingSheet:
    """The processing sheet of a text."""
    say = labels.book.say
    return ProcessingSheet(
        agency=labels.office.name,
        title=laid.manifest.title,
        rows=tuple(_sheet_rows(laid, labels)),
        signatures=tuple(_sheet_signatures(laid, labels)),
        digest=laid.manifest.digest,
        note=say("sheet.note", case=laid.case.number),
    )


def _sheet_rows(laid: SubmittedText, labels: Labels) -> Iterator[tuple[str, str]]:
    say, manifest = labels.book.say, laid.manifest
    reference = laid.case.opening.reference if laid.case.opening else ""
    named = reference and reference not in manifest.title and manifest.title not in reference
    title = manifest.title
    yield say("sheet.row.title"), say("sheet.titled", title=title, reference=reference) if named else title
    number = f"{laid.case.number}"
    yield (
        say("sheet.row.number"),
        say("sheet.numbered", reference=reference, number=number) if named else number,
    )
    for key in SHEET_FIELDS:
        field = laid.duty.field(key)
        value = str(getattr(manifest, key))
        if field and value:
            yield (
                labels.label(field),
                labels.place(value) if key == ORIGIN_FIELD else labels.fact(field, value),
            )
    yield (
        say("sheet.row.writers"),
        say("page.comma").join(labels.post(one) for one in sorted(laid.text.writers)),
    )
    names = [
        say(
            "sheet.file",
            place=place,
            name=one.name,
            size=f"{one.size / KILOBYTE:.1f}",
            digest=one.sha256[:FILE_DIGITS],
        )
        for place, one in enumerate(manifest.attachments, 1)
    ]
    yield say("sheet.row.attachments"), "\n".join(names) or say("sheet.none")
    yield say("sheet.row.version"), f"{laid.text.version}"


def _sheet_signatures(laid: SubmittedText, labels: Labels) -> Iterator[SheetSignature]:
    """The decisions about the current version, the withdrawn ones included, and every opinion on any version."""
    holds = {entry.position for entry in valid_approvals(laid.case.entries, laid.text)}
    version = 0
    for entry in laid.case.entries:
        record = entry.record
        version += isinstance(record, Drafted)
        if isinstance(record, Commented):
            yield _comment_row(entry, record, labels, version)
        elif isinstance(record, Signed | Returned | Withdrawn | Rejected | Overridden):
            current = record.manifest == laid.manifest.digest
            voided = isinstance(record, Signed | Overridden) and entry.position not in holds
            if current or (isinstance(record, Signed) and record.opinion):
                row = _with_notes(_sign_row(entry, record, labels, voided=voided), entry, laid, labels)
                yield row if current else replace(row, stage=_of_version(labels, row.stage, version))


def _with_notes(row: SheetSignature, entry: LogEntry, laid: SubmittedText, labels: Labels) -> SheetSignature:
    """The row with what is to be known about the account the signature was given through."""
    notes = [note_text(note, labels) for note in laid.notes if note.position == entry.position]
    return replace(row, means=labels.book.say("sheet.vouched.separator").join((row.means, *notes)))


def note_text(note: SignatureNote, labels: Labels) -> str:
    """A note on a signature, as it is printed."""
    say = labels.book.say
    who = say("page.comma").join(labels.post(one) for one in note.who)
    return say(f"sheet.vouched.{note.kind}", who=who, reason=note.reason)


def _of_version(labels: Labels, stage: str, version: int) -> str:
    return labels.book.say("sheet.opinion.earlier", stage=stage, version=version)


def _comment_row(entry: LogEntry, record: Commented, labels: Labels, version: int) -> SheetSignature:
    """What somebody said to whom the text was shown (传阅); it stays through every return."""
    say = labels.book.say
    act = say("sheet.act.commented")
    return SheetSignature(
        stage=_of_version(labels, say("sheet.opinion.circulated"), version),
        meaning=say("sheet.opinion.read", act=act, opinion=record.opinion) if record.opinion else act,
        who=record.post,
        at=labels.moment(entry.recorded_at),
        means=_means_words(entry, labels),
    )


def _means_words(entry: LogEntry, labels: Labels) -> str:
    key = f"sheet.means.{entry.means}"
    return labels.book.say(key) if key in labels.book.phrases else entry.means


def _sign_row(
    entry: LogEntry,
    record: Signed | Returned | Withdrawn | Rejected | Overridden,
    labels: Labels,
    *,
    voided: bool,
) -> SheetSignature:
    say = labels.book.say
    deputy = getattr(record, "deputy_for", "")
    post = getattr(record, "deputy_for_post", "") or labels.post(deputy)
    who = say("sheet.deputy", post=record.post, for_post=post) if deputy else record.post
    meaning = record.meaning if isinstance(record, Signed) else getattr(record, "reason", "")
    kind = say(f"sheet.act.{type(record).__name__.lower()}")
    kind = say("sheet.voided", act=kind) if voided else kind
    act = f"{kind}：{meaning}" if meaning else kind
    opinion = record.opinion if isinstance(record, Signed) else ""
    return SheetSignature(
        stage=record.stage,
        meaning=say("sheet.opinion.with", act=act, opinion=opinion) if opinion else act,
        who=who,
        at=labels.moment(entry.recorded_at),
        means=_means_words(entry, labels),
    )

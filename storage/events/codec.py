"""Encodes records and log entries as canonical text and decodes them: ASCII, sorted keys, one spelling per value.

The encoding never changes. It contains the whole entry: office, position, instant, person, means, key and record. The
hash of an entry is the SHA-256 of the hash before it and this text.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from storage.events.account_events import (
    AccountConfirmed,
    AccountInvited,
    AccountJoined,
    AccountRefused,
    AccountRemoved,
    RecoverySheetPrinted,
)
from storage.events.events import (
    Acknowledged,
    Amended,
    Circulated,
    Closed,
    Commented,
    Drafted,
    Erased,
    LogEntry,
    Opened,
    Overridden,
    Record,
    Rejected,
    Returned,
    Revealed,
    Signed,
    Snoozed,
    StageReassigned,
    Stepped,
    Withdrawn,
)
from storage.events.office_events import (
    ActivityHeld,
    CalendarEntered,
    ClockSettled,
    Counted,
    Delegated,
    DelegationConsented,
    HandedOver,
    OfficeChanged,
    Recalled,
    Restated,
    Sealed,
)

GENESIS = "0" * 64  # the hash before the first entry
ENCODING_VERSION = 1  # of the encoding

# What decoding foreign text can raise; Decimal raises an ArithmeticError, deep nesting a RecursionError.
DECODE_ERRORS = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)

# Made once: json.dumps would build one for every call, which an import of 15,000 rows feels.
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":"))

_TYPES: dict[str, type[Any]] = {
    "opened": Opened,
    "stepped": Stepped,
    "closed": Closed,
    "counted": Counted,
    "calendar_entered": CalendarEntered,
    "office_changed": OfficeChanged,
    "amended": Amended,
    "erased": Erased,
    "revealed": Revealed,
    "drafted": Drafted,
    "signed": Signed,
    "returned": Returned,
    "withdrawn": Withdrawn,
    "rejected": Rejected,
    "passed": StageReassigned,
    "overridden": Overridden,
    "circulated": Circulated,
    "commented": Commented,
    "acknowledged": Acknowledged,
    "snoozed": Snoozed,
    "held": ActivityHeld,
    "delegated": Delegated,
    "delegation_consented": DelegationConsented,
    "recalled": Recalled,
    "handed_over": HandedOver,
    "clock_settled": ClockSettled,
    "sealed": Sealed,
    "restated": Restated,
    "account_invited": AccountInvited,
    "recovery_sheet_printed": RecoverySheetPrinted,
    "account_joined": AccountJoined,
    "account_confirmed": AccountConfirmed,
    "account_removed": AccountRemoved,
    "account_refused": AccountRefused,
}
_NAMES = {kind: name for name, kind in _TYPES.items()}
_FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in _TYPES.values()}

_LIST_FIELDS = {
    kind: tuple(field.name for field in fields(kind) if str(field.type).startswith("tuple["))
    for kind in _TYPES.values()
}
"""The fields that JSON writes as lists."""


def record_type(record: Record) -> str:
    """Return the stored name of a record's type."""
    return stored_name(type(record))


def stored_name(kind: type[Any]) -> str:
    """Return the stored name of a type of records."""
    return _NAMES[kind]


def canonical_entry(entry: LogEntry) -> str:
    """Return the canonical text of an entry, without its hash."""
    return _canonical_json(
        {
            "v": ENCODING_VERSION,
            "office": entry.office,
            "position": entry.position,
            "recorded_at": entry.recorded_at.isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "means": entry.means,
            "key": entry.key,
            "record": encode_record(entry.record),
        }
    )


def fingerprint(before: str, body: str) -> str:
    """Return the hash of an entry: SHA-256 over the hash before it and its canonical text."""
    return sha256(f"{before}\n{body}".encode()).hexdigest()


def decode_entry(body: str, digest: str) -> LogEntry:
    """Decode an entry from its canonical text. Raises one of ``DECODE_ERRORS`` on foreign text."""
    data = json.loads(body)
    if data["v"] != ENCODING_VERSION:
        raise ValueError(data["v"])
    return LogEntry(
        office=data["office"],
        position=data["position"],
        recorded_at=datetime.fromisoformat(data["recorded_at"]),
        actor=data["actor"],
        means=data["means"],
        key=data["key"],
        record=decode_record(data["record"]),
        hash=digest,
    )


def encode_record(record: Record) -> dict[str, Any]:
    """Return a record as JSON data."""
    kind = type(record)
    data = {name: _as_plain_value(getattr(record, name)) for name in _FIELDS[kind]}
    return {"type": _NAMES[kind], **data}


def decode_record(data: dict[str, Any]) -> Record:
    """Decode a record from JSON data. Raises one of ``DECODE_ERRORS`` on foreign data."""
    kind = _TYPES[data["type"]]
    values = {name: data[name] for name in _FIELDS[kind]}
    for name in _LIST_FIELDS[kind]:
        values[name] = tuple(values[name])
    values["happened_on"] = date.fromisoformat(values["happened_on"])
    if kind is Counted:
        values["amount_yuan"] = Decimal(values["amount_yuan"])
    if kind is Amended and values["right"] is not None:
        values["right"] = decode_record(values["right"])
    made: Record = kind(**values)
    return made


def canonical_record(record: Record) -> str:
    """Return a record's canonical text; equal texts mean equal records."""
    return _canonical_json(encode_record(record))


def _as_plain_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")  # 12, 12.0 and 12.00 are one amount and have one spelling
    if type(value) in _NAMES:
        return encode_record(value)
    return dict(value) if hasattr(value, "items") else value


def _canonical_json(data: dict[str, Any]) -> str:
    return _ENCODER.encode(data)

"""Every text of every event is looked at before it is recorded for ever; what is not is declared, and listed here."""

import typing
from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest

from storage.events.events import Record, Stepped
from storage.events.office_events import OfficeChanged
from storage.proofread.personal_data.detector import masked_text
from storage.proofread.personal_data.id_numbers import check_character
from storage.proofread.recorded_texts import MACHINE_FIELDS, first_personal_number, recorded_texts

IDENTITY = "11010119900307427" + check_character("11010119900307427")  # generated
MOBILE = "13800001234"
DAY = date(2026, 11, 23)
RECORDS = typing.get_args(Record)
PLAIN = {int: 1, date: DAY, Decimal: Decimal(1), bool: False}
DECLARED = {
    "by", "person", "deputy", "deputy_for", "to", "authors", "post", "deputy_for_post", "stage", "route", "kind",
    "step", "outcome", "matter", "decision", "ladder", "basis", "meaning", "manifest", "relied_on", "until",
    "said_at", "first", "last", "period", "figures", "changes", "happened_on",
}  # fmt: skip
"""The fields that are not looked at: none of them is typed by anybody. Adding one here is a decision."""


def filled(kind: type, part: str, text: str):
    """A record of a kind whose one part holds a text, in whatever way that part can."""
    hints = typing.get_type_hints(kind)
    values = {one.name: PLAIN.get(hints[one.name], "x") for one in fields(kind)}
    for one in fields(kind):
        if typing.get_origin(hints[one.name]) is not None and hints[one.name] not in PLAIN:
            values[one.name] = {"x": "x"} if "Mapping" in str(hints[one.name]) else ()
    hint = str(hints[part])
    if hints[part] is str:
        values[part] = text
    elif "Mapping" in hint:
        values[part] = {"x": text}
    elif "tuple" in hint:
        values[part] = (text,)
    else:
        values[part] = Stepped(case=1, happened_on=DAY, step="x", facts={"x": text})
    return kind(**values)


PARTS = [
    (kind, one.name)
    for kind in RECORDS
    for one in fields(kind)
    if any(word in str(typing.get_type_hints(kind)[one.name]) for word in ("str", "Stepped", "Record"))
]


@pytest.mark.parametrize(("kind", "part"), PARTS, ids=lambda one: getattr(one, "__name__", one))
def test_every_text_of_every_event_is_looked_at_or_declared(kind, part):
    found = first_personal_number(filled(kind, part, f"电话及身份证：{IDENTITY}"), frozenset)
    assert (found is None) is (part in DECLARED)
    assert found is None or (IDENTITY not in found.shown and "**" in found.shown)


def test_what_is_not_looked_at_is_written_down_twice():
    assert MACHINE_FIELDS == DECLARED


def test_a_number_kept_as_a_number_a_key_and_a_fingerprint():
    step = Stepped(case=1, happened_on=DAY, step="x", facts={"yuan": 13800001234})
    assert first_personal_number(step, frozenset).place == "yuan"
    assert first_personal_number(step, lambda: {MOBILE}) is None  # a telephone that the office gives out
    keyed = Stepped(case=1, happened_on=DAY, step="x", facts={IDENTITY: "x"})
    assert first_personal_number(keyed, frozenset) is not None
    digest = Stepped(case=1, happened_on=DAY, step="x", facts={"file": "sha256:" + "1" * 64})
    assert list(recorded_texts(digest)) == [("file", "file")]
    assert first_personal_number(digest, frozenset) is None


def test_an_office_states_its_own_telephones_and_account_and_nobody_s_identity():
    changed = OfficeChanged(
        happened_on=DAY, document=f'contact = "电话{MOBILE}"\npay_to = "账号6222021234567890128"'
    )
    assert first_personal_number(changed, frozenset) is None
    assert (
        first_personal_number(OfficeChanged(happened_on=DAY, document=IDENTITY), frozenset).place
        == "document"
    )


def test_what_stands_on_a_foreign_page_is_recorded_masked():
    said = masked_text(f"另有联系人电话{MOBILE}。")
    assert MOBILE not in said
    assert (
        first_personal_number(Stepped(case=1, happened_on=DAY, step="x", facts={"added": said}), frozenset)
        is None
    )

"""Finds personal data in the texts of a record before it enters the log, which never forgets.

Every string of a record is a text, whatever field it stands in, unless the field is declared in ``MACHINE_FIELDS``: a
field that somebody adds to an event is looked at without a further word here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import NamedTuple

from storage.events.events import Record
from storage.events.office_events import OfficeChanged
from storage.proofread.personal_data.detector import find_personal_data, is_public, masked_match
from storage.proofread.personal_data.digit_runs import half_width
from storage.proofread.personal_data.matches import TELEPHONES, PersonalDataKind, PersonalDataMatch
from storage.proofread.personal_data.telephones import is_offices_landline

MACHINE_FIELDS = frozenset(
    {"by", "person", "deputy", "deputy_for", "to", "authors", "post", "deputy_for_post", "stage", "route"}
    | {"kind", "step", "outcome", "matter", "decision", "ladder", "basis", "meaning", "manifest", "relied_on"}
    | {"until", "said_at", "first", "last", "period", "figures", "changes", "happened_on"}
)
"""Fields that hold keys, ids, instants, digests, figures, or words of the office's file: nobody types into them."""
OFFICE_NUMBERS = TELEPHONES | {PersonalDataKind.BANK_CARD}
_DIGEST = re.compile(r"(?:sha256:)?[0-9a-f]{64}")
_MIN_NUMBER = 10**9  # a number of a person has at least ten digits


class RecordedText(NamedTuple):
    """A text of a record, and the field or fact it stands in."""

    place: str
    text: str


class PersonalNumber(NamedTuple):
    """The place of a person's number in a record, and what may be shown of it."""

    place: str
    shown: str
    kind: PersonalDataKind


def recorded_texts(record: object) -> Iterator[RecordedText]:
    """Yield every text of a record that a person may have typed; of a correction also those of the right record."""
    for part in fields(record):  # type: ignore[arg-type]
        if part.name not in MACHINE_FIELDS:
            yield from _texts(part.name, getattr(record, part.name))


def _texts(place: str, value: object) -> Iterator[RecordedText]:
    if isinstance(value, str):
        if value and not _DIGEST.fullmatch(value):
            yield RecordedText(place, value)
    elif isinstance(value, int):
        if value >= _MIN_NUMBER:
            yield RecordedText(place, str(value))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield RecordedText(str(key), str(key))
            yield from _texts(str(key), inner)
    elif isinstance(value, Collection):
        for inner in value:
            yield from _texts(place, inner)
    elif is_dataclass(value):
        yield from recorded_texts(value)


def first_personal_number(
    record: Record, public_numbers: Callable[[], Collection[str]], *, has_applicant: bool = False
) -> PersonalNumber | None:
    """Return the first number of a person in a record, without the telephones that the office gives out.

    A landline may be an office's and is let through; in a case that ``has_applicant`` only where the words before it
    name the office. The office's own file states its telephones and its account.
    """
    allowed = OFFICE_NUMBERS if isinstance(record, OfficeChanged) else frozenset()
    for place, text in recorded_texts(record):
        for match in find_personal_data(text):
            if match.kind in allowed or _may_be_an_offices(text, match, has_applicant=has_applicant):
                continue
            if not is_public(match, public_numbers()):
                return PersonalNumber(place, masked_match(match), match.kind)
    return None


def _may_be_an_offices(text: str, match: PersonalDataMatch, *, has_applicant: bool) -> bool:
    if match.kind is not PersonalDataKind.LANDLINE:
        return False
    return not has_applicant or is_offices_landline(half_width(text), match)

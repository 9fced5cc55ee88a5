"""Personal data in a text: which numbers are a person's, and where they stand.

The surest kind is looked for first and what it takes is hidden from the next, so that no number is told
twice. Addresses on the web and of mail are left alone, but for an identity number in one.
Not looked for: names, home addresses, numbers spelled in Chinese characters, plates of embassies and troops.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from storage.content.applicant import STARS, masked_contact, masked_number
from storage.proofread.personal_data.cards import find_cards, find_passports, find_plates
from storage.proofread.personal_data.digit_runs import DigitRun, digit_runs, half_width
from storage.proofread.personal_data.id_numbers import (
    find_identity_numbers,
    find_mistyped_identity_numbers,
    find_old_identity_numbers,
)
from storage.proofread.personal_data.matches import PersonalDataKind, PersonalDataMatch, blank_out
from storage.proofread.personal_data.telephones import find_landlines, find_mobiles

_ADDRESS = re.compile(
    r"(?:https?://|www\.)[\w\-./?%&=#:~+@]+|(?:[\w-]+\.)+(?:gov|com|cn|net|org)[\w\-./?%&=#:~+]*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    re.ASCII,
)
_FINDERS: tuple[Callable[[str, Sequence[DigitRun]], Iterator[PersonalDataMatch]], ...] = (
    find_mistyped_identity_numbers,
    find_cards,
    find_old_identity_numbers,
    find_mobiles,
    find_landlines,
    find_passports,
    find_plates,
)
_SEPARATOR = "\x00"  # fits nothing, and parts what stands around it
MIN_DIGITS = 3  # digits: a plate may have three, everything else has more
PLATE_SHOWN = 2  # the province and the letter: everyone's there


def find_personal_data(text: str, public: Collection[str] = ()) -> tuple[PersonalDataMatch, ...]:
    """All personal data of a text in its order; the numbers in ``public`` are given out by the office."""
    if sum(map(str.isdecimal, text)) < MIN_DIGITS:
        return ()
    seen = half_width(text)
    found = [*find_identity_numbers(seen, digit_runs(seen))]
    seen = _ADDRESS.sub(lambda address: _SEPARATOR * len(address.group()), blank_out(seen, found))
    digits = digit_runs(seen)
    for finder in _FINDERS:
        spots = _without_overlaps(finder(seen, digits))
        if spots:
            seen = blank_out(seen, spots)
            digits = digit_runs(seen)
        found += [spot for spot in spots if not _is_public(spot, public)]
    return tuple(sorted(found, key=lambda spot: spot.start))


def _without_overlaps(spots: Iterator[PersonalDataMatch]) -> list[PersonalDataMatch]:
    """Those that do not overlap one taken before."""
    taken: list[PersonalDataMatch] = []
    for spot in spots:
        if all(spot.end <= other.start or other.end <= spot.start for other in taken):
            taken.append(spot)
    return taken


def _is_public(spot: PersonalDataMatch, public: Collection[str]) -> bool:
    return (
        spot.kind in {PersonalDataKind.MOBILE, PersonalDataKind.LANDLINE}
        and re.sub(r"\D", "", spot.digits) in public
    )


def masked_match(spot: PersonalDataMatch) -> str:
    """What may be shown of it: enough to find it, too little to use it."""
    if spot.kind in {PersonalDataKind.MOBILE, PersonalDataKind.LANDLINE}:
        return masked_contact(spot.digits)
    if spot.kind is PersonalDataKind.PLATE:
        return spot.digits[:PLATE_SHOWN] + STARS
    return masked_number(spot.digits)

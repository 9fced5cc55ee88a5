"""Finds personal data in a text: numbers that belong to a person, and their places.

The surest kind is searched first, and its matches are hidden from the next, so that no number is reported
twice. Web and mail addresses are skipped, except for an identity number in one.
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
from storage.proofread.personal_data.matches import TELEPHONES, PersonalDataKind, PersonalDataMatch, blank_out
from storage.proofread.personal_data.telephones import find_landlines, find_mobiles

_ADDRESS = re.compile(
    # A name begins where a word begins, and mail where an address begins: else each sign would be tried anew.
    r"(?:https?://|www\.)[\w\-./?%&=#:~+@]+|(?<![\w-])(?:[\w-]+\.){1,8}(?:gov|com|cn|net|org)[\w\-./?%&=#:~+]*"
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
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
_SEPARATOR = "\x00"  # matches nothing, and separates what stands around it
MIN_DIGITS = 3  # digits: a plate may have three, everything else has more
PLATE_SHOWN = 2  # the province and the letter: everyone's there


def find_personal_data(text: str, public: Collection[str] = ()) -> tuple[PersonalDataMatch, ...]:
    """Return the personal data in a text in order, without the telephone numbers in ``public``."""
    if sum(map(str.isdecimal, text)) < MIN_DIGITS:
        return ()
    seen = half_width(text)
    found = [*find_identity_numbers(seen, digit_runs(seen))]
    seen = _ADDRESS.sub(lambda address: _SEPARATOR * len(address.group()), blank_out(seen, found))
    digits = digit_runs(seen)
    for finder in _FINDERS:
        matches = _without_overlaps(finder(seen, digits))
        if matches:
            seen = blank_out(seen, matches)
            digits = digit_runs(seen)
        found += [match for match in matches if not is_public(match, public)]
    return tuple(sorted(found, key=lambda match: match.start))


def _without_overlaps(matches: Iterator[PersonalDataMatch]) -> list[PersonalDataMatch]:
    """Return the matches that do not overlap one before."""
    taken: set[int] = set()
    found: list[PersonalDataMatch] = []
    for match in matches:
        places = range(match.start, match.end)
        if taken.isdisjoint(places):
            taken.update(places)
            found.append(match)
    return found


def is_public(match: PersonalDataMatch, public: Collection[str]) -> bool:
    """Whether a match is one of these telephone numbers, which are given in digits alone."""
    return match.kind in TELEPHONES and re.sub(r"\D", "", match.digits) in public


def masked_text(text: str) -> str:
    """Return a text that somebody else wrote with every number of a person masked, so that it may be recorded."""
    return blank_out(text, find_personal_data(text))


def masked_match(match: PersonalDataMatch) -> str:
    """Return what may be shown of a match: enough to find it, too little to use it."""
    if match.kind in TELEPHONES:
        return masked_contact(match.digits)
    if match.kind is PersonalDataKind.PLATE:
        return match.digits[:PLATE_SHOWN] + STARS
    return masked_number(match.digits)

"""Finds personal data in a text: numbers that belong to a person, and their places.

The surest kind is searched first, and its matches are hidden from the next, so that no number is reported
twice. Web and mail addresses are skipped, except for an identity number in one.
Not looked for: names, home addresses, numbers spelled in Chinese characters, plates of embassies and troops.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from storage.content.applicant import (
    STARS,
    Applicant,
    IdentityKind,
    masked_contact,
    masked_number,
    normalize_identifier,
)
from storage.proofread.personal_data.cards import find_cards, find_passports, find_plates
from storage.proofread.personal_data.digit_runs import DigitRun, digit_runs, half_width
from storage.proofread.personal_data.id_numbers import (
    NEW_LENGTH,
    find_doubtful_identity_numbers,
    find_identity_numbers,
    find_mistyped_identity_numbers,
    find_old_identity_numbers,
    is_credit_code,
    is_identity,
    is_old_identity,
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
MOBILE_DIGITS, TELEPHONE_DIGITS, OLD_DIGITS = 11, 7, 15
PLATE_SHOWN = 2  # the province and the letter: everyone's there


def find_personal_data(text: str, public: Collection[str] = ()) -> tuple[PersonalDataMatch, ...]:
    """Return the personal data in a text in order, without the telephone numbers in ``public``."""
    if sum(map(str.isdecimal, text)) < MIN_DIGITS:
        return ()
    seen = half_width(text)
    found = [*find_identity_numbers(seen, digit_runs(seen))]
    seen = _without_addresses(blank_out(seen, found))
    digits = digit_runs(seen)
    for finder in _FINDERS:
        matches = _without_overlaps(finder(seen, digits))
        if matches:
            seen = blank_out(seen, matches)
            digits = digit_runs(seen)
        found += [match for match in matches if not is_public(match, public)]
    return tuple(sorted(found, key=lambda match: match.start))


def find_doubtful_numbers(masked: str) -> list[PersonalDataMatch]:
    """Return what may be an identity number with a mistyped digit, in a text whose personal data is masked."""
    seen = _without_addresses(half_width(masked))
    return _without_overlaps(find_doubtful_identity_numbers(seen, digit_runs(seen)))


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub(lambda address: _SEPARATOR * len(address.group()), text)


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


def doubtful_particulars(applicant: Applicant) -> tuple[str, ...]:
    """Return the fields of an applicant that look mistyped: a contact nobody is reached by, an identity number.

    Whoever typed them looks again; nothing is refused, because a paper may say so.
    """
    return tuple(
        key
        for key, doubts in (("contact", _is_no_contact), ("identity_number", _is_no_identity_number))
        if getattr(applicant, key).strip() and doubts(applicant)
    )


def _is_no_contact(applicant: Applicant) -> bool:
    """Whether a contact is no mail address and no telephone: too few digits, or a mobile number of other than 11."""
    said = half_width(applicant.contact)
    digits = re.sub(r"\D", "", said)
    if "@" in said:
        return False
    is_one_number = not re.sub(r"[\d\s+-]", "", said)
    looks_mobile = is_one_number and digits[:1] == "1" and digits[1:2] in set("3456789")
    return len(digits) != MOBILE_DIGITS if looks_mobile else len(digits) < TELEPHONE_DIGITS


def _is_no_identity_number(applicant: Applicant) -> bool:
    """Whether a number that should be of an identity card is none; of another paper any may be right."""
    if applicant.identity_kind not in {"", IdentityKind.ID_CARD}:
        return False
    number = normalize_identifier(applicant.identity_number)
    if not applicant.identity_kind and not re.fullmatch(r"\d{9,20}X?", number):
        return False  # of no kind and not like a card's
    by_length = {NEW_LENGTH: (is_identity, is_credit_code), OLD_DIGITS: (is_old_identity,)}
    return not any(fits(number) for fits in by_length.get(len(number), ()))


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

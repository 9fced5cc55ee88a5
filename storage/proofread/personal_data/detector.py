"""Personal data in a text: which numbers are a person's, and where they stand.

The surest kind is looked for first and what it takes is hidden from the next, so that no number is told
twice. Addresses on the web and of mail are left alone, but for an identity number in one.
Not looked for: names, home addresses, numbers spelled in Chinese characters, plates of embassies and troops.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from storage.content.applicant import STARS, masked_contact, masked_number
from storage.proofread.personal_data.cards import card_spots, passport_spots, plate_spots
from storage.proofread.personal_data.digit_runs import Run, level, runs
from storage.proofread.personal_data.id_numbers import identity_spots, like_spots, old_spots
from storage.proofread.personal_data.matches import Kind, Spot, covered
from storage.proofread.personal_data.telephones import landline_spots, mobile_spots

_ADDRESS = re.compile(
    r"(?:https?://|www\.)[\w\-./?%&=#:~+@]+|(?:[\w-]+\.)+(?:gov|com|cn|net|org)[\w\-./?%&=#:~+]*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    re.ASCII,
)
_FINDERS: tuple[Callable[[str, Sequence[Run]], Iterator[Spot]], ...] = (
    like_spots,
    card_spots,
    old_spots,
    mobile_spots,
    landline_spots,
    passport_spots,
    plate_spots,
)
_BLANK = "\x00"  # fits nothing, and parts what stands around it
FEWEST = 3  # digits: a plate may have three, everything else has more
PLATE_SHOWN = 2  # the province and the letter: everyone's there


def personal_spots(text: str, public: Collection[str] = ()) -> tuple[Spot, ...]:
    """All personal data of a text in its order; the numbers in ``public`` are given out by the office."""
    if sum(map(str.isdecimal, text)) < FEWEST:
        return ()
    seen = level(text)
    found = [*identity_spots(seen, runs(seen))]
    seen = _ADDRESS.sub(lambda address: _BLANK * len(address.group()), covered(seen, found))
    digits = runs(seen)
    for finder in _FINDERS:
        spots = _apart(finder(seen, digits))
        if spots:
            seen = covered(seen, spots)
            digits = runs(seen)
        found += [spot for spot in spots if not _is_public(spot, public)]
    return tuple(sorted(found, key=lambda spot: spot.start))


def _apart(spots: Iterator[Spot]) -> list[Spot]:
    """Those that do not overlap one taken before."""
    taken: list[Spot] = []
    for spot in spots:
        if all(spot.end <= other.start or other.end <= spot.start for other in taken):
            taken.append(spot)
    return taken


def _is_public(spot: Spot, public: Collection[str]) -> bool:
    return spot.kind in {Kind.MOBILE, Kind.LANDLINE} and re.sub(r"\D", "", spot.digits) in public


def masked(spot: Spot) -> str:
    """What may be shown of it: enough to find it, too little to use it."""
    if spot.kind in {Kind.MOBILE, Kind.LANDLINE}:
        return masked_contact(spot.digits)
    if spot.kind is Kind.PLATE:
        return spot.digits[:PLATE_SHOWN] + STARS
    return masked_number(spot.digits)

"""Works out the number that a new case would have in the office's own register: the next one of its year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from config.declarations.duty import Duty

MAX_LOOKED_AT = 50  # the newest cases; a register that was kept in another order is not guessed at
_NUMBERED = re.compile(
    r"(?P<before>.*[〔\[（(【])(?P<year>20\d\d)(?P<between>[〕\]）)】]第?)(?P<number>\d{1,6})(?P<after>\D*)"
)


def next_reference(newest: Sequence[str], duty: Duty, day: date, short_name: str) -> str:
    """Return the next number of a kind in the year of ``day``; empty where its cases are not numbered by year.

    ``newest`` are the references of its cases of this year and the last, those registered last first: the form is
    taken from the first. The first request of an office is numbered after its short name; the first case of any other
    kind gets no proposal.
    """
    found = [match for one in newest if (match := _NUMBERED.fullmatch(one))]
    if not found:
        return f"{short_name}公开〔{day.year}〕1号" if duty.receipt and not newest else ""
    form = found[0]
    alike = [one for one in found if one["before"] == form["before"] and int(one["year"]) == day.year]
    number = max((int(one["number"]) for one in alike), default=0) + 1
    width = len(form["number"]) if form["number"].startswith("0") else 1
    return f"{form['before']}{day.year}{form['between']}{number:0{width}d}{form['after']}"

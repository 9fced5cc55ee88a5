"""A matter of an office's catalogue (基层政务公开标准目录): what is disclosed, by when, where, how long it stays.

The catalogue ships as dated data (``config/data/catalogue/matters.toml``) and is taken over into the office's own
document, or imported from a spreadsheet: then the office is its author, and a later version of the program changes
none of it. A text names its matter, and keeps of it what held on its day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.declarations.keys import UNCONFIRMED

CHANNELS: Mapping[str, str] = {
    "website": "网站",
    "notice_board": "公示栏",
    "village_board": "村务公开栏",
    "media": "政务新媒体",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One matter of a catalogue; the office's row adds who owns it."""

    id: str
    subject: str
    """The item of art. 20 or 21 it belongs to."""
    name: str
    what: str = ""
    owner: str = ""
    days: int = 20
    """Within how many days a text is published, in ``unit``."""
    unit: str = "working"
    article: str = ""
    posted: int = 0
    """How many working days a notice of it must stay up; 0 where nothing says so."""
    posted_article: str = ""
    channel: tuple[str, ...] = ("website",)
    fed: int = 0
    """Within how many days something of it must have been published; 0 where nobody is reminded."""
    unconfirmed: str = ""
    """What of it was not read in a source."""

    @property
    def basis(self) -> str:
        """The article of its term, marked where it was not read in a source."""
        return self.article + f"（{UNCONFIRMED}）" * bool(self.unconfirmed)

    @property
    def posted_basis(self) -> str:
        """The article of the days a notice stays up, marked where it was not read in a source."""
        return self.posted_article + f"（{UNCONFIRMED}）" * bool(self.posted_article and self.unconfirmed)

    @property
    def channel_words(self) -> str:
        """Where it is published, in words."""
        return "、".join(CHANNELS.get(one, one) for one in self.channel)


def read_matters(data: Mapping[str, Any], day: date) -> tuple[Matter, ...]:
    """The shipped matters that hold on a day: of two rows with one id, the newer."""
    found: dict[str, Matter] = {}
    rows = [{**data["defaults"], **row} for row in data["matter"]]
    for row in sorted(rows, key=lambda row: row["since"]):
        if row["since"] <= day:
            values = {key: value for key, value in row.items() if key != "since"}
            found[row["id"]] = Matter(**{**values, "channel": tuple(row["channel"])})
    return tuple(found.values())


def office_rows(matters: Sequence[Matter], owner: str) -> Iterator[dict[str, Any]]:
    """The matters as rows of an office's document, each with everything it says; ``owner`` where it names none."""
    for matter in matters:
        row: dict[str, Any] = {
            "id": matter.id,
            "subject": matter.subject,
            "name": matter.name,
            "owner": matter.owner or owner,
            "what": matter.what,
            "channel": list(matter.channel),
            "days": matter.days,
            "unit": matter.unit,
            "article": matter.article,
            "posted": matter.posted,
            "posted_article": matter.posted_article,
            "fed": matter.fed,
            "unconfirmed": matter.unconfirmed,
        }
        yield {key: value for key, value in row.items() if value not in ("", 0, [])}

"""Holds what has been gathered of one item until it is handed in: words and files of several messages, as one form.

The form is stored with the open dialogs (``storage/messaging/dialog_state.py``), so it survives a restart. Parts that
come twice count once, and the order of the messages is the order of their ids, in whatever order they arrive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.dialog.forms import DialogForm
from bot.language.verbs import Verb, VerbKind

TEXTS, FILES, TITLE, MONTH, SAID_AT, LAST_AT = "texts", "files", "title", "month", "said_at", "last_at"
ASKED, HELD, QUEUE, SHOWN, LATER, PLACED = "asked", "held", "queue", "shown", "later", "placed"
GATHERING_TIME = timedelta(minutes=2)
"""Messages that come within this time of each other belong together."""
_LISTED = re.compile(
    r"^\s{0,4}(?:[(（]?\d{1,2}[)）.、．]|[①-⑨]|第?[一二三四五六七八九]{1,2}[、条.：:])\s{0,4}"
)
MIN_LISTED_LENGTH = 6  # characters of a line that can be an item by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one message brought."""

    message: str
    text: str = ""
    has_files: bool = False


def new_form(case: int = 0) -> DialogForm:
    """The form of an item of which nothing has come yet; of a returned item, with its number."""
    return DialogForm(verb=Verb(VerbKind.ITEM), case=case)


def texts_of(form: DialogForm) -> list[str]:
    """The words that came, in the order of their messages."""
    parts = _texts(form)
    return [parts[message] for message in sorted(parts, key=_message_order)]


def files_of(form: DialogForm) -> list[str]:
    """The ids of the messages that brought files, in their order."""
    return sorted(set(form.known.get(FILES, "").split()), key=_message_order)


def with_part(form: DialogForm, part: Part, at: datetime) -> DialogForm:
    """The form with one more message; a message that is known already changes nothing."""
    known = dict(form.known)
    if part.text.strip():
        known[TEXTS] = json.dumps({**_texts(form), part.message: part.text}, ensure_ascii=False)
    if part.has_files:
        known[FILES] = " ".join(dict.fromkeys([*known.get(FILES, "").split(), part.message]))
    known.setdefault(SAID_AT, at.isoformat())
    known[LAST_AT] = max(at.isoformat(), known.get(LAST_AT, ""))
    return replace(form, known=known)


def belongs_to(form: DialogForm, at: datetime) -> bool:
    """Whether a message of this instant belongs to what has been gathered, without being asked about."""
    last = form.known.get(LAST_AT)
    return last is None or abs(at - datetime.fromisoformat(last)) <= GATHERING_TIME


def without(form: DialogForm, *keys: str) -> DialogForm:
    """The form without some of its values."""
    return replace(form, known={key: value for key, value in form.known.items() if key not in keys})


def held_part(form: DialogForm) -> Part | None:
    """The message that may belong to another item, until the sender says so."""
    held = form.known.get(HELD)
    return Part(**json.loads(held)) if held else None


def holding(form: DialogForm, part: Part) -> DialogForm:
    """The form with a message that may belong to another item."""
    held = json.dumps(
        {"message": part.message, "text": part.text, "has_files": part.has_files}, ensure_ascii=False
    )
    return form.with_answer(HELD, held)


def said_at(form: DialogForm, now: datetime) -> datetime:
    """When the first of it was said."""
    return datetime.fromisoformat(form.known[SAID_AT]) if SAID_AT in form.known else now


def listed_items(texts: Sequence[str]) -> list[str]:
    """The items of a numbered list; none where the text is one item."""
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    starts = [place for place, line in enumerate(lines) if _LISTED.match(line)]
    if len(starts) < 2 or starts[0] > 1:  # noqa: PLR2004 - a list has two lines at least
        return []
    ends = [*starts[1:], len(lines)]
    items = ["\n".join(lines[start:end]) for start, end in zip(starts, ends, strict=True)]
    items = [_LISTED.sub("", item, count=1).strip() for item in items]
    return items if all(len(item) >= MIN_LISTED_LENGTH for item in items) else []


def _texts(form: DialogForm) -> dict[str, str]:
    found = form.known.get(TEXTS)
    return dict(json.loads(found)) if found else {}


def _message_order(message: str) -> tuple[int, str]:
    """Ids of messages that are numbers are in the order of the numbers."""
    digits = re.sub(r"\D", "", message)
    return int(digits or 0), message

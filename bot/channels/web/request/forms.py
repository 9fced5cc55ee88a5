"""Declares the page's forms as values, makes their fields from an act's questions, and reads the answers.

A number or a time is read as people type it: ３, “1，234.50”, ８：３０. A refused form is shown again with everything
that was typed and with the refusal beside it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from bot.dialog.questions import DAY, Question, typed_answer
from bot.language.date_parser import half_width, read_typed_day
from bot.language.labels import Labels
from config.declarations.duty import Field, FieldType
from config.errors import Refusal
from storage.events.events import Facts

MAX_LINE_LENGTH = 500  # characters: what is recorded stands for ever
FACT_PREFIX = "fact."
LONG_FIELD_ROWS = 3
MAX_YUAN = Decimal(10) ** 12
MAX_QUANTITY = 10**9
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})", re.ASCII)

INPUT_KINDS: Mapping[FieldType, str] = {
    FieldType.TEXT: "text",
    FieldType.DAY: "date",
    FieldType.NUMBER: "number",
    FieldType.CHOICE: "choice",
    FieldType.WEB: "url",
}


class NotFilled(Refusal):
    """“{label}” is empty. Fill it in and record it again."""


class TooLong(Refusal):
    """“{label}” is longer than {most} characters. Say it shorter; the papers stay in the file."""


class NotANumber(Refusal):
    """“{label}” cannot be “{found}”. Write a number from {least} to {most}, such as 3."""


class NotAnAmount(Refusal):
    """“{label}” cannot be “{found}”. Write yuan, with at most two decimals, such as 1234.50."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebField:
    """One field of a form.

    ``kind`` is text, private, date, number, amount, url, choice, area, files, paper (a file, or in words where it
    lies), check or hidden.
    """

    name: str
    label: str
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    value: str = ""
    hint: str = ""
    latest: str = ""
    rows: int = 12
    """How many lines an area shows."""
    group: str = ""
    """The heading of its group; fields with a heading follow those without."""
    article: str = ""
    """The article of the step it is asked for; its help names it."""
    problem: str = ""
    """What stands against the value that it shows; empty where nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebForm:
    """A form with one button. ``key`` tells which form it is when it is submitted."""

    key: str
    title: str
    button: str
    web_fields: tuple[WebField, ...]
    action: str
    note: str = ""
    seen_position: int = 0
    """Position of the case's last entry when the form was made: a form made on an older state is refused."""
    idempotency_key: str = ""
    """Recorded with the entry, so that a form sent twice is recorded once."""
    problem: str = ""
    preview: str = ""
    """The address that says what the form would move, as it is filled in; empty where nothing does."""
    moves: tuple[str, ...] = ()
    """What it would move as it stands."""
    topics: tuple[str, ...] = ()
    """Under which names the help of its fields stands beside the form's own: a step, a kind of duty."""

    def resubmitted(self, sent: Mapping[str, str], problem: str) -> WebForm:
        """The form filled in as it was submitted, with the refusal."""
        fields = tuple(replace(field, value=sent.get(field.name, "")) for field in self.web_fields)
        return replace(
            self, web_fields=fields, problem=problem, idempotency_key=sent.get("once", self.idempotency_key)
        )


def new_idempotency_key() -> str:
    """A random key for one form."""
    return secrets.token_urlsafe(16)


def day_field(label: str, today: date, value: date | None = None, hint: str = "") -> WebField:
    """The field for the legal day of an act; a day in the future cannot be chosen."""
    shown = (value or today).isoformat()
    return WebField(
        name="day", label=label, kind="date", required=True, value=shown, latest=today.isoformat(), hint=hint
    )


def question_fields(
    questions: Iterable[Question], today: date, *, facts: Facts | None = None
) -> tuple[WebField, ...]:
    """The fields that ask some questions; filled in with recorded ``facts``, else with what is suggested."""
    return tuple(_question_field(question, today, facts or {}) for question in questions)


def _question_field(question: Question, today: date, facts: Facts) -> WebField:
    if question.key == DAY and question.field is None:
        return day_field(question.label, today)
    value = str(facts.get(question.key, "")) or question.default
    return WebField(
        name=FACT_PREFIX + question.key if question.field else question.key,
        label=question.label,
        kind="area" if question.field and question.field.long else INPUT_KINDS.get(question.type, "text"),
        rows=LONG_FIELD_ROWS,
        choices=_with_recorded(question.choices, value),
        required=question.required,
        value=value,
    )


def with_article(fields: Iterable[WebField], article: str) -> tuple[WebField, ...]:
    """The fields of a step; what it asks rests on its article."""
    return tuple(replace(one, article=article if one.name.startswith(FACT_PREFIX) else "") for one in fields)


def _with_recorded(choices: tuple[tuple[str, str], ...], value: str) -> tuple[tuple[str, str], ...]:
    """The choices with a recorded value that is none of them, such as a person who left: a correction keeps it."""
    known = not value or not choices or value in {key for key, _ in choices}
    return choices if known else (*choices, (value, value))


def read_facts(
    fields: Iterable[Field], sent: Mapping[str, str], labels: Labels, today: date
) -> dict[str, str | int]:
    """The submitted facts as they are recorded; the recorder validates them. TooLong, NotADay."""
    found: dict[str, str | int] = {}
    for field in fields:
        text = read_text(FACT_PREFIX + field.key, labels.label(field), sent)
        if text:
            found[field.key] = typed_answer(field, _as_read(field, text, today))
    return found


def _as_read(field: Field, text: str, today: date) -> str:
    """A day or a number as it is recorded, in whichever way it was typed; any other answer as it is."""
    if field.type is FieldType.DAY:
        return read_typed_day(text, today).isoformat()
    return typed_number(text) if field.type is FieldType.NUMBER else text


def read_text(name: str, label: str, sent: Mapping[str, str], *, required: bool = False) -> str:
    """Read one line of text. NotFilled, TooLong."""
    text = sent.get(name, "")
    if required and not text:
        raise NotFilled(label=label)
    if len(text) > MAX_LINE_LENGTH:
        raise TooLong(label=label, most=MAX_LINE_LENGTH)
    return text


def read_legal_day(sent: Mapping[str, str], label: str, today: date) -> date:
    """Read the legal day of an act. NotFilled, NotADay."""
    return read_day_field("day", label, sent, today)


def read_day_field(name: str, label: str, sent: Mapping[str, str], today: date) -> date:
    """Read a day that a form asks for, typed in any of the usual ways. NotFilled, NotADay."""
    return read_typed_day(read_text(name, label, sent, required=True), today)


def read_quantity(sent: Mapping[str, str], label: str, *, least: int) -> int:
    """Read a number of things. NotFilled, NotANumber."""
    text = typed_number(read_text("quantity", label, sent, required=True))
    whole = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_QUANTITY))
    if not whole or not least <= int(text) <= MAX_QUANTITY:
        raise NotANumber(label=label, found=text, least=least, most=MAX_QUANTITY)
    return int(text)


def read_amount(sent: Mapping[str, str], label: str) -> Decimal:
    """Read an amount in yuan, exact to the fen. NotFilled, NotAnAmount."""
    text = typed_number(read_text("amount", label, sent, required=True)).removesuffix("元").strip()
    try:
        amount = Decimal(text) if text.isascii() and "_" not in text else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not (amount.is_finite() and 0 <= amount <= MAX_YUAN) or amount != round(amount, 2):
        raise NotAnAmount(label=label, found=text)
    return amount


def typed_number(text: str) -> str:
    """A number as it is read: half-width, without the commas that part its thousands; other texts stay."""
    said = half_width(text)
    return said.replace(",", "") if _GROUPED.fullmatch(said) else said


def typed_time(text: str) -> str:
    """A time of day as HH:MM; other texts stay, and are refused where they are read."""
    found = _TIME.fullmatch(half_width(text))
    return f"{int(found[1]):02}:{found[2]}" if found else text

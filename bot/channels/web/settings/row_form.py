"""Makes the form for one row of the office's document from its schema, and reads what was sent.

People are chosen by their posts, departments by their names; a list is a text of several lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.channels.web.request.forms import WebField, typed_number, typed_time
from bot.channels.web.request.request import LINES_PREFIX
from bot.language.date_parser import read_typed_day
from bot.language.phrasebook import Phrasebook
from config.declarations.disclosure_topics import SUBJECTS
from config.declarations.villages.boards import FINANCES
from config.errors import Refusal
from config.office.model import Office
from config.office.roles import ROLES, WRITTEN_ROLES
from config.office.schema import OFFICE_TABLES, TomlKey, TomlValueKind
from config.reporting.matters import CHANNELS

PERSON_KEYS = frozenset(
    {
        ("leading_group", "head"),
        ("department", "head"),
        ("village", "reporter"),
        ("village", "leader"),
        ("date", "owner"),
        ("column", "owner"),
        ("matter", "owner"),
    }
)
"""The keys whose value is a person."""
PEOPLE_LISTS = frozenset({("leading_group", "deputies"), ("leading_group", "members"), ("override", "by")})
DEPUTIES = "deputies"
DEPUTY_PLACES = range(1, 3)
"""The places at which a post's deputies are chosen: the first is asked first (A/B 岗)."""
TICKED_FLAGS = frozenset({("chat", "items")})
"""The flags that are true where the document does not say."""
ROW_KEYS = {"ladder": "for", "chain": "for", "phrase": "key"}
"""The key by which a row of a table is known, where it is not its id."""
SPARE_LINES = 3  # of a list that is typed a line each: what stands there, and room for more
CHOICE_LABELS: Mapping[str, str] = {**SUBJECTS, **CHANNELS, **FINANCES}
"""What the choices of a catalogue and of the boards are called, where no phrase has another name for them."""
STAGE_PARTS = ("name", "by", "rule", "days", "meaning")


class StageUnread(Refusal):
    """“{line}” is no stage. Write its name and who signs, with commas; then any or all, days, and its meaning."""


class SettingNotANumber(Refusal):
    """“{label}” cannot be “{found}”. Write a whole number from 0 on."""


def row_key(table: str) -> str:
    """The key by which a row of a table is known; empty for a table of one row."""
    return ROW_KEYS.get(table, "id") if OFFICE_TABLES[table].many else ""


@dataclass(frozen=True, slots=True)
class RowForm:
    """The fields of one row of a table, in the words of a person."""

    table: str
    office: Office
    book: Phrasebook
    schemes: tuple[tuple[str, str], ...] = ()
    """The scoring schemes to choose from."""

    def fields(self, values: Mapping[str, Any]) -> tuple[WebField, ...]:
        """The fields with these values; the key of the row itself is not among them."""
        return tuple(self._fields(values))

    def read(self, sent: Mapping[str, str], today: date) -> dict[str, Any]:
        """What was sent ``today``, as values of the document; None takes a key away.

        Raises StageUnread, SettingNotANumber or NotADay.
        """
        found: dict[str, Any] = {}
        for name, key in self._keys():
            if name == "roles":
                roles = [role for role in WRITTEN_ROLES if sent.get(f"roles.{role}")]
                found[name] = roles or None
            elif (self.table, name) == ("person", DEPUTIES):
                chosen = (sent.get(f"{DEPUTIES}.{place}", "") for place in DEPUTY_PLACES)
                found[name] = list(dict.fromkeys(filter(None, chosen))) or None
            else:
                found[name] = self._value(name, key, sent, today)
        return found

    def label(self, name: str) -> str:
        """What a key is called."""
        own = f"settings.key.{self.table}_{name}"
        return self.book.phrases.get(own) or self.book.say(f"settings.key.{name}")

    def _keys(self) -> Iterator[tuple[str, TomlKey]]:
        keys = OFFICE_TABLES[self.table].keys
        hidden = {row_key(self.table), "slug"}
        return ((name, key) for name, key in keys.items() if name not in hidden)

    def _fields(self, values: Mapping[str, Any]) -> Iterator[WebField]:
        for name, key in self._keys():
            if name == "roles":
                for role in WRITTEN_ROLES:
                    ticked = "1" if role in values.get("roles", ()) else ""
                    label = self.book.say(f"office.role.{role}")
                    yield WebField(name=f"roles.{role}", label=label, kind="check", value=ticked)
            elif (self.table, name) == ("person", DEPUTIES):
                yield from self._deputy_fields(values.get(DEPUTIES) or (), str(values.get("id", "")))
            else:
                yield self._field(name, key, values.get(name))

    def _deputy_fields(self, deputies: Sequence[str], own: str) -> Iterator[WebField]:
        people = tuple((person.id, person.post) for person in self.office.people if person.id != own)
        for place in DEPUTY_PLACES:
            label = self.book.say("settings.key.person_deputy", place=place)
            value = deputies[place - 1] if place <= len(deputies) else ""
            yield WebField(
                name=f"{DEPUTIES}.{place}",
                label=label,
                kind="choice",
                choices=people,
                value=value,
                hint=self.book.say("settings.hint.person_deputies"),
            )

    def _field(self, name: str, key: TomlKey, value: Any) -> WebField:
        label, choices = self.label(name), self._choices(name, key)
        hint = self.book.phrases.get(f"settings.hint.{self.table}_{name}", "")
        if key.kind in {TomlValueKind.TEXTS, TomlValueKind.ROWS}:
            lines = "\n".join(self._line(name, one) for one in value or ())
            rows = lines.count("\n") + SPARE_LINES
            return WebField(
                name=LINES_PREFIX + name, label=label, kind="area", value=lines, hint=hint, rows=rows
            )
        if key.kind is TomlValueKind.FLAG:
            ticked = (self.table, name) in TICKED_FLAGS if value is None else value
            return WebField(name=name, label=label, kind="check", value="1" if ticked else "")
        kind = "choice" if choices else "date" if key.kind is TomlValueKind.DATE else "text"
        if key.kind is TomlValueKind.NUMBER:
            kind = "number"
        shown = "" if value is None else str(value)
        required = key.required and kind != "choice"
        return WebField(
            name=name, label=label, kind=kind, choices=choices, value=shown, required=required, hint=hint
        )

    def _choices(self, name: str, key: TomlKey) -> tuple[tuple[str, str], ...]:
        if (self.table, name) in PERSON_KEYS:
            return tuple((person.id, person.post) for person in self.office.people)
        if (self.table, name) == ("person", "department"):
            return tuple((one.id, one.name) for one in self.office.departments)
        if (self.table, name) == ("months", "scheme"):
            return self.schemes
        if key.kind is TomlValueKind.TEXT and key.choices:
            return tuple((one, self._choice_label(one)) for one in key.choices)
        return ()

    def _choice_label(self, choice: str) -> str:
        phrase = self.book.phrases.get(f"settings.choice.{choice}")
        return phrase or CHOICE_LABELS.get(choice, choice)

    def _line(self, name: str, value: Any) -> str:
        if isinstance(value, Mapping):
            parts = [str(value.get(part, "")) for part in STAGE_PARTS]
            parts[1] = self._signer_name(parts[1])
            while parts and not parts[-1]:
                parts.pop()
            return "，".join(parts)
        if OFFICE_TABLES[self.table].keys[name].choices:
            return self._choice_label(str(value))
        return self._signer_name(str(value)) if (self.table, name) in PEOPLE_LISTS else str(value)

    def _signer_name(self, by: str) -> str:
        """A role by its label, a person by their post."""
        return self.book.say(f"office.role.{by}") if by in ROLES else self.office.post_of(by)

    def _signer(self, said: str) -> str:
        """The role or person that a label or post means; as it was written where it means none."""
        labels = {self.book.say(f"office.role.{role}"): role for role in ROLES}
        posts = {person.post: person.id for person in self.office.people}
        return posts.get(said) or labels.get(said) or said

    def _value(self, name: str, key: TomlKey, sent: Mapping[str, str], today: date) -> Any:
        if key.kind in {TomlValueKind.TEXTS, TomlValueKind.ROWS}:
            lines = [line.strip() for line in sent.get(LINES_PREFIX + name, "").splitlines() if line.strip()]
            if key.kind is TomlValueKind.ROWS:
                return [self._stage(line) for line in lines]
            if key.choices:
                known = {self._choice_label(one): one for one in key.choices}
                return [known.get(line, line) for line in lines] or None
            named = (self.table, name) in PEOPLE_LISTS
            return [self._signer(line) if named else line for line in lines] or None
        if key.kind is TomlValueKind.FLAG:
            return bool(sent.get(name))
        return self._typed(name, key, sent.get(name, "").strip(), today)

    def _typed(self, name: str, key: TomlKey, text: str, today: date) -> str | int | None:
        """One line as it was typed: a day, a time or a number in the form of the document."""
        if not text:
            return None
        if key.kind is TomlValueKind.DATE:
            return read_typed_day(text, today).isoformat()
        if key.kind is TomlValueKind.NUMBER:
            number = typed_number(text)
            if not (number.isascii() and number.isdigit()):
                raise SettingNotANumber(label=self.label(name), found=text)
            return int(number)
        return typed_time(text) if key.kind is TomlValueKind.TIME else text

    def _stage(self, line: str) -> dict[str, Any]:
        parts = [part.strip() for part in line.replace(",", "，").split("，", len(STAGE_PARTS) - 1)]
        if len(parts) < 2:  # noqa: PLR2004 - a name and who signs
            raise StageUnread(line=line)
        found: dict[str, Any] = dict(zip(STAGE_PARTS, parts, strict=False))
        found["by"] = self._signer(found["by"])
        if found.get("days"):
            if not found["days"].isdecimal():
                raise StageUnread(line=line)
            found["days"] = int(found["days"])
        return {key: value for key, value in found.items() if value}

"""Finds the line of each key of a TOML file, by the key's path.

The standard reader forgets lines, but a message about a fault must name its line. This scanner
reads text the standard reader has already accepted; it follows keys and skips over values.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

KeyPath = tuple[str | int, ...]
"""``("person", 3, "deputy")``: a key, an array's index, and so on inwards."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACES = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_STRINGS = {
    # A multi-line string may end in one or two quotes of its own before the closing three.
    '"""': re.compile(r'"""(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    "'''": re.compile(r"'''.*?'{3,5}", re.DOTALL),
    '"': re.compile(r'"(?:\\.|[^"\\\n])*"'),
    "'": re.compile(r"'[^'\n]*'"),
}


def toml_lines(text: str) -> dict[KeyPath, int]:
    """The line of every table, key and array item of a valid TOML text; ``()`` is the file, line 1."""
    return _Scanner(text=text).scan()


def syntax_error_line(text: str, error: tomllib.TOMLDecodeError) -> tuple[int, str]:
    """The line at which the standard reader failed: its number and its text."""
    rows = text.split("\n")
    place = re.search(r"\(at line (\d+)", str(error))
    line = int(place[1]) if place else len(rows)  # else "at end of document"
    return line, rows[line - 1].strip()


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """The line of a path; of the table around it where the path itself is not written."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


@dataclass(slots=True)
class _Scanner:
    text: str
    at: int = 0
    lines: dict[KeyPath, int] = field(default_factory=lambda: {(): 1})
    last: dict[KeyPath, int] = field(default_factory=dict)  # the newest index of each [[table]]
    breaks: list[int] = field(default_factory=list)

    def scan(self) -> dict[KeyPath, int]:
        self.breaks = [at for at, sign in enumerate(self.text) if sign == "\n"]
        table: KeyPath = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
        return self.lines

    def _header(self) -> KeyPath:
        line, many = self._line(), self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        *outer, name = self._key()
        self.at += 2 if many else 1
        path: KeyPath = ()
        for part in outer:
            path = self._with_newest_index((*path, part))
        path = (*path, name)
        if many:
            self.lines.setdefault(path, line)
            self.last[path] = self.last.get(path, -1) + 1
        path = self._with_newest_index(path)
        self._record_line(path, line)
        return path

    def _with_newest_index(self, path: KeyPath) -> KeyPath:
        return (*path, self.last[path]) if path in self.last else path

    def _record_line(self, path: KeyPath, line: int) -> None:
        for length in range(1, len(path)):
            self.lines.setdefault(path[:length], line)
        self.lines[path] = line

    def _pair(self, table: KeyPath) -> None:
        line = self._line()
        path = (*table, *self._key())
        self._record_line(path, line)
        self.at += 1  # the equals sign
        self._skip(_SPACES)
        self._value(path)

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip(_SPACES)
            parts.append(self._key_part())
            self._skip(_SPACES)
            if self.text[self.at : self.at + 1] != ".":
                return parts
            self.at += 1

    def _key_part(self) -> str:
        start = self.at
        if self.text[start] not in "\"'":
            self._skip(_BARE_KEY)
            return self.text[start : self.at]
        self._string()
        return str(tomllib.loads(f"key = {self.text[start : self.at]}")["key"])

    def _value(self, path: KeyPath) -> None:
        sign = self.text[self.at]
        if sign in "\"'":
            self._string()
        elif sign == "[":
            self._array(path)
        elif sign == "{":
            self._inline(path)
        else:
            self._skip(_SCALAR)

    def _string(self) -> None:
        opening = self.text[self.at : self.at + 3]
        self._skip(_STRINGS[opening if opening in _STRINGS else opening[0]])

    def _array(self, path: KeyPath) -> None:
        self.at += 1
        index = 0
        while self._has_next_item("]"):
            self.lines[*path, index] = self._line()
            self._value((*path, index))
            index += 1

    def _inline(self, path: KeyPath) -> None:
        self.at += 1
        while self._has_next_item("}"):
            self._pair(path)

    def _has_next_item(self, closing: str) -> bool:
        """Whether another item follows; past the closing bracket when none does."""
        self._skip(_BLANK)
        if self.text[self.at] == ",":
            self.at += 1
            self._skip(_BLANK)
        if self.text[self.at] != closing:
            return True
        self.at += 1
        return False

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else len(self.text)

    def _line(self) -> int:
        return bisect_right(self.breaks, self.at) + 1

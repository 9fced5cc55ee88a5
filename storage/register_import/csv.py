"""Reads CSV files as offices save them: UTF-8, GB18030 or UTF-16, with commas, semicolons or tabs.

The file is read as a stream, with limits on lines, columns and the length of a record, so that a file of a hundred
megabytes takes no more memory than a register.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from storage.register_import.cells import clean_text
from storage.register_import.errors import register_read_error
from storage.register_import.sheet import RawRecord, RegisterSheet, header_score, make_sheet

LINES_LIMIT = 200_000  # ten times the largest register we know of
PHYSICAL_LINES = 1_048_576  # with blank ones: the most that a table program can show
COLUMNS_LIMIT = 256
LINE_LENGTH = 1_000_000
RECORD_LINES = 1_000  # a remark of more lines is a quotation mark nobody closed
CHUNK = 1 << 20
DELIMITERS = (",", ";", "\t")
_DECLARED = re.compile(r"sep=([,;\t])\s*")  # Excel's own line before the header
_BEYOND_TWO_BYTES = re.compile("[\u0800-\U0010ffff]")


def read_csv(path: Path) -> RegisterSheet:
    """Read the table in a CSV file. Raises Unreadable with the reason."""
    encoding = _find_encoding(path)
    delimiter = _find_delimiter(path, encoding)
    with path.open(encoding=encoding, newline="") as stream:
        records = list(_records(path, stream, delimiter))
    if not records:
        raise register_read_error(path.name, "empty")
    return make_sheet(path.name, records)


def _records(path: Path, stream: io.TextIOWrapper, delimiter: str) -> Iterator[RawRecord]:
    """Yield the records that are not blank, with the physical line each starts on."""
    feed = _CsvLines(path, stream)
    reader = csv.reader(feed, delimiter=delimiter, strict=True, skipinitialspace=delimiter != "\t")
    count = 0
    try:
        for cells in reader:
            line = feed.next_record()
            if line == 1 and _DECLARED.fullmatch(delimiter.join(cells).rstrip(delimiter) + delimiter):
                continue
            if any(map(clean_text, cells)):
                count += 1
                _check_size(path, line, count, len(cells))
                yield RawRecord(line=line, cells=tuple(cells))
    except csv.Error as error:
        raise register_read_error(path.name, "quotes", line=feed.start) from error


def _check_size(path: Path, line: int, count: int, width: int) -> None:
    if count > LINES_LIMIT:
        raise register_read_error(path.name, "too_long", limit=LINES_LIMIT)
    if width > COLUMNS_LIMIT:
        raise register_read_error(path.name, "too_wide", line=line, limit=COLUMNS_LIMIT)


class _CsvLines:
    """The lines of a file for the CSV reader; it remembers the line on which the current record began."""

    def __init__(self, path: Path, stream: io.TextIOWrapper) -> None:
        self.start = 1
        self._path, self._stream, self._line = path, stream, 0

    def __iter__(self) -> _CsvLines:
        return self

    def __next__(self) -> str:
        text = self._stream.readline(LINE_LENGTH)
        if not text:
            raise StopIteration
        self._line += 1
        if self._line > PHYSICAL_LINES:
            raise register_read_error(self._path.name, "too_long", limit=PHYSICAL_LINES)
        if len(text) >= LINE_LENGTH:
            raise register_read_error(self._path.name, "too_wide", line=self._line, limit=COLUMNS_LIMIT)
        if self._line - self.start > RECORD_LINES:
            raise register_read_error(self._path.name, "quotes", line=self.start)
        return text

    def next_record(self) -> int:
        """Return the line of the record just read; the next record begins after it."""
        line, self.start = self.start, self._line + 1
        return line


def _find_encoding(path: Path) -> str:
    """Return the encoding in which the whole file is text: that of its byte order mark, else UTF-8, else GB18030."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif head.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    else:
        candidates = ["utf-8", "gb18030"]
    fitting = [encoding for encoding in candidates if _is_text(path, encoding)]
    if not fitting:
        raise register_read_error(path.name, "encoding")
    return fitting[-1] if fitting[0] == "utf-8" and not _has_hanzi(path) else fitting[0]


def _is_text(path: Path, encoding: str) -> bool:
    """Whether every byte is text in this encoding. Raises Unreadable where it contains a NUL."""
    try:
        with path.open(encoding=encoding, newline="") as stream:
            while chunk := stream.read(CHUNK):
                if "\0" in chunk:
                    raise register_read_error(path.name, "not_text")
    except UnicodeError:
        return False
    return True


def _has_hanzi(path: Path) -> bool:
    """Whether a file that is valid UTF-8 has any character of more than two bytes.

    Two GB18030 characters can be valid UTF-8 for Greek letters; an office means the Chinese ones.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        return any(_BEYOND_TWO_BYTES.search(chunk) for chunk in iter(lambda: stream.read(CHUNK), ""))


def _find_delimiter(path: Path, encoding: str) -> str:
    """Return the delimiter by which a header appears, else the one that gives most columns."""
    with path.open(encoding=encoding, newline="") as stream:
        head = stream.read(1 << 16)
    first = head.splitlines()[0] if head else ""
    if declared := _DECLARED.fullmatch(first):
        return declared[1]
    return max(DELIMITERS, key=lambda delimiter: _delimiter_score(head, delimiter))


def _delimiter_score(head: str, delimiter: str) -> tuple[int, int]:
    """Return how well the first records divide: the number of known columns, and of columns."""
    reader = csv.reader(
        io.StringIO(head, newline=""), delimiter=delimiter, skipinitialspace=delimiter != "\t"
    )
    best = (0, 0)
    try:
        for _, cells in zip(range(20), reader, strict=False):
            best = max(best, (header_score(cells[:COLUMNS_LIMIT]), len(cells)))
    except csv.Error:
        return best  # reading the whole file reports where the quotation marks break
    return best

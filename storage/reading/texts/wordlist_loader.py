"""Loads the list of what to look for in words, as shipped, with what the office has added to it."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from config.shipped_data import data_dir
from storage.proofread.office_expressions import parse_office_expressions
from storage.proofread.wordlist import Wordlist, parse_wordlist
from storage.reading.formats.encoding import decode_file


def load_wordlist(office_file: Path | None = None) -> Wordlist:
    """The shipped list, and an office's own expressions where it keeps a file of them, as it stands now.

    BadInput with everything that cannot stand in the office's file.
    """
    if office_file is None:
        return _parse_wordlist("", "")
    return _parse_wordlist(decode_file(office_file.read_bytes(), office_file.name), office_file.name)


@lru_cache(maxsize=8)  # by content: a file that was edited holds at once, without a restart
def _parse_wordlist(text: str, name: str) -> Wordlist:
    shipped = _shipped_wordlist()
    return parse_wordlist(shipped, parse_office_expressions(text, name, shipped))


@cache
def _shipped_wordlist() -> dict[str, Any]:
    """Both files as one: no table stands in the two of them."""
    files = [
        tomllib.loads((data_dir() / f"{name}.toml").read_text("utf-8")) for name in ("wording", "expressions")
    ]
    return {**files[0], **files[1]}

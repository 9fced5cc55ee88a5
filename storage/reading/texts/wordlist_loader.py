"""Loads the wordlist: the shipped entries with those an office has added or switched off."""

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
    """Load the shipped wordlist, with an office's own expressions where it has a file of them.

    Raises BadInput with everything that is wrong in the office's file.
    """
    if office_file is None:
        return _parse_wordlist("", "")
    return _parse_wordlist(decode_file(office_file.read_bytes(), office_file.name), office_file.name)


@lru_cache(maxsize=8)  # by content: an edited file applies at once, without a restart
def _parse_wordlist(text: str, name: str) -> Wordlist:
    shipped = _shipped_wordlist()
    return parse_wordlist(shipped, parse_office_expressions(text, name, shipped))


@cache
def _shipped_wordlist() -> dict[str, Any]:
    """Return both shipped files as one: no table is in both of them."""
    files = [
        tomllib.loads((data_dir() / f"{name}.toml").read_text("utf-8")) for name in ("wording", "expressions")
    ]
    return {**files[0], **files[1]}

"""Loads the list of what to look for in words, as shipped, with what the office has added to it."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from config.shipped_data import shelf
from storage.proofread.office_expressions import own_expressions
from storage.proofread.wordlist import Wording, read_wording
from storage.reading.formats.encoding import decoded


def wording(office_file: Path | None = None) -> Wording:
    """The shipped list, and an office's own expressions where it keeps a file of them, as it stands now.

    BadInput with everything that cannot stand in the office's file.
    """
    if office_file is None:
        return _wording("", "")
    return _wording(decoded(office_file.read_bytes(), office_file.name), office_file.name)


@lru_cache(maxsize=8)  # by content: a file that was edited holds at once, without a restart
def _wording(text: str, name: str) -> Wording:
    shipped = _shipped()
    return read_wording(shipped, own_expressions(text, name, shipped))


@cache
def _shipped() -> dict[str, Any]:
    """Both files as one: no table stands in the two of them."""
    files = [
        tomllib.loads((shelf() / f"{name}.toml").read_text("utf-8")) for name in ("wording", "expressions")
    ]
    return {**files[0], **files[1]}

"""Loads the list of what to look for in words, as shipped, with what the office has added to it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from config.library import shelf
from storage.wording import Wording, read_wording


@cache
def wording(office_file: Path | None = None) -> Wording:
    """The shipped list, and an office's own slips and agreements where it keeps a file of them."""
    shipped = tomllib.loads((shelf() / "wording.toml").read_text("utf-8"))
    office = tomllib.loads(office_file.read_text("utf-8")) if office_file else None
    return read_wording(shipped, office)

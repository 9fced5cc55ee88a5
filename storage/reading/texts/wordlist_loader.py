"""Loads the wordlist: the shipped entries with those an office has added or switched off."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from typing import Any

from config.office.folder import EXPRESSIONS_FILE
from config.shipped_data import data_dir
from storage.proofread.office_expressions import parse_office_expressions
from storage.proofread.wordlist import Wordlist, parse_wordlist


@lru_cache(maxsize=8)  # by content: what was changed applies at once, without a restart
def load_wordlist(own: str = "") -> Wordlist:
    """Load the shipped wordlist with an office's own rules, as ``expressions.toml`` has them.

    Raises BadInput with everything that is wrong in the office's text.
    """
    shipped = _shipped_wordlist()
    return parse_wordlist(shipped, parse_office_expressions(own, EXPRESSIONS_FILE, shipped))


@cache
def _shipped_wordlist() -> dict[str, Any]:
    """Return both shipped files as one: no table is in both of them."""
    files = [
        tomllib.loads((data_dir() / f"{name}.toml").read_text("utf-8")) for name in ("wording", "expressions")
    ]
    return {**files[0], **files[1]}

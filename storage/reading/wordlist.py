"""Loads the list of what to look for in words, as shipped, with what the office has added to it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from config.library import shelf
from storage.proofread.own import own_expressions
from storage.wording import Wording, read_wording


@cache
def wording(office_file: Path | None = None) -> Wording:
    """The shipped list, and an office's own expressions where it keeps a file of them.

    BadInput with everything that cannot stand in the office's file.
    """
    shipped = _shipped()
    if office_file is None:
        return read_wording(shipped)
    return read_wording(shipped, own_expressions(office_file.read_text("utf-8"), office_file.name, shipped))


def _shipped() -> dict[str, Any]:
    """Both files as one: no table stands in the two of them."""
    files = [
        tomllib.loads((shelf() / f"{name}.toml").read_text("utf-8")) for name in ("wording", "expressions")
    ]
    return {**files[0], **files[1]}

"""JSON that came from outside, where whatever is wrong with it is one kind of error, and JSON that is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def parse_json(text: str | bytes | bytearray) -> Any:
    """Return the value in a text. Raises ValueError, also where it is nested too deep or a number is too long."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def parse_json_object(text: str | bytes | bytearray) -> Mapping[str, Any]:
    """Return the object in a text; an empty one where the text is none."""
    try:
        found = parse_json(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def object_part(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the object that another one has under a name; an empty one where it has none."""
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def storable_json(value: object) -> str:
    """Return a value as JSON that a database takes: a lone surrogate is valid in JSON only, and stays escaped."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()

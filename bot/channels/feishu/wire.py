"""The binary frames of Feishu's long connection: one Protobuf message of nine fields (``pbbp2.Frame``).

A payload that is too large comes as several frames of one message id, which are put together here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

VARINT, BYTES = 0, 2  # the wire types that occur
FIXED_BYTES = {1: 8, 5: 4}
CONTROL, DATA = 0, 1
PARTS_SECONDS = 5.0  # the parts of a message follow each other at once
MAX_FIELD_BYTES = 8_000_000


class FrameDamaged(ValueError):
    """The bytes are no frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireFrame:
    """One frame; the headers say what its payload is."""

    sequence: int = 0
    log: int = 0
    service: int = 0
    method: int = CONTROL
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: bytes = b""


def encode(frame: WireFrame) -> bytes:
    """A frame as its bytes."""
    numbers = ((1, frame.sequence), (2, frame.log), (3, frame.service), (4, frame.method))
    out = b"".join(_varint(name << 3 | VARINT) + _varint(number) for name, number in numbers)
    for key, value in frame.headers.items():
        out += _field(5, _field(1, key.encode()) + _field(2, value.encode()))
    return out + (_field(8, frame.payload) if frame.payload else b"")


def decode(raw: bytes) -> WireFrame:
    """The frame in these bytes. Raises FrameDamaged."""
    numbers: dict[int, int] = {}
    headers: dict[str, str] = {}
    payload = b""
    for name, value in _fields(raw):
        if isinstance(value, int):
            numbers[name] = value
        elif name == 5:  # noqa: PLR2004 - the numbers of the fields
            parts = dict(_fields(value))
            headers[_text(parts.get(1, b""))] = _text(parts.get(2, b""))
        elif name == 8:  # noqa: PLR2004 - as above
            payload = value
    return WireFrame(
        sequence=numbers.get(1, 0),
        log=numbers.get(2, 0),
        service=numbers.get(3, 0),
        method=numbers.get(4, 0),
        headers=headers,
        payload=payload,
    )


class FrameAssembler:
    """Puts the parts of large payloads together."""

    def __init__(self) -> None:
        self._parts: dict[str, tuple[float, dict[int, bytes]]] = {}

    def add(self, frame: WireFrame) -> WireFrame | None:
        """The whole frame once all its parts are here; None until then."""
        count, place = (_number(frame.headers.get(name, "")) for name in ("sum", "seq"))
        if count <= 1:
            return frame
        now, key = time.monotonic(), frame.headers.get("message_id", "")
        self._parts = {name: one for name, one in self._parts.items() if now - one[0] < PARTS_SECONDS}
        _, parts = self._parts.setdefault(key, (now, {}))
        parts[place] = frame.payload
        if len(parts) < count:
            return None
        del self._parts[key]
        return replace(frame, payload=b"".join(parts[place] for place in sorted(parts)))


def _fields(raw: bytes) -> Iterator[tuple[int, int | bytes]]:
    place = 0
    while place < len(raw):
        tag, place = _read_varint(raw, place)
        kind = tag & 7
        if kind == VARINT:
            number, place = _read_varint(raw, place)
            yield tag >> 3, number
            continue
        size = FIXED_BYTES.get(kind, -1)
        if kind == BYTES:
            size, place = _read_varint(raw, place)
        if not 0 <= size <= min(MAX_FIELD_BYTES, len(raw) - place):
            raise FrameDamaged
        yield tag >> 3, raw[place : place + size]
        place += size


def _read_varint(raw: bytes, place: int) -> tuple[int, int]:
    number = 0
    for shift in range(0, 70, 7):
        if place >= len(raw):
            raise FrameDamaged
        byte = raw[place]
        place += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the highest bit says that more follows
            return number, place
    raise FrameDamaged


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - as above
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _field(name: int, content: bytes) -> bytes:
    return _varint(name << 3 | BYTES) + _varint(len(content)) + content


def _text(value: int | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0

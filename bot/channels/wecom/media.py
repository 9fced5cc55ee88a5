"""Files on WeCom: those of people are downloaded and decrypted, ours are uploaded in parts over the connection."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from hashlib import md5
from typing import Any

from config.errors import GongkaiError

PART_BYTES = 512 * 1024  # of one part of an upload
MAX_PARTS = 100
IV_BYTES, BLOCK_BYTES, MAX_PADDING = 16, 16, 32  # WeCom pads to 32 bytes, twice the block of AES


class FileUndecryptable(GongkaiError):
    """A file from WeCom could not be decrypted; it was damaged on its way. Send it again."""


def decrypt(content: bytes, key: str) -> bytes:
    """Decrypt a file with its own key: AES-256-CBC, the key's first 16 bytes as the vector. FileUndecryptable."""
    # Seven megabytes, which only a file that comes should cost.
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415

    try:
        secret = base64.b64decode(key + "=" * (-len(key) % 4), validate=True)
        decryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:IV_BYTES])).decryptor()
        padded = decryptor.update(content) + decryptor.finalize()
    except (ValueError, binascii.Error):
        raise FileUndecryptable from None
    count = padded[-1] if padded else 0
    if not 1 <= count <= MAX_PADDING or padded[-count:] != bytes([count]) * count:
        raise FileUndecryptable
    return padded[:-count]


def upload_beginning(kind: str, name: str, content: bytes) -> Mapping[str, Any]:
    """The body that announces an upload of a ``file`` or an ``image``."""
    return {
        "type": kind,
        "filename": name,
        "total_size": len(content),
        "total_chunks": max(1, -(-len(content) // PART_BYTES)),
        "md5": md5(content, usedforsecurity=False).hexdigest(),
    }


def upload_parts(upload_id: str, content: bytes) -> Iterator[Mapping[str, Any]]:
    """The bodies of the parts of an upload."""
    for place, start in enumerate(range(0, max(1, len(content)), PART_BYTES)):
        part = content[start : start + PART_BYTES]
        yield {
            "upload_id": upload_id,
            "chunk_index": place,
            "base64_data": base64.b64encode(part).decode(),
        }

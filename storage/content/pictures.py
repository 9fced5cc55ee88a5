"""Prepares photographs for publication: upright, small enough for a page, without what the camera wrote into them.

The original stays in the content store and never leaves the office: it tells where and with which device it was
taken. What is signed and published is the prepared picture. The decoders run in a child process, as every reader of
foreign files does; one takes a tenth of a second and more, so it is done before a writing transaction.
"""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import PurePath

from PIL import Image, ImageOps

from config.declarations.villages.item_file_kinds import PHOTOGRAPHS
from config.errors import Refusal, Unreadable
from storage.isolation.isolated_reading import PICTURE, isolated

LONGEST_SIDE = 2000  # pixels, of the picture that is published
MAX_PIXELS = 120_000_000  # of an original: the largest cameras of telephones have 108 million
JPEG_QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
DECODER_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    TypeError,
    OverflowError,
    ZeroDivisionError,
    struct.error,
    Image.DecompressionBombError,
)
"""What the decoders raise at a broken file."""
PICTURE_SUFFIX = ".jpg"
_PICTURE_HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")
_CAMERA_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"})
"""Of the pictures of telephones that are not read here; they stand behind ``ftyp``."""


class PictureUnreadable(Refusal):
    """The photograph “{name}” cannot be opened. Send it again as a photograph, or as a JPG or PNG file."""


class PictureTooLarge(Refusal):
    """The photograph “{name}” has {pixels} million pixels; at most {most} million are taken. Send a smaller one."""


def is_picture(name: str, content: bytes) -> bool:
    """Whether a file is a photograph, by its ending or, where that says nothing or something else, by its content.

    A photograph that was taken for another file would go out with what the camera wrote into it.
    """
    is_named_so = PurePath(name.lower()).suffix in PHOTOGRAPHS.suffixes
    return is_named_so or content.startswith(_PICTURE_HEADS) or _is_camera_picture(content)


def _is_camera_picture(content: bytes) -> bool:
    is_webp = content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    return is_webp or (content[4:8] == b"ftyp" and content[8:12] in _CAMERA_BRANDS)


def prepare_picture(name: str, content: bytes) -> bytes:
    """Return the picture as it is published: a JPEG whose longest side has at most ``LONGEST_SIDE`` pixels.

    Raises PictureUnreadable and PictureTooLarge.
    """
    try:
        return _prepare(name, content)
    except Unreadable:  # the decoder was stopped at its limits, or broke off
        raise PictureUnreadable(name=name) from None


@isolated("name", PICTURE)
def _prepare(name: str, content: bytes) -> bytes:
    Image.init()  # otherwise it knows the five commonest formats only
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            _require_size(name, picture)
            picture.draft(
                "RGB", (LONGEST_SIDE, LONGEST_SIDE)
            )  # a JPEG is then decoded at a fraction of its size
            picture.thumbnail(
                (LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS
            )  # first: it is then small
            return _jpeg(ImageOps.exif_transpose(picture))
    except DECODER_ERRORS:
        raise PictureUnreadable(name=name) from None


def published_name(name: str) -> str:
    """Return the name of the prepared picture."""
    return f"{PurePath(name).stem}{PICTURE_SUFFIX}"


def _require_size(name: str, picture: Image.Image) -> None:
    pixels = picture.width * picture.height
    if pixels > MAX_PIXELS:
        raise PictureTooLarge(name=name, pixels=pixels // 1_000_000, most=MAX_PIXELS // 1_000_000)


def _jpeg(picture: Image.Image) -> bytes:
    """Return a JPEG of the pixels alone, without any data of the camera; what is transparent becomes white."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Image.new("RGBA", layer.size, "white")
        picture.alpha_composite(layer)
    target = BytesIO()
    plain = picture.convert("RGB")
    plain.info.clear()
    plain.save(target, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return target.getvalue()

"""Draws the photographs of the demo: a field, a river or a road in the light of its season, the same for a seed."""

from __future__ import annotations

import random
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (480, 360)
SKIES = ("#bcd7ee", "#e7d9b8", "#cfd8dc", "#a9c9e8")
GROUNDS = ("#6d8f4e", "#8a7a4a", "#9aa06a", "#5f7f5a")
WATER, ROAD, COATS = "#5b8bb0", "#8b8f94", ("#b3372f", "#2f5fb3", "#d58a2a", "#3f7f52")
SUBJECTS = ("河道", "道路", "田间")


def draw_photo(seed: str) -> tuple[bytes, str]:
    """A JPEG as a telephone would send it, and what it shows."""
    luck = random.Random(seed)  # noqa: S311 - a demo
    picture = Image.new("RGB", SIZE, luck.choice(SKIES))
    brush, horizon = ImageDraw.Draw(picture), luck.randrange(130, 190)
    brush.rectangle((0, horizon, *SIZE), fill=luck.choice(GROUNDS))
    for _ in range(3):
        left, width = luck.randrange(-60, SIZE[0]), luck.randrange(120, 270)
        brush.ellipse((left, horizon - 36, left + width, horizon + 48), fill=luck.choice(GROUNDS))
    subject = luck.choice(SUBJECTS)
    if subject != SUBJECTS[2]:
        colour, start = (WATER if subject == SUBJECTS[0] else ROAD), luck.randrange(150, 300)
        brush.polygon(
            [(start, horizon + 12), (start + 27, horizon + 12), (SIZE[0], SIZE[1]), (60, SIZE[1])],
            fill=colour,
        )
    people = luck.randrange(3, 9)
    for _ in range(people):
        x, y = luck.randrange(30, SIZE[0] - 30), luck.randrange(horizon + 48, SIZE[1] - 20)
        brush.ellipse((x - 5, y - 29, x + 5, y - 19), fill="#d9b38c")
        brush.rectangle((x - 7, y - 19, x + 7, y), fill=luck.choice(COATS))
    written = BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue(), f"村民在{subject}劳动，{people} 人"

"""Pictures for a phone: whole or not at all, nothing outside the sheet, no text lost."""

import struct
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.language.phrasebook import phrasebook
from storage.documents.bulletin.picture import bulletin_canvas, bulletin_png
from storage.documents.layout import fonts
from storage.documents.layout.canvas import NARROW, WIDTH, Canvas, text_width, wrap_text
from storage.documents.layout.fonts import FAMILY, FontBlank, FontMissing, Typeface, render_png, shipped_font
from tests.storage.documents.bulletin.made import AWKWARD, EN, LONG, ZH, long_one, made

SIZES = {"3": made(3), "12": made(12), "60": made(60), "long": long_one(), "unranked": made(12, ranked=False)}
SVG = "{http://www.w3.org/2000/svg}"
TALLEST = 10_000 - WIDTH  # pixels: what a chat takes as a picture, width and height together


@pytest.mark.parametrize("name", ["3", "12", "60", "long"])
def test_it_is_a_picture_of_a_phone_s_width(name):
    png = bulletin_png(SIZES[name], ZH)
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    assert width == WIDTH
    assert 500 < height <= TALLEST


@pytest.mark.parametrize("say", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize("name", SIZES)
def test_nothing_runs_out_of_the_sheet_or_under_the_next_thing(name, say):
    canvas = bulletin_canvas(SIZES[name], say)
    for line in canvas.lines:
        assert line.text
        left = {"start": line.x, "middle": line.x - text_width(line.text, line.size) / 2}[line.anchor]
        assert left >= 0
        assert left + text_width(line.text, line.size) <= WIDTH
        assert line.size >= 28  # 9 points on a phone
        assert line.y <= canvas.y
    for box in canvas.boxes:
        assert box.x >= 0
        assert box.x + box.width <= WIDTH
    rows = {}
    for line in canvas.lines:
        rows.setdefault(round(line.y), []).append(line)
    for lines in rows.values():
        spans = sorted(_span(line) for line in lines)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))


def _span(line):
    left = line.x - (text_width(line.text, line.size) / 2 if line.anchor == "middle" else 0)
    return left, left + text_width(line.text, line.size)


@pytest.mark.parametrize("name", SIZES)
def test_every_village_and_figure_is_on_it(name):
    text = "".join(line.text for line in bulletin_canvas(SIZES[name], ZH).lines)
    for row in SIZES[name].rows:
        assert row.name.replace(" ", "") in text.replace(" ", "")
    assert f"采用 {SIZES[name].year.adopted} 条" in text


def test_what_a_village_is_called_cannot_break_the_drawing():
    svg = ET.fromstring(bulletin_canvas(long_one(), ZH).svg(FAMILY))  # noqa: S314 - our own
    texts = "".join(text.text for text in svg.iter(f"{SVG}text"))
    assert AWKWARD.replace(" ", "") in texts.replace(" ", "")
    assert LONG in texts


def test_long_text_is_broken_and_whole():
    lines = wrap_text(LONG, 36, 300)
    assert "".join(lines) == LONG
    assert len(lines) > 1
    assert all(text_width(line, 36) <= 300 for line in lines)
    assert wrap_text("甲乙，丙", 36, 72) == ["甲乙，", "丙"]


def test_no_sign_is_drawn_wider_than_it_is_taken_to_be():
    """Each sign of a bulletin is drawn between two bars that stand as far apart as it is taken to be wide."""
    for sign in "0123456789．-—+ 报（WQM@%&gjw_#=":
        canvas = Canvas()
        canvas.text(10, 60, sign, 40)
        width = text_width(sign, 40)
        canvas.y = 60
        assert render_png(canvas.svg(FAMILY), shipped_font()) == _covered_right_of(canvas, 10 + width)
    assert NARROW < 1


def _covered_right_of(canvas, x):
    """The same drawing with everything right of a place painted over."""
    svg = canvas.svg(FAMILY)
    cover = f'<rect x="{x + 1}" y="0" width="{WIDTH}" height="200" fill="#ffffff"/></svg>'
    return render_png(svg.replace("</svg>", cover), shipped_font())


def test_a_font_that_is_not_there_is_named_with_what_to_do(tmp_path):
    missing = Typeface(tmp_path / "gone.otf")
    with pytest.raises(FontMissing) as refused:
        bulletin_png(made(3), ZH, missing)
    for language in ("zh", "en"):
        told = phrasebook(language).error(refused.value)
        assert "gone.otf" in told
        assert "pip install" in told


def test_a_file_that_is_no_font_draws_nothing_and_is_refused(tmp_path):
    broken = tmp_path / "broken.otf"
    broken.write_bytes(shipped_font().file.read_bytes()[:4000])
    with pytest.raises(FontBlank):
        bulletin_png(made(3), ZH, Typeface(broken))


def test_a_family_the_file_does_not_hold_is_refused():
    with pytest.raises(FontBlank):
        bulletin_png(made(3), ZH, Typeface(shipped_font().file, "Song of Nowhere"))


def test_the_font_is_a_dependency_with_its_licence():
    folder = Path(fonts.shipped.__file__).parent
    texts = [file.read_text("utf-8") for file in folder.parent.glob("pylopdf_fonts_zh_cn*/licenses/*")]
    assert any("SIL OPEN FONT LICENSE Version 1.1" in text for text in texts)
    assert shipped_font().file.is_relative_to(folder)

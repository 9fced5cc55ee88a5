"""Photographs: upright, small enough for a page, nothing in them of place and camera, and broken ones refused."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from config.declarations.villages.item_file_kinds import file_counts
from storage.content.content_store import ContentStore
from storage.content.pictures import (
    MAX_PIXELS,
    PictureTooLarge,
    PictureUnreadable,
    is_picture,
    prepare_picture,
    published_name,
)
from storage.reading.texts.handed_in_file import prepare_file

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
SECRETS = (b"Exif", b"HUAWEI", b"GPS", "召都巴".encode(), b"http://ns.adobe.com")


def jpeg(size=(300, 100), orientation=1, **more):
    picture, data = Image.new("RGB", size, "green"), Image.Exif()
    picture.putpixel((0, 0), (255, 0, 0))
    data[ORIENTATION], data[MAKER] = orientation, "HUAWEI"
    data.get_ifd(GPS)[1] = "N"
    written = BytesIO()
    picture.save(written, "JPEG", exif=data, comment="召都巴".encode(), quality=95, **more)
    return written.getvalue()


def opened(content):
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (300, 100)), (3, (300, 100)), (6, (100, 300)), (8, (100, 300))]
)
def test_it_is_turned_as_it_was_held(orientation, size):
    assert opened(prepare_picture("a.jpg", jpeg(orientation=orientation))).size == size


@pytest.mark.parametrize(
    ("size", "small"), [((4000, 1000), (2000, 500)), ((1000, 4000), (500, 2000)), ((640, 480), (640, 480))]
)
def test_its_longest_side_is_two_thousand_and_a_small_one_stays(size, small):
    assert opened(prepare_picture("a.jpg", jpeg(size))).size == small


def test_nothing_of_place_and_camera_is_left():
    original = jpeg()
    assert all(secret in original for secret in SECRETS[:1])
    prepared = prepare_picture("a.jpg", original)
    assert not [secret for secret in SECRETS if secret in prepared]
    assert dict(opened(prepared).getexif()) == {}


def test_words_beside_the_pixels_of_a_screenshot_go_too():
    notes, written = PngImagePlugin.PngInfo(), BytesIO()
    notes.add_text("Location", "N37 E121")
    Image.new("RGB", (40, 30)).save(written, "PNG", pnginfo=notes)
    assert b"N37" in written.getvalue()
    assert b"N37" not in prepare_picture("a.png", written.getvalue())


def test_what_is_transparent_becomes_white():
    written = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(written, "PNG")
    assert opened(prepare_picture("a.png", written.getvalue())).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF", "BMP", "JPEG"])
def test_each_form_of_a_telephone_is_read(form):
    written = BytesIO()
    Image.new("RGB", (20, 20), "red").save(written, form)
    assert opened(prepare_picture("a", written.getvalue())).format == "JPEG"


@pytest.mark.parametrize("cut", [0, 1, 10, 200, 500])
def test_a_broken_one_is_refused_by_its_name(cut):
    with pytest.raises(PictureUnreadable) as refused:
        prepare_picture("河道.jpg", jpeg()[:cut])
    assert refused.value.words["name"] == "河道.jpg"


def test_one_that_would_fill_the_memory_is_not_decoded():
    written = BytesIO()
    Image.new("1", (MAX_PIXELS // 10_000 + 1, 10_000)).save(written, "PNG")
    with pytest.raises(PictureTooLarge) as refused:
        prepare_picture("a.png", written.getvalue())
    assert refused.value.words == {"name": "a.png", "pixels": "120", "most": "120"}


def test_the_original_stays_beside_the_prepared_one():
    original = jpeg((3000, 2000))
    file = prepare_file("现场.JPEG", original)
    assert (file.name, file.is_picture, file.original) == ("现场.jpg", True, original)
    assert file.content != original
    other = prepare_file("说明.txt", "标题\n正文".encode())
    assert (other.is_picture, other.words, other.content) == (False, "标题\n正文", "标题\n正文".encode())


def test_pictures_are_told_by_their_names():
    names = ("a.JPG", "b.png", "c.docx", "d")
    assert [is_picture(name, b"") for name in names] == [True, True, False, False]
    assert published_name("现场.png") == "现场.jpg"


@pytest.mark.parametrize("name", ["现场", "现场.jfif", "现场.JPG ", "现场.jpg.", "现场.pdf", "现场.heic"])
def test_and_by_their_content_where_the_ending_says_something_else(name):
    file = prepare_file(name, jpeg())
    assert (file.is_picture, file.name.endswith(".jpg")) == (True, True)
    assert not any(secret in file.content for secret in SECRETS)
    assert file_counts([file.name]) == {"pictures": 1}


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_one_of_a_telephone_that_is_not_read_here_is_refused_and_never_kept_as_it_is(brand):
    content = b"\x00\x00\x00\x18ftyp" + brand + b"\x00" * 60 + b"HUAWEI"
    for name in ("IMG_0001.HEIC", "IMG_0001.jpg", "照片"):
        with pytest.raises(PictureUnreadable):
            prepare_file(name, content)


def test_the_growth_of_files_is_said_without_reading_one(app):
    with app.store.writing(app.office.slug) as connection:
        store = ContentStore(connection, app.office.slug)
        assert store.size() == (0, 0)
        store.save(b"x" * 1000)
        store.save(b"y" * 500)
        assert store.size() == (2, 1500)


def test_doctor_says_what_the_files_take(gongkai):
    assert "文稿、照片和凭证：0 份，共 0.0 MB" in gongkai("doctor").out

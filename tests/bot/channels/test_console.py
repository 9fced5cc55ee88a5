"""What is said at a terminal, and what is typed there; and long texts in pages."""

from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.console import ConsoleChannel
from bot.dialog.incoming import UpdateKind
from bot.language.text_pages import split_text, utf16_length
from scheduler.delivery.channel import Button, Message, MessageAttachment

CARD = Message(
    text="请初审：甲村 11月 第3条",
    rows=[[Button(label="同意", callback_token="h1"), Button(label="更多", link="x")]],
)


def test_a_card_is_printed_with_numbered_buttons():
    out = StringIO()
    said = ConsoleChannel(out=out).send("clerk", CARD)
    assert out.getvalue() == "── clerk 1♪\n请初审：甲村 11月 第3条\n  [1 同意]  [更多]\n"
    assert said.message == "1"


def test_a_number_presses_its_button():
    console = ConsoleChannel(out=StringIO())
    console.send("clerk", CARD)
    update = console.parse_line("1\n", "clerk")
    assert (update.what, update.callback_token, update.message) == (UpdateKind.PRESSED, "h1", "1")
    assert console.parse_line("2", "clerk").what is UpdateKind.TEXT


def test_an_edited_card_loses_its_buttons():
    out = StringIO()
    console = ConsoleChannel(out=out)
    console.send("clerk", CARD)
    console.edit(
        "clerk", "1", Message(text="已同意", silent=True, file=MessageAttachment(name="件.docx", content=b""))
    )
    assert out.getvalue().endswith("── clerk *1\n已同意\n  〔件.docx〕\n")
    assert console.parse_line("1", "clerk").what is UpdateKind.TEXT


def test_everything_typed_is_heard_in_order():
    lines = StringIO("待办\n\n/start AbC\n同意 12\n")
    update = list(ConsoleChannel(out=StringIO()).listen(lines, "clerk"))
    assert [(each.what, each.text, each.payload) for each in update] == [
        (UpdateKind.TEXT, "待办", ""),
        (UpdateKind.CHAT_OPENED, "/start AbC", "AbC"),
        (UpdateKind.TEXT, "同意 12", ""),
    ]


TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("\n𠮷😀"), max_size=300)


@given(TEXTS, st.integers(2, 50))
def test_pages_lose_nothing_but_line_ends_and_fit(text, longest):
    found = list(split_text(text, longest))
    assert all(utf16_length(page) <= longest for page in found)
    assert "".join(found).replace("\n", "") == text.replace("\n", "")


@given(TEXTS)
def test_units_are_those_of_utf_16(text):
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2

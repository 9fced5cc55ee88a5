"""No text makes a parser slow: each is fed 100 kB of what it likes least, and is done in seconds.

A row of 50,000 single figures takes longest, a second: every window of it could be a number of a person. Processor
time is measured, not the clock's, and the limits leave ten times what was seen.
"""

import time
from dataclasses import replace

import pytest

from bot.dialog.incoming import IncomingUpdate, UpdateKind
from bot.utterances.command_parser import MAX_TEXT_LENGTH, normalize_line
from config.json_text import parse_json
from config.toml_lines import toml_lines
from storage.content.applicant import masked_address, masked_contact, masked_name
from storage.proofread.personal_data.detector import find_personal_data
from storage.proofread.review import Manuscript, blocking_findings, proofread_text
from storage.reading.formats.file_bytes import decode_text
from storage.reading.texts.wordlist_loader import load_wordlist
from storage.register_import.cells import clean_text, read_amount, read_day, read_prose, read_whole
from storage.report_checks.check import inspect_report
from storage.web.page_comparison import match_page
from tests.bot.speaker import FULL, Room
from tests.storage.report_checks.made import FORM, clean, with_text

LENGTH = 100_000
PIECES = (
    " ", "\t ", "内部 ", "内", "密", "（", '"中', "'中", "1", "1 ", "1-", "1,", "12345678901", "X", "a.", "-", "a@", "@a.", "２",
    "2026年", "1月1日", "同意 ", "同意1", "#", "从1月", "请假 明天", "？", "但是", "{{", "《", "护照 ", "京A", "\u200b", "。", "许可 1，", "1件", "收到申请1件、",
)  # fmt: skip
RULES = load_wordlist()
LAST_YEARS = replace(clean(), year=clean().year - 1)


def fed(piece: str) -> str:
    return piece * (LENGTH // len(piece.encode()) + 1)


def seconds(work, *arguments) -> float:
    began = time.thread_time()
    work(*arguments)
    return time.thread_time() - began


def proofread_all(text: str) -> None:
    proofread_text(Manuscript(title=text[:200], body=text), None, RULES)
    blocking_findings(Manuscript(title=text, body=""), None)


PARSERS = (
    find_personal_data, lambda text: toml_lines("a = 1 # " + text), masked_name, masked_contact,
    masked_address, clean_text, read_day, read_whole, read_amount, read_prose, lambda text: decode_text(text.encode()),
    lambda text: match_page(text[:200], text, text + "x", [text]),
    lambda text: inspect_report(with_text(clean(), text), FORM, previous=LAST_YEARS, wording=RULES),
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_no_text_makes_a_parser_slow(piece):
    text = fed(piece)
    slow = {at: taken for at, parser in enumerate(PARSERS) if (taken := seconds(parser, text)) > 12}
    assert slow == {}


@pytest.mark.parametrize("piece", [" ", "内部 ", '"中', "1-"])
def test_no_text_makes_proofreading_slow(piece):
    assert seconds(proofread_all, fed(piece)) < 20


@pytest.mark.parametrize("text", ["[" * LENGTH, '{"a":' * LENGTH, "9" * 5000, "[" * 900 + "9" * 5000, "\x00"])
def test_deep_json_and_numbers_of_any_length_are_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_json(text)
    assert parse_json('{"day": 1}') == {"day": 1}


def test_no_message_makes_the_chat_slow(app):
    """From the update to its answer, in the transaction in which everybody else waits."""
    room = Room(app)
    people = [room.person(one).address for one in ("clerk", "jia_reporter")]

    def answer(place, text):
        said = {"sender": place, "chat": place, "private": True, "text": text}
        update = IncomingUpdate(channel=room.name, what=UpdateKind.TEXT, **said)
        with app.store.writing(app.office.slug) as connection:
            assert room.talk.handle(connection, update, FULL).lines

    texts = [fed(piece) for piece in PIECES if piece.strip()]
    slow = {
        (at, text[:4]): taken for at in people for text in texts if (taken := seconds(answer, at, text)) > 4
    }
    assert slow == {}


def test_of_a_message_so_much_is_read_and_no_more():
    assert len(normalize_line("字" * LENGTH)) == MAX_TEXT_LENGTH

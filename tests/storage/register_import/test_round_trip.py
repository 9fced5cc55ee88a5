"""Any register in order comes back as it was written; any bytes at all do no harm."""

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import Unreadable
from config.shipped_data import load_form
from storage.register_import.columns import vocabularies
from storage.register_import.opener import read_sheet
from storage.register_import.rows import read_register
from storage.register_import.vocabulary import AMOUNT_KINDS, STOCK_KINDS
from tests.draws import examples
from tests.storage.register_import.samples import TODAY, header, read, without_lines, write_book, write_csv

TERMS = vocabularies("requests", load_form())
KINDS = vocabularies("registers", load_form())["kind"]
DAYS = st.dates(date(2000, 1, 1), date(2024, 6, 30))
# Signs Excel or a clerk would spoil by themselves are left out: unseen ones, and white at the ends.
SIGNS = st.characters(codec="gb18030", exclude_categories=("C", "Z"), exclude_characters="_=")
TEXTS = st.text(SIGNS, min_size=1, max_size=12)
SAVED = st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "xlsx"])


def words(vocabulary):
    """A term's key, with any way to write it."""
    return st.sampled_from([(term.key, way) for term in vocabulary.terms for way in (term.key, term.label)])


@st.composite
def requests(draw):
    numbers = draw(st.lists(TEXTS.map(lambda text: f"号{text}"), unique=True, max_size=6))
    return [draw(request(number)) for number in numbers]


@st.composite
def request(draw, number):
    received = draw(DAYS)
    kind, kind_word = draw(words(TERMS["applicant_kind"]))
    closed, (result, result_word) = None, (None, "")
    if draw(st.booleans()):
        closed = received + (draw(DAYS) - date(2000, 1, 1)) % (date(2024, 12, 31) - received)
        result, result_word = draw(words(TERMS["result"]))
    channel, channel_word = draw(st.one_of(st.just((None, "")), words(TERMS["channel"])))
    asked = draw(st.just("") | TEXTS)
    provided, provided_word = draw(st.one_of(st.just((None, "")), words(TERMS["provided_as"])))
    due, days = draw(st.none() | DAYS), draw(st.none() | st.integers(1, 20))
    note = draw(st.just("") | TEXTS | st.lists(TEXTS, min_size=2, max_size=3).map("\n".join))
    row = {
        "number": number,
        "received_on": received,
        "applicant_kind": kind,
        "closed_on": closed,
        "result": result,
        "channel": channel,
        "content": asked,
        "provided_as": provided,
        "due_on": due,
        "extended_days": days,
        "note": note,
    }
    said = [number, received, kind_word, closed, result_word, channel_word, due, days, note]
    return row, [*said, asked, provided_word]


@st.composite
def entry(draw):
    day, (kind, word) = draw(DAYS), draw(words(KINDS).filter(lambda pair: pair[0] not in STOCK_KINDS))
    quantity, amount = draw(st.integers(0, 10**9)), draw(st.decimals(0, 10**9, places=2))
    quantity, amount = (None, amount) if kind in AMOUNT_KINDS else (quantity, None)
    row = {"happened_on": day, "kind": kind, "quantity": quantity, "amount_yuan": amount}
    return row, [day, word, quantity, amount]


def write(folder, kind, cells, saved, *, chinese, turned):
    table = [header(kind, chinese=chinese), *cells]
    table = [row[::-1] for row in table] if turned else table
    if saved == "xlsx":
        return write_book(folder / "a.xlsx", table)
    return write_csv(folder / "a.csv", table, encoding=saved)


@settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(requests(), SAVED, st.booleans(), st.booleans())
def test_requests_come_back_as_written(written, saved, chinese, turned):
    with tempfile.TemporaryDirectory() as folder:
        cells = [cells for _, cells in written]
        path = write(Path(folder), "requests", cells, saved, chinese=chinese, turned=turned)
        rows, findings = read("requests", path)
    assert without_lines(rows) == [row for row, _ in written]
    assert [finding.rule for finding in findings] == ([] if written else ["register.no_rows"])


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(entry(), min_size=1, max_size=6), SAVED, st.booleans(), st.booleans())
def test_entries_come_back_as_written(written, saved, chinese, turned):
    with tempfile.TemporaryDirectory() as folder:
        cells = [cells for _, cells in written]
        path = write(Path(folder), "registers", cells, saved, chinese=chinese, turned=turned)
        rows, findings = read("registers", path)
    assert (without_lines(rows), findings) == ([row for row, _ in written], [])
    assert all(row.amount_yuan is None or row.amount_yuan.as_tuple().exponent == -2 for row in rows)


HEADS = [b"", *(",".join(header(kind)).encode() + b"\n" for kind in ("requests", "registers", "disputes"))]
PIECES = st.sampled_from(
    [b",", b'"', b"\n", b"\r", b"2024-02-31", b"1", b"-", b"\xb1\xe0", "行政复议".encode(), b"="]
)
JUNK = st.binary(max_size=400) | st.lists(PIECES | st.binary(max_size=3), max_size=60).map(b"".join)


@settings(max_examples=examples(150), deadline=None)
@given(st.sampled_from(HEADS), JUNK, st.sampled_from(["requests", "registers", "disputes"]))
def test_random_bytes_give_findings_or_a_refusal(head, junk, kind):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(head + junk)
        harmless(kind, path)


@settings(max_examples=examples(80), deadline=None)
@given(st.data())
def test_a_workbook_with_spoilt_bytes_does_no_harm(workbook, data):
    content = bytearray(workbook)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(content)
        harmless("requests", path)


def harmless(kind, path):
    try:
        sheet = read_sheet(path)
    except Unreadable:
        return
    rows, findings = read_register(kind, sheet, load_form(), today=TODAY)
    assert len(rows) <= len(sheet.records)
    assert rows or findings


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    table = [header("requests")[:5], ["1", date(2024, 1, 2), "自然人", date(2024, 1, 3), "予以公开"]]
    return write_book(tmp_path_factory.mktemp("book") / "a.xlsx", table).read_bytes()


def test_an_amount_is_the_same_money_in_both_files(tmp_path):
    for path in (
        write_csv(tmp_path / "a.csv", [header("registers"), ["2024-01-01", "信息处理费", "", "12.5"]]),
        write_book(tmp_path / "a.xlsx", [header("registers"), [date(2024, 1, 1), "信息处理费", None, 12.5]]),
    ):
        assert str(read("registers", path)[0][0].amount_yuan) == str(Decimal("12.50"))

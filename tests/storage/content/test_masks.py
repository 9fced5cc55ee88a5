"""A mask shows the declared part and no more, whatever is written in the field."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.content.applicant import MASKS, STARS, Applicant, masked_address, masked_contact, masked_name
from storage.proofread.personal_data.detector import doubtful_particulars

SITUATIONS = tomllib.loads((Path(__file__).parent / "masks.toml").read_text("utf-8"))
CASES = [(field, case["given"], case["shown"]) for field, cases in SITUATIONS.items() for case in cases]

# Random text, and pieces of what masks look for, put together at random.
PIECES = [
    "欧阳",
    "张",
    "公司",
    "某某",
    "辽宁省",
    "朝阳市",
    "小区",
    "138",
    "0000",
    "1234",
    "-",
    "@",
    "a.cn",
    " ",
    "、",
    "*",
]
values = st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
MOST_SHOWN = {"name": 4, "contact": 7, "address": 17, "identity_number": 2}
TEXT_FIELDS = st.sampled_from(sorted(MOST_SHOWN))


@pytest.mark.parametrize(("field", "value", "shown"), CASES)
def test_each_value_shows_its_part(field, value, shown):
    assert MASKS[field](value) == shown


def parts(masked):
    """What stands before and after the stars: the mask's own are the first ones after the kept part."""
    before, _, after = masked.partition(STARS)
    return before, after


@given(TEXT_FIELDS, values)
def test_a_mask_is_beginning_stars_and_end(field, value):
    value = value.replace("*", "").strip()
    masked = MASKS[field](value)
    if not value:
        assert masked == ""
        return
    before, after = parts(masked)
    assert masked == f"{before}{STARS}{after}"
    assert value.startswith(before)
    assert value.endswith(after)


@given(TEXT_FIELDS, values)
def test_no_mask_shows_more_than_declared(field, value):
    value = value.replace("*", "").strip()
    before, after = parts(MASKS[field](value))
    shown = before if field == "contact" and "@" in after else before + after  # a mail's host is shown
    assert len(shown) <= MOST_SHOWN[field]
    assert not value or len(before + after) < len(value) or (field == "address" and before == value)


@given(st.text(min_size=1, max_size=30))
def test_a_persons_given_name_never_shows(value):
    masked = masked_name("张" + value)
    hidden = value.strip()
    if hidden and not masked.endswith(tuple("司团心社所会院学校行厂场业部")):
        assert masked == "张**"


@given(st.from_regex(r"\A1[0-9]{10}\Z"))
def test_four_digits_of_a_mobile_stay_hidden(number):
    masked = masked_contact(number)
    assert (masked[:3], masked[-4:], len(masked)) == (number[:3], number[-4:], 9)


@given(st.text(alphabet="某东西南北村街路号楼室小区单元0123456789", min_size=1, max_size=30))
def test_below_the_city_nothing_of_an_address_shows(rest):
    assert masked_address(rest) == STARS
    assert masked_address("辽宁省朝阳市" + rest) == "辽宁省朝阳市**"


@given(values, values, values, values, values)
def test_masking_twice_tells_no_more(name, contact, address, kind, number):
    who = Applicant(name=name, contact=contact, address=address, identity_kind=kind, identity_number=number)
    masked = who.masked()
    assert repr(masked) == repr(who) == "Applicant(…)"
    for (key, value), (_, shown) in zip(who.items(), masked.items(), strict=True):
        assert bool(shown) == bool(value.strip())
        assert shown == MASKS[key](value)


@pytest.mark.parametrize(
    ("contact", "number", "kind", "doubtful"),
    [
        ("138", "", "", ["contact"]),
        ("1390000000", "", "", ["contact"]),
        ("０１３９ 0000", "", "", []),
        ("139 0000 0000", "330101199001011238", "", []),
        ("a@b.cn", "33010119900101123", "", ["identity_number"]),
        ("", "330101199001011237", "id_card", ["identity_number"]),
        ("", "330101900101123", "id_card", []),
        ("", "abc", "id_card", ["identity_number"]),
        ("", "E12345678", "passport", []),
        ("", "33010119900101123", "other", []),
    ],
)
def test_what_looks_mistyped_is_named_by_its_field(contact, number, kind, doubtful):
    applicant = Applicant(contact=contact, identity_number=number, identity_kind=kind)
    assert list(doubtful_particulars(applicant)) == doubtful

"""Personal data: found in every disguise, never in an innocent number, and never shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.proofread.personal_data.detector import find_personal_data, masked_match
from storage.proofread.personal_data.digit_runs import half_width
from storage.proofread.personal_data.id_numbers import check_character, is_credit_code, is_identity
from storage.proofread.personal_data.matches import PersonalDataKind, blank_out
from tests.storage.proofread import generated
from tests.storage.proofread.large import found_kinds, innocent_alarms, missed

PERSONAL = sorted(generated.GROUPS)
seeds = st.integers(min_value=0, max_value=2**32)


@given(seed=seeds, kind=st.sampled_from(PERSONAL), sentence=st.sampled_from(generated.SENTENCES))
def test_a_persons_number_is_found_in_every_disguise(seed, kind, sentence):
    chance = generated.drawn(seed)
    number = generated.disguised(chance, kind, generated.MADE[kind](chance))
    assert found_kinds(sentence.format(n=number)) == [generated.KINDS.get(kind, kind)]


@given(seed=seeds)
def test_an_innocent_number_raises_no_alarm(seed):
    assert found_kinds(generated.innocent(generated.drawn(seed))) == []


@given(
    seed=seeds,
    places=st.lists(st.integers(1, 17), max_size=6, unique=True),
    sign=st.sampled_from([" ", "-", "\u3000", "\u200b", "—", " - "]),
)
def test_nothing_between_the_digits_hides_an_identity_number(seed, places, sign):
    number = generated.identity(generated.drawn(seed))
    text = "".join((sign if at in places else "") + digit for at, digit in enumerate(number))
    assert found_kinds(f"户主{text}，甲村") == ["identity"]


@given(seed=seeds, at=st.integers(0, 16), other=st.integers(1, 9))
def test_one_wrong_digit_is_no_identity_number(seed, at, other):
    number = generated.identity(generated.drawn(seed))
    wrong = number[:at] + str((int(number[at]) + other) % 10) + number[at + 1 :]
    assert not is_identity(wrong)


@given(text=st.text(max_size=60))
def test_any_text_is_read_and_keeps_its_length(text):
    spots = find_personal_data(text)
    assert len(half_width(text)) == len(text) == len(blank_out(text, spots))
    assert all(0 <= spot.start < spot.end <= len(text) for spot in spots)


@given(seed=seeds, kind=st.sampled_from(PERSONAL))
def test_a_mask_never_shows_the_number(seed, kind):
    number = generated.MADE[kind](generated.drawn(seed))
    (spot,) = find_personal_data(f"号码 {number}。")
    assert "**" in masked_match(spot)
    assert sum(sign.isalnum() for sign in masked_match(spot)) <= 7 < len(number) + 1
    assert number not in repr(spot)


def test_check_characters_are_those_of_the_standard():
    # GB 11643-1999 gives both in its appendix: of a woman and of a man who never were.
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"
    assert is_credit_code("91350100M000100Y43")  # GB 32100-2015, appendix A


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("+86 138-0013-8000", ["mobile"]),
        ("8613800138000", ["mobile"]),
        ("138 0013 8000 139 0013 9000", ["mobile", "mobile"]),
        ("13800138000/13900139000", ["mobile", "mobile"]),
        ("金额13800138000元", []),
        ("手机13800138000元旦值班", ["mobile"]),
        ("13800138000.00", []),
        ("1,380,013,800.00", []),
        ("(0535) 612 3456", ["landline"]),
        ("0086-535-6123456", ["landline"]),
        ("86 535 6123456", ["landline"]),
        ("4629 86 4926 2566", []),
        ("电话：12345", []),
        ("1999-12-31-123", []),
        ("鲁F-12345", ["plate"]),
        ("鲁f12345", ["plate"]),
        ("鲁ＦＤ１２３４５", ["plate"]),
        ("鲁FO2345、鲁I12345", []),
        ("鲁F1234", []),
        ("E12345678", ["passport"]),
        ("文号E20230512", []),
        ("AE123456789", []),
    ],
)
def test_borders_of_each_kind(text, kinds):
    assert found_kinds(text) == kinds


def test_an_organisations_code_is_no_persons_number():
    chance = generated.drawn(7)
    for _ in range(2_000):
        code = generated.credit_code(chance)
        assert found_kinds(code) == [], code
        assert found_kinds(f"统一社会信用代码：{code}，") == []


def test_a_code_that_is_also_an_identity_number_is_told_by_its_head_or_its_name():
    chance, citizens, codes = generated.drawn(8), [], []
    while not codes:
        body = (
            f"937061{chance.choice(['19', '20'])}{generated.day(chance):%y%m%d}{generated.digits(chance, 3)}"
        )
        number = body + check_character(body)
        codes += [number] if is_identity(number) and is_credit_code(number) else []
        citizens += [number] if is_identity(number) and not is_credit_code(number) else []
    assert found_kinds(codes[0]) == []
    assert found_kinds(citizens[0]) == ["identity"]
    assert found_kinds(f"统一社会信用代码：{citizens[0]}") == []


def test_a_card_without_its_check_digit_is_no_card():
    number = generated.bank_card(generated.drawn(2))
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert (found_kinds(number), found_kinds(wrong)) == (["bank_card"], [])


def test_the_offices_own_numbers_are_left_alone():
    text = "值班电话0535-6123456，手机13800138000。"
    assert len(find_personal_data(text)) == 2
    assert find_personal_data(text, {"05356123456", "13800138000"}) == ()


@pytest.mark.parametrize("kind", ["identity", "identity_old", "bank_card"])
def test_only_a_telephone_can_be_the_offices_own(kind):
    chance = generated.drawn(3)
    number = next(made for made in iter(lambda: generated.MADE[kind](chance), "") if made.isdecimal())
    assert [spot.kind for spot in find_personal_data(number, {number})] == [PersonalDataKind(kind)]


def test_a_small_sample_of_the_proof():
    assert missed(2_000, seed=11) == []
    assert innocent_alarms(2_000, seed=11) == []

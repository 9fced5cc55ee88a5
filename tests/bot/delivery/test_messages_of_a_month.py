"""How often each post is called in a month, and that nothing is missing from what a village hears (tests/transcripts.py)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.services.app import create_office
from tests.transcripts import CLERK, LEADER, VILLAGE, Line, counts, play, unasked

MOST = {
    VILLAGE: 7,
    LEADER: 4,
    CLERK: 10,  # of these five about the home page, which nobody updates all month
    "yi_reporter": 8,
    "yi_leader": 2,
    "secrecy_officer": 2,
    "office_director": 6,
}
"""Messages that nobody asked for, from the first of November to the third of December."""
OFFICE_WORDS = ("案件", "一校", "初审", "终审", "登记步骤", "法定提醒", "审签")
MUST_HEAR = (
    "甲村 11 月要报 2 条信息，11月25日前",
    "退回的理由：缺人数和时间",
    "《甲村清理水渠两公里》镇里已经送审",
    "《甲村清理水渠两公里》已经发在网上",
    "甲村 11 月收完了：按时报送，算 2 条，6 分",
    "11 月的通报发出来了：甲村报 2 条，采用 1 条",
)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    home: Path = create_office(tmp_path_factory.mktemp("month"), sample=True).path
    return play(home)


def test_nobody_is_called_more_often_than_that(lines):
    alone = {person: count for person, (count, _) in counts(lines).items()}
    assert {who: alone.get(who, 0) for who, most in MOST.items() if alone.get(who, 0) > most} == {}
    assert max(alone.values()) <= max(MOST.values())
    of_day = Counter((line.person, line.at[:5]) for line in lines if line.unasked)
    assert max(of_day.values()) <= 2


def test_nothing_is_missing_from_what_a_village_hears(lines):
    heard = [line.text for line in unasked(lines, VILLAGE)]
    assert [each for each in MUST_HEAR if sum(each in text for text in heard) != 1] == []


def test_a_village_hears_no_word_of_the_office_all_month(lines):
    people = (VILLAGE, "yi_reporter", "yi_leader", "jia_leader")
    heard = [line.text for line in lines if line.heard and line.person in people]
    assert heard
    assert [text for text in heard if any(word in text for word in OFFICE_WORDS)] == []


def test_next_year_s_days_off_are_asked_for_once_a_month(lines):
    asked = [line for line in unasked(lines, CLERK) if "下一年放假安排" in line.text]
    assert [line.at[:5] for line in asked] == ["11-17"]

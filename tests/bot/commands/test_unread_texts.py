"""A long text is not signed unread without a word: it is asked about once, and not where its end was seen."""

from dataclasses import replace

import pytest

from tests.scheduler.signoff.town import SIGNERS, TEXT, draft, open_text
from tests.town import log_end

SECRECY = SIGNERS[0]
LONG = replace(TEXT, text="一、预算总体情况。" * 200)


@pytest.fixture
def case(app):
    number = open_text(app)
    draft(app, number, LONG)
    return number


def test_a_long_text_unread_is_asked_about_once(app, any_room, case):
    reviewer = any_room.person(SECRECY)
    reviewer.says(str(case))
    before = log_end(app)
    assert "还没有看到最后" in reviewer.says(f"同意 {case}")
    assert log_end(app) == before
    assert reviewer.presses("同意").startswith("已记录")


def test_a_text_that_was_read_to_its_end_is_signed_at_once(any_room, case):
    reviewer = any_room.person(SECRECY)
    card = reviewer.says(str(case))
    assert "正文：一、预算总体情况。" in card
    reviewer.says(f"全文 {case}")
    reviewer.presses("下一页")
    assert reviewer.says(f"同意 {case}").startswith("已记录")


def test_another_version_is_asked_about_again(app, any_room, case):
    reviewer = any_room.person(SECRECY)
    reviewer.says(str(case))
    reviewer.says(f"同意 {case}")
    draft(app, case, replace(LONG, text=LONG.text + "二、其他。"))
    reviewer.says(str(case))
    before = log_end(app)
    assert "还没有看到最后" in reviewer.says(f"同意 {case}")
    assert log_end(app) == before


def test_a_reviewer_reads_the_reason_of_the_last_return(app, any_room, case):
    reviewer = any_room.person(SECRECY)
    reviewer.says(str(case))
    reviewer.says_and_confirms(f"退回 {case} 第二段的数字不对")
    draft(app, case, replace(LONG, text=LONG.text + "二、其他。"))
    assert "第二段的数字不对" in reviewer.says(str(case))

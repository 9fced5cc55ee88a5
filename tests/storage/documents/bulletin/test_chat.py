"""The bulletin in chat: short pages, each to be understood by itself, and nobody shamed."""

from dataclasses import replace

import pytest

from bot.language.bulletin_text import LINES_PER_PAGE, bulletin_pages
from bot.language.phrasebook import LANGUAGES, phrasebook
from storage.reporting.bulletin_values import VillageMonthState
from tests.storage.documents.bulletin.made import AWKWARD, made

SIZES = (1, 3, 12, 60)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("villages", SIZES)
def test_no_page_is_longer_than_a_card_and_each_says_what_it_is(language, villages):
    book, bulletin = phrasebook(language), made(villages)
    told = bulletin_pages(bulletin, book)
    assert all(len(page.splitlines()) <= LINES_PER_PAGE for page in told)
    heads = [page.splitlines()[0] for page in told]
    assert all("2026" in head and "11" in head for head in heads)
    assert len(set(heads)) == len(told)
    lines = [line for page in told for line in page.splitlines()[1:]]
    for row in bulletin.rows:
        assert (
            sum(
                row.name in line and f" {row.items}" in line.replace("报送", " ").replace("(", " ")
                for line in lines
            )
            >= 1
        )
    assert not any("[" in line or "{" in line for line in lines)


def test_the_ranks_are_told_and_equals_share_one():
    lines = "\n".join(bulletin_pages(made(12), phrasebook("zh"))).splitlines()
    assert "1．丙村　30分（报送4，采用2）" in lines
    assert "1．丑村　30分（报送5，采用2）" in lines
    assert "3．乙村　18分（报送3，采用1）" in lines
    assert not any(line.startswith("2．") for line in lines)


def test_without_a_ranking_there_are_no_ranks():
    lines = "\n".join(bulletin_pages(made(12, ranked=False), phrasebook("zh"))).splitlines()
    assert "甲村　6分（报送2，采用0）" in lines
    assert not any("．" in line for line in lines)


def test_what_is_missing_is_a_fact_with_its_day():
    text = "\n".join(bulletin_pages(made(12), phrasebook("zh")))
    assert "未报送（截止 2026年11月25日）：壬村。" in text
    assert not any(word in text for word in ("批评", "落后", "倒数", "未读", "最后一名"))


def test_a_preview_says_on_every_page_that_it_is_one():
    bulletin = made(12)
    rows = tuple(replace(row, state=VillageMonthState.WAITS) for row in bulletin.rows)
    told = bulletin_pages(replace(bulletin, closed=False, rows=rows), phrasebook("zh"))
    assert all("预览" in page.splitlines()[0] for page in told)


def test_a_title_over_two_lines_stays_on_one():
    bulletin = made(3)
    items = tuple(replace(item, title=f"第一行\n{AWKWARD}") for item in bulletin.adopted)
    told = bulletin_pages(replace(bulletin, adopted=items), phrasebook("zh"))
    assert all(len(page.splitlines()) <= LINES_PER_PAGE for page in told)

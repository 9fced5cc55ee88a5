"""The demo plays a whole year through the conversation; its log is whole, its papers exist, and they add up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.cli.server.demo import told
from bot.demo.channel import DemoChannel
from bot.demo.play import MARK, NotOurs, Played, play, stories
from bot.demo.requests import REQUESTS, made_up
from bot.demo.routines import reads
from bot.demo.simulated_person import word
from bot.demo.town import Town
from bot.language.phrasebook import LANGUAGES, phrasebook
from bot.services.app import Works, found_office, open_works
from config import shipped_data
from config.clock import hand_clock
from storage.content.signature_proof import check_proof
from storage.reading.report.reader import read_report
from storage.reading.texts.wordlist_loader import wording
from storage.report_checks.check import check

YEAR, SEED = 2025, 7
THREE_WEEKS = date(YEAR, 1, 25)  # enough to tell two seeds apart


def silent(days: Iterator[date], _total: int) -> Iterator[date]:
    yield from days


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("play") / "demo"


@pytest.fixture(scope="module")
def played(out: Path) -> Played:
    return play(out, YEAR, SEED, silent)


@pytest.fixture(scope="module")
def works(played: Played, out: Path) -> Works:
    del played
    return open_works(out / "town", clock=hand_clock(date(YEAR + 1, 3, 1)))


def test_the_log_is_whole_and_the_report_counts_it(works: Works, played: Played) -> None:
    with works.log() as log:
        assert list(log.verify()) == []
        assert log.end().position == played.entries > 900
    made, tally = works.report(YEAR)
    assert made.figures["table3.received.total"] == REQUESTS
    assert tally.fee_yuan == 100 * played.happened["paid"]
    assert YEAR in works.seals().sealed


def test_every_format_of_the_report_adds_up(played: Played, out: Path) -> None:
    assert (played.errors, played.warnings) == (0, 0)
    for suffix in ("docx", "xlsx", "html", "json"):
        report = read_report(next(out.glob(f"{YEAR}年政府信息公开*.{suffix}")), shipped_data.form())
        assert [one.rule for one in check(report, shipped_data.form(), wording=wording())] == []


def test_the_papers_of_the_year_lie_there(played: Played, out: Path) -> None:
    assert all(paper.stat().st_size > 100 for paper in played.papers)
    assert len(list((out / "月度通报").glob("*.docx"))) == 12
    assert len(list((out / "月度通报").glob("*.png"))) == 12
    found = {paper.suffix for paper in out.iterdir() if paper.is_file()}
    assert found >= {".docx", ".xlsx", ".html", ".json", ".csv", ".ics"}


def test_the_proof_shows_a_deputy_among_four_different_people(played: Played, out: Path) -> None:
    del played
    proved = check_proof(json.loads(next(out.glob("审签证明*.json")).read_text("utf-8")))
    signatures = [record for _, record in proved.signatures()]
    assert (proved.complete, proved.faults) == (True, ())
    assert len({record.by for record in signatures}) == 4
    assert [record.deputy_for for record in signatures][-1] == "deputy_mayor"


def test_everything_a_year_holds_happened(played: Played) -> None:
    assert {
        "answered", "returned", "corrected", "extended", "unpaid", "paid", "published", "mended", "text_returned",
        "text_rejected", "withheld", "deputy_signed", "deputy_reported", "bulletin", "late", "activity", "dated", "undone",
        "dispute", "sealed",
    } == set(played.happened)  # fmt: skip
    assert played.told.statutory
    assert played.told.expired


def test_what_posts_heard_names_nobody_who_applied(played: Played, out: Path) -> None:
    del played
    heard = "".join(path.read_text("utf-8") for path in (out / "对话").iterdir())
    assert word("talk.recorded", position="") in heard
    for number in range(1, REQUESTS + 1):
        for kind in ("natural_person", "business"):
            known = made_up(number, kind)
            assert not {value for _, value in known.items() if value and value in heard}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_told_in_both_languages(played: Played, out: Path, language: str) -> None:
    lines = list(told(played, out, YEAR, phrasebook(language)))
    assert str(played.entries) in lines[0]
    assert len(lines) > len(played.happened)


def test_the_same_seed_gives_the_same_log(tmp_path: Path) -> None:
    first, second, third = (
        _three_weeks(tmp_path / str(place), seed) for place, seed in enumerate((SEED, SEED, 8))
    )
    assert first == second
    assert first != third


def _three_weeks(folder: Path, seed: int) -> str:
    """The fingerprint of the log after three weeks, and everything that was heard by then."""
    clock = hand_clock(date(YEAR, 1, 1), hour=8)
    works = open_works(found_office(folder, sample=True).path, clock=clock)
    town = Town(works=works, clock=clock, year=YEAR, seed=seed, channel=DemoChannel(clock=clock))
    town.people()
    for story, day in stories(town):
        town.begin(story, day)
    courier = town.courier()
    for day in town.days():
        if day < THREE_WEEKS:
            town.play(day, courier, (reads,))
    with works.log() as log:
        return f"{log.end().hash} {sorted(town.channel.chats.items())}"


def test_a_folder_it_did_not_make_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(NotOurs):
        play(tmp_path, YEAR, 1, silent)
    assert not (tmp_path / MARK).exists()
    assert (tmp_path / "letter.txt").read_text("utf-8") == "dear"

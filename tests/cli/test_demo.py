"""The demo plays a whole year through the desk, and the same seed gives the same papers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.compose import open_works
from bot.demo import MARK, Act, NotOurs, play


def silent(acts: Iterator[Act], _total: int) -> Iterator[Act]:
    yield from acts


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("play") / "demo"
    done = play(out, 2025, 7, silent)
    assert (done.errors, done.warnings) == (0, 0)
    return out


def test_its_log_is_whole_and_its_tables_equal_it(played: Path) -> None:
    works = open_works(played / "town")
    with works.log() as log:
        assert list(log.verify()) == []
        assert log.end().position > 100
    made, _ = works.report(2025)
    assert made.figures["table3.received.total"] == 26


def test_the_same_seed_gives_the_same_papers(played: Path, tmp_path: Path) -> None:
    play(tmp_path / "demo", 2025, 7, silent)
    papers = sorted(
        path.name for path in played.iterdir() if path.suffix in {".docx", ".xlsx", ".html", ".json", ".csv"}
    )
    assert len(papers) == 5
    for name in papers:
        assert (played / name).read_bytes() == (tmp_path / "demo" / name).read_bytes()


@pytest.mark.parametrize("year", [2019, 2020, 2023, 2026])
def test_it_plays_any_year_whose_calendar_is_known(tmp_path: Path, year: int) -> None:
    assert play(tmp_path / "demo", year, year, silent).errors == 0


def test_a_folder_it_did_not_make_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(NotOurs):
        play(tmp_path, 2025, 1, silent)
    assert not (tmp_path / MARK).exists()
    assert (tmp_path / "letter.txt").read_text("utf-8") == "dear"

"""The demo plays a whole year through the conversation; its log is whole, its papers exist, and they add up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.cli.server.demo import demo_summary
from bot.demo.channel import DemoChannel
from bot.demo.play import MARKER_FILE, DemoResult, NotOurs, all_stories, play_year
from bot.demo.requests import REQUEST_COUNT, fictitious_applicant
from bot.demo.routines import read_messages
from bot.demo.simulated_person import phrase_word
from bot.demo.town import DemoTown
from bot.language.labels import Labels
from bot.language.phrasebook import LANGUAGES, phrasebook
from bot.publishing.processing_sheet import build_processing_sheet
from bot.publishing.texts import load_submitted_text
from bot.services.annual_reports import annual_report, sealed_years
from bot.services.app import OfficeApp, create_office, open_app
from config import shipped_data
from config.clock import manual_clock
from storage.content.signature_proof import check_proof
from storage.eventlog.projections import CaseProjections
from storage.events.account_events import AccountJoined
from storage.events.events import Opened
from storage.events.manifest import pictures_of
from storage.reading.report.reader import read_report
from storage.reading.texts.wordlist_loader import load_wordlist
from storage.report_checks.check import check_report
from tests.town import case_by_number

YEAR, SEED = 2025, 7
TWO_WEEKS = date(YEAR, 1, 14)  # enough to tell two seeds apart


def silent(days: Iterator[date], _total: int) -> Iterator[date]:
    yield from days


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("play") / "demo"


@pytest.fixture(scope="module")
def played(out: Path) -> DemoResult:
    return play_year(out, YEAR, SEED, silent)


@pytest.fixture(scope="module")
def app(played: DemoResult, out: Path) -> OfficeApp:
    del played
    return open_app(out / "town", clock=manual_clock(date(YEAR + 1, 3, 1)))


def test_the_log_is_whole_and_the_report_counts_it(app: OfficeApp, played: DemoResult) -> None:
    with app.log() as log:
        assert list(log.verify()) == []
        assert log.end().position == played.entries > 900
    annual = annual_report(app, YEAR)
    made, tally = annual.report, annual.counts
    assert made.figures["table3.received.total"] == REQUEST_COUNT
    assert tally.fee_yuan == 100 * played.happened["paid"]
    assert YEAR in sealed_years(app).sealed


def test_every_format_of_the_report_adds_up(played: DemoResult, out: Path) -> None:
    assert (played.errors, played.warnings) == (0, 0)
    for suffix in ("docx", "xlsx", "html", "json"):
        report = read_report(next(out.glob(f"{YEAR}年政府信息公开*.{suffix}")), shipped_data.load_form())
        assert [
            one.rule for one in check_report(report, shipped_data.load_form(), wording=load_wordlist())
        ] == []


def test_the_papers_of_the_year_lie_there(played: DemoResult, out: Path) -> None:
    assert all(paper.stat().st_size > 100 for paper in played.papers)
    assert len(list((out / "月度通报").glob("*.docx"))) == 12
    assert len(list((out / "月度通报").glob("*.png"))) == 12
    found = {paper.suffix for paper in out.iterdir() if paper.is_file()}
    assert found >= {".docx", ".xlsx", ".html", ".json", ".csv", ".ics"}


def test_the_proof_shows_a_deputy_among_four_different_people(played: DemoResult, out: Path) -> None:
    del played
    proved = check_proof(json.loads(next(out.glob("审签证明*.json")).read_text("utf-8")))
    signatures = [record for _, record in proved.signatures()]
    assert (proved.complete, proved.faults) == (True, ())
    assert len({record.by for record in signatures}) == 4
    assert [record.deputy_for for record in signatures][-1] == "deputy_mayor"


def test_items_travel_with_their_photographs_and_everybody_joined(app: OfficeApp) -> None:
    with app.log() as log:
        records = [entry.record for entry in log.read()]
    items = [one for one in records if isinstance(one, Opened) and one.kind == "village_item"]
    assert items
    assert {one.facts.get("pictures") for one in items} == {1}
    texts = [entry for entry in records if isinstance(entry, Opened) and entry.facts.get("item")]
    laid = load_submitted_text(app, case_by_number(app, texts[0].case), app.duties["publication"])
    assert len(pictures_of(laid.manifest)) == 1
    joined = {one.person for one in records if isinstance(one, AccountJoined)}
    assert joined == {person.id for person in app.office.people}
    rows = build_processing_sheet(laid, Labels(book=phrasebook("zh"), office=app.office)).signatures
    assert len(rows) == 4
    assert not any(phrase_word("sheet.vouched.unrecorded") in row.meaning for row in rows)


def test_each_kind_of_duty_has_a_case_and_the_prose_tells_of_it(app: OfficeApp) -> None:
    with app.log() as log:
        lines = [
            line
            for duty in app.duties
            for line in CaseProjections(log.connection, log.office, app.duties).lines_of_kind(duty, date.min)
        ]
    # Next year's notice on days off ships with the program: it is not asked for.
    assert {line.kind for line in lines} == set(app.duties) - {"calendar_notice"}
    told = "".join(
        paragraph for section in annual_report(app, YEAR).report.sections for paragraph in section.paragraphs
    )
    for words in (
        "收到留言和群众难题10件",
        "张贴公示3件",
        "核对无误24期",
        "通报表扬2次、约谈1次、通报批评1次",
    ):
        assert words in told
    for words in (
        "投诉举报1件",
        "更正政府信息的申请1件",
        "公开目录列有事项26项，全年发布信息6条：财政预算、决算信息1条；",
        "制发行政规范性文件2件，废止1件，现行有效6件",
        "撤回已公开的信息1件",
        "审定后公布1件",
    ):
        assert words in told


def test_everything_a_year_holds_happened(played: DemoResult) -> None:
    assert {
        "answered", "returned", "corrected", "extended", "unpaid", "paid", "published", "mended", "text_returned",
        "text_rejected", "withheld", "deputy_signed", "deputy_reported", "bulletin", "late", "activity", "dated", "undone",
        "dispute", "sealed", "item_published",
    } == set(played.happened)  # fmt: skip
    assert played.deliveries.statutory
    assert played.deliveries.expired


def test_what_posts_heard_names_nobody_who_applied(played: DemoResult, out: Path) -> None:
    del played
    update = "".join(path.read_text("utf-8") for path in (out / "对话").iterdir())
    assert phrase_word("talk.recorded", position="") in update
    for number in range(1, REQUEST_COUNT + 1):
        for kind in ("natural_person", "business"):
            known = fictitious_applicant(number, kind)
            assert not {value for _, value in known.items() if value and value in update}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_told_in_both_languages(played: DemoResult, out: Path, language: str) -> None:
    lines = list(demo_summary(played, out, YEAR, phrasebook(language)))
    assert str(played.entries) in lines[0]
    assert len(lines) > len(played.happened)


def test_the_same_seed_gives_the_same_log(tmp_path: Path) -> None:
    first, second, third = (
        _two_weeks(tmp_path / str(place), seed) for place, seed in enumerate((SEED, SEED, 8))
    )
    assert first == second
    assert first != third


def _two_weeks(folder: Path, seed: int) -> str:
    """The fingerprint of the log after two weeks, and everything that was heard by then."""
    clock = manual_clock(date(YEAR, 1, 1), hour=8)
    app = open_app(create_office(folder, sample=True).path, clock=clock)
    town = DemoTown(app=app, clock=clock, year=YEAR, seed=seed, channel=DemoChannel(clock=clock))
    town.add_people()
    for story, day in all_stories(town):
        town.begin(story, day)
    courier = town.create_outbox_sender()
    for day in town.days():
        if day < TWO_WEEKS:
            town.play_day(day, courier, (read_messages,))
    with app.log() as log:
        return f"{log.end().hash} {sorted(town.channel.chats.items())}"


def test_a_folder_it_did_not_make_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(NotOurs):
        play_year(tmp_path, YEAR, 1, silent)
    assert not (tmp_path / MARKER_FILE).exists()
    assert (tmp_path / "letter.txt").read_text("utf-8") == "dear"

"""Dates without a case, a case explained, and entries corrected so that both words stay."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.services.app import OfficeApp
from tests.bot.cli.test_commands import GOOD, entries, register

Gongkai = Callable[..., "tuple[int, str, str]"]


@pytest.mark.parametrize(
    ("steps", "due", "state"),
    [
        ((), "2026-10-29", "running"),
        (("extended=2026-10-20:10",), "2026-11-12", "running"),
        (("correction_asked=2026-09-28", "corrected=2026-10-20"), "2026-11-17", "running"),
        (("correction_asked=2026-09-28",), None, "waiting_correction"),
        (("consulted=2026-10-12",), None, "waiting_consultation"),
        (("fee_noticed=2026-10-12",), None, "waiting_fee"),
    ],
)
def test_a_date_without_a_case(gongkai: Gongkai, steps: tuple[str, ...], due: str | None, state: str) -> None:
    options = [word for step in steps for word in ("--step", step)]
    said = gongkai("clock", "--received", "2026-09-24", *options, "--json")
    found = json.loads(said.out)
    assert (said.code, found["due"], found["state"], found["provisional"]) == (0, due, state, False)
    assert all({"from", "to", "days", "why", "article"} <= line.keys() for line in found["lines"])


def test_a_date_in_an_unpublished_year_says_so(gongkai: Gongkai) -> None:
    assert json.loads(gongkai("clock", "--received", "2026-12-24", "--json").out)["provisional"] is True
    assert "暂定" in gongkai("clock", "--received", "2026-12-24").out


def test_a_year_before_our_data_is_none_whose_notice_is_waited_for(gongkai: Gongkai) -> None:
    before, ahead = (gongkai("clock", "--received", day).out for day in ("2008-06-02", "2026-12-24"))
    assert "那一年在我们的放假数据之前" in before
    assert "这里没有那一年的放假通知" not in before
    assert "这里没有那一年的放假通知" in ahead
    assert "数据之前" not in ahead
    lines = json.loads(gongkai("clock", "--received", "2008-06-02", "--json").out)["lines"]
    assert all(line["before_data"] for line in lines if line.get("known") is False)


@pytest.mark.parametrize(
    "step", ["extended=2026-10-20:21", "riddle=2026-10-20", "extended=2026-02-31:3", "corrected=2026-10-20"]
)
def test_an_impossible_step_is_refused(gongkai: Gongkai, step: str) -> None:
    said = gongkai("clock", "--received", "2026-09-24", "--step", step)
    assert said.code == 1
    assert said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("name", ["1", "A1"])
def test_a_case_is_explained_by_number_or_reference(gongkai: Gongkai, tmp_path: Path, name: str) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    said = gongkai("explain", name)
    assert "2025-03-31（周一）" in said.out  # received on 3 March
    assert json.loads(gongkai("explain", name, "--json").out)["state"] == "closed"


def test_a_case_nobody_knows_is_told(gongkai: Gongkai) -> None:
    assert gongkai("explain", "77").code == 1
    assert gongkai("explain", "召公开〔2025〕77号").code == 1


def test_a_correction_moves_the_figure_and_keeps_both_words(gongkai: Gongkai, tmp_path: Path) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    said = gongkai("amend", 2, "--set", "outcome=petition", "--reason", "结果填错")
    assert said.code == 0
    table = json.loads(gongkai("report", 2025).out)["table3"]
    assert (table["granted"]["total"], table["petition"]["total"]) == (0, 1)
    story = gongkai("explain", 1).out
    first, mended = (line for line in story.splitlines() if "办结：" in line)
    assert "予以公开" in first
    assert "不再算数" in first
    assert "信访举报投诉类申请" in mended
    assert "结果填错" in mended
    assert gongkai("verify").code == 0
    assert gongkai("rebuild", "--check").code == 0


def test_a_struck_close_opens_the_case_again(gongkai: Gongkai, tmp_path: Path) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    assert gongkai("amend", 2, "--strike", "--reason", "并未办结").code == 0
    assert json.loads(gongkai("report", 2025).out)["table3"]["carried_out"]["total"] == 2


def test_a_struck_opening_voids_the_case(gongkai: Gongkai, tmp_path: Path) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    assert gongkai("amend", 1, "--strike", "--reason", "不是信息公开申请").code == 0
    assert json.loads(gongkai("report", 2025).out)["table3"]["received"]["total"] == 1
    assert gongkai("rebuild", "--check").code == 0


def test_a_register_entry_is_corrected_too(gongkai: Gongkai, tmp_path: Path) -> None:
    file = register(tmp_path, "日期,事项,数量,金额（元）\n2025-05-05,行政许可,3,\n", "registers.csv")
    gongkai("import", "registers", file)
    assert gongkai("amend", 1, "--set", "quantity=5", "--reason", "漏数两件").code == 0
    assert json.loads(gongkai("report", 2025).out)["table2"]["licences"]["decisions"] == 5
    assert gongkai("amend", 1, "--strike", "--reason", "重复登记").code == 0
    assert json.loads(gongkai("report", 2025).out)["table2"]["licences"]["decisions"] == 0
    assert gongkai("rebuild", "--check").code == 0


@pytest.mark.parametrize(
    "words",
    [
        (2, "--set", "happened_on=2025-02-01"),  # before its receipt
        (2, "--set", "outcome=gone"),
        (2, "--set", "happened_on=2025-02-31"),
        (2, "--set", "nonsense"),
        (2, "--set", "case=7"),
        (2,),
        (2, "--strike", "--set", "outcome=petition"),
        (77, "--strike"),
    ],
)
def test_a_correction_that_makes_no_sense_changes_nothing(
    gongkai: Gongkai, home: Path, tmp_path: Path, words: tuple[object, ...]
) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    said = gongkai("amend", *words, "--reason", "试")
    assert (said.code, entries(home)) == (1, 3)
    assert "Traceback" not in said.err


def test_a_correction_is_not_corrected_itself(gongkai: Gongkai, home: Path, tmp_path: Path) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    gongkai("amend", 2, "--set", "outcome=petition", "--reason", "结果填错")
    assert gongkai("amend", 4, "--strike", "--reason", "试").code == 1
    assert entries(home) == 4


def test_a_dispute_that_was_lost_says_what_its_request_needs(
    gongkai: Gongkai, app: OfficeApp, tmp_path: Path
) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        case = uow.cases.open(
            "dispute", "复议1", date(2025, 5, 6), {"route": "reconsideration", "request": "A1"}
        )
        uow.cases.close(case, "corrected", date(2025, 7, 1))
    assert "依申请公开 A1 要记“按复议决定或判决重新答复”" in gongkai("explain", "复议1").out
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.step(1, "reopened", date(2025, 7, 2), {"decision": "复决〔2025〕1号"})
    assert "要记" not in gongkai("explain", "复议1").out


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (("--channel", "post_registered", "--signed-for", "2026-09-24"), "2026-10-29"),
        (("--channel", "in_person", "--handed-in", "2026-09-24"), "2026-10-29"),
        (("--channel", "web", "--confirmed", "2026-09-24", "--handed-in", "2026-09-20"), "2026-10-29"),
    ],
)
def test_the_day_of_receipt_follows_the_way_it_came(
    gongkai: Gongkai, words: tuple[str, ...], due: str
) -> None:
    assert json.loads(gongkai("clock", *words, "--json").out)["due"] == due


@pytest.mark.parametrize(
    "words",
    [(), ("--channel", "web"), ("--channel", "web", "--received", "2026-09-24"), ("--channel", "pigeon")],
)
def test_a_receipt_that_is_not_said_is_asked_for(gongkai: Gongkai, words: tuple[str, ...]) -> None:
    said = gongkai("clock", *words)
    assert (said.code, "Traceback" in said.err) == (1, False)


def test_an_applicant_s_month_adds_up(gongkai: Gongkai) -> None:
    said = gongkai("fee", "--asked", "2026-11-03:12", "--asked", "2026-11-20:20", "--asked", "2026-12-01:12")
    # November: 2 × 100; then 18 × 100 and 2 × 200; December begins anew: 2 × 100.
    assert [line.rpartition("：")[2] for line in said.out.splitlines()[:3]] == ["200 元", "2200 元", "200 元"]
    assert gongkai("fee", "--asked", "soon").code == 1
    assert gongkai("fee", "--asked", "2026-11-03:1", "--pages", 3).code == 1


def test_a_request_registered_twice_becomes_one(gongkai: Gongkai, home: Path, tmp_path: Path) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    assert gongkai("merge", "A2", "A1", "--reason", "网上和信函各收到一次").code == 0
    assert json.loads(gongkai("report", 2025).out)["table3"]["received"]["total"] == 1
    assert entries(home) == 5
    assert gongkai("merge", "A1", "A1", "--reason", "试").code == 1
    assert gongkai("rebuild", "--check").code == 0

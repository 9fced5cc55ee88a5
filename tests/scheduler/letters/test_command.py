"""``gongkai fee``: the lines it prints, for people and for programs, in both languages."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.cli.cases.fees import OneBasis
from bot.cli.common.context import CommandContext
from bot.language.phrasebook import LANGUAGES, phrasebook
from config.clock import manual_clock
from scheduler.letters.fees import NoFeesThen


def run(*words):
    return CliRunner().invoke(app, ["fee", *words], obj=CommandContext(manual_clock(date(2026, 11, 23))))


def test_the_lines_explain_the_sum():
    answer = run("--items", "5", "--before", "28", "--on", "2026-11-23")
    assert answer.stdout.splitlines() == [
        "按件计收（本月此前已有 28 件；依据：《政府信息公开信息处理费管理办法》，国办函〔2020〕109号）：",
        "  第 11—30 件：2 件 × 100 元 = 200 元",
        "  第 31—40 件：3 件 × 200 元 = 600 元",
        "合计：800 元",
    ]


def test_pages_end_in_a_band_without_end():
    lines = run("--pages", "201").stdout.splitlines()
    assert lines[1] == "  第 1—30 页：30 页，不收费"
    assert lines[-2:] == ["  第 201 页以上：1 页 × 40 元 = 40 元", "合计：2740 元"]


def test_a_program_reads_the_same():
    told = json.loads(run("--items", "11", "--on", "2026-11-23", "--json").stdout)
    assert told == {
        "basis": "item",
        "on": "2026-11-23",
        "number": "国办函〔2020〕109号",
        "before": 0,
        "lines": [
            {"from": 1, "to": 10, "count": 10, "yuan_each": 0, "amount_yuan": 0},
            {"from": 11, "to": 30, "count": 1, "yuan_each": 100, "amount_yuan": 100},
        ],
        "amount_yuan": 100,
    }


@pytest.mark.parametrize(
    "words",
    [(), ("--before", "3"), ("--items", "1", "--pages", "1"), ("--pages", "1", "--before", "3")],
)
def test_one_basis_never_both(words):
    assert isinstance(run(*words).exception, OneBasis)


def test_days_before_the_measure_are_refused():
    assert isinstance(run("--items", "1", "--on", "2019-05-15").exception, NoFeesThen)


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusals_are_said_in_full(language):
    for refusal in (OneBasis(), NoFeesThen(day="2019-05-15", since="2021-01-01")):
        sentence = phrasebook(language).error(refusal)
        assert "{" not in sentence
        assert f"error.{type(refusal).__name__}" in phrasebook(language).phrases

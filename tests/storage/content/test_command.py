"""``gongkai private``: masked unless asked otherwise, kept from standard input, erased for good."""

import json
import re
import string
import tomllib

import pytest
from typer.testing import CliRunner

from bot.__main__ import app as command_line
from bot.cli.common.context import CommandContext
from bot.language.phrasebook import LANGUAGES, phrasebook
from config.errors import BadInput, Unreadable
from scheduler.recording.context import ReasonMissing
from storage.content.applicant import IdentityKind
from storage.content.applicant_store import NoCaseToKeepFor, NothingGiven, NothingKept, TellingReason
from tests.paths import ROOT
from tests.storage.content.people import APPLICANT, VALUES, keep, kept, open_request, traces

LINES = """\
姓名：甲乙丙丁申请人
联系方式: 13800001234

地址：辽宁省朝阳市龙城区某某小区3号楼
证件类型：居民身份证
identity_number: 000000190001010008
"""


@pytest.fixture
def case(app):
    return open_request(app)


@pytest.fixture
def run(home, clock):
    def call(*words, typed=None):
        return CliRunner().invoke(
            command_line,
            ["private", *map(str, words), "--home", str(home)],
            input=typed,
            obj=CommandContext(clock),
        )

    return call


def test_show_is_masked(app, case, run):
    keep(app, case)
    answer = run("show", case)
    assert answer.exit_code == 0
    assert answer.stdout.splitlines() == [
        f"案件 {case} 的申请人信息：",
        "  姓名或名称：甲**",
        "  联系方式：138**1234",
        "  地址：辽宁省朝阳市**",
        "  证件类型：居民身份证",
        "  证件号码：0**8",
    ]
    assert not [value for value in VALUES if value in run("show", case, "--json").stdout]


def test_show_reveals_when_asked(app, case, run):
    keep(app, case)
    assert all(value in run("show", case, "--reveal").stdout for value in VALUES)
    told = json.loads(run("show", case, "--reveal", "--json").stdout)
    assert told["particulars"] == dict(APPLICANT.items())


def test_show_names_the_same_applicants_cases(app, case, run):
    other = open_request(app, reference="2")
    keep(app, case)
    keep(app, other)
    assert f"同一申请人的其他案件：{other}" in run("show", case).stdout
    assert json.loads(run("show", case, "--json").stdout)["same_applicant"] == [other]


def test_set_keeps_what_is_given_and_what_stood(app, case, run):
    run("set", case, "--name", "甲乙丙丁申请人", "--contact", "13800001234")
    answer = run("set", case, "--identity-kind", "passport", "--identity-number", " E12345678 ")
    assert answer.exit_code == 0
    assert "138**1234" in answer.stdout
    assert not [value for value in VALUES if value in answer.stdout]
    found = kept(app, case)
    assert (found.name, found.contact, found.identity_number) == (
        "甲乙丙丁申请人",
        "13800001234",
        "E12345678",
    )


def test_set_reads_lines_from_standard_input(app, case, run):
    answer = run("set", case, "--stdin", typed=LINES)
    assert answer.exit_code == 0
    assert kept(app, case) == APPLICANT


def test_set_names_every_bad_line_and_repeats_none(app, case, run):
    typed = "甲乙丙丁申请人\n姓名：甲\n证件类型：甲乙丙丁申请人\n电传：甲乙丙丁申请人\n"
    refused = run("set", case, "--stdin", typed=typed).exception
    assert isinstance(refused, BadInput)
    assert [(finding.rule, finding.place) for finding in refused.findings] == [
        ("private.line", "line 1"),
        ("private.kind", "line 3"),
        ("private.line", "line 4"),
    ]
    told = "".join(phrasebook("zh").finding(finding) for finding in refused.findings)
    assert "第 1 行" in told
    assert "甲乙丙丁申请人" not in told + str(refused) + repr(refused.findings)
    assert kept(app, case) is None


def test_set_refuses_what_is_no_utf8_without_repeating_it(app, case, run):
    refused = run("set", case, "--stdin", typed=LINES.encode("gb18030")).exception
    assert isinstance(refused, Unreadable)
    assert refused.__suppress_context__
    assert refused.__cause__ is None
    assert kept(app, case) is None


def test_set_needs_something_and_a_case(case, run):
    assert isinstance(run("set", case).exception, NothingGiven)
    assert isinstance(run("set", case + 1, "--name", "甲乙").exception, NoCaseToKeepFor)


def test_erase_leaves_no_byte_and_says_where_it_stands(app, case, run):
    keep(app, case)
    answer = run("erase", case, "--reason", "保存期满")
    assert answer.exit_code == 0
    assert "日志 №2" in answer.stdout
    assert traces(app.home.path, *VALUES) == set()
    shown = run("show", case)
    assert shown.exit_code == 0
    assert shown.stdout.strip() == f"案件 {case} 的申请人信息已于 {kept_day(app)} 清除，理由：保存期满"


def kept_day(app):
    with app.log() as log:
        return list(log.read())[-1].record.happened_on


def test_erase_is_refused_in_words(app, case, run):
    assert isinstance(run("erase", case, "--reason", "期满").exception, NothingKept)
    keep(app, case)
    assert isinstance(run("erase", case, "--reason", " ").exception, ReasonMissing)
    assert isinstance(run("erase", case, "--reason", "应甲乙丙丁申请人要求").exception, TellingReason)
    assert run("erase", case).exit_code == 2
    assert kept(app, case) == APPLICANT


def test_show_of_nothing_is_refused(case, run):
    assert isinstance(run("show", case).exception, NothingKept)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_is_said_in_full(language):
    book = phrasebook(language)
    refusals = (
        NoCaseToKeepFor(case=1),
        NothingKept(case=1),
        NothingGiven(case=1),
        TellingReason(),
        ReasonMissing(),
    )
    for refusal in refusals:
        assert f"error.{type(refusal).__name__}" in book.phrases
        assert not re.search(r"[{}\[\]]", book.error(refusal))
    assert all(f"private.kind.{kind}" in book.phrases for kind in IdentityKind)
    assert all(f"private.label.{key}" in book.phrases for key, _ in APPLICANT.items())


def flat(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", {name for _, name, _, _ in string.Formatter().parse(value) if name}


@pytest.mark.parametrize("topic", ["private", "fees"])
def test_both_languages_have_the_same_words(topic):
    files = [ROOT / "bot" / "phrases" / language / f"{topic}.toml" for language in LANGUAGES]
    first, second = (dict(flat(tomllib.loads(file.read_text("utf-8")))) for file in files)
    assert first == second

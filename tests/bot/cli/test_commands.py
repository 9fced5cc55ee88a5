"""Commands keep the contract: what they print, how they exit, and that refusals lose nothing."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook

from tests.paths import SHARED

GOOD = "编号,收到日期,申请人类型,办结日期,办理结果\nA1,2025-03-03,自然人,2025-03-20,予以公开\nA2,2025-11-20,商业企业,,\n"
Gongkai = Callable[..., "tuple[int, str, str]"]


def entries(home: Path) -> int:
    with sqlite3.connect(home / "gongkai.db") as connection:
        return int(connection.execute("select count(*) from event").fetchone()[0])


def register(folder: Path, text: str, name: str = "requests.csv") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_it_takes_a_register_in_and_says_how_the_rows_add_up(
    gongkai: Gongkai, home: Path, tmp_path: Path
) -> None:
    said = gongkai("import", "requests", register(tmp_path, GOOD))
    assert said.code == 0
    assert "读入 2 行 ＝ 新立 2 ＋ 更新 0 ＋ 计入 0 ＋ 未变 0" in said.out
    assert entries(home) == 3


def test_the_same_register_again_changes_nothing(gongkai: Gongkai, home: Path, tmp_path: Path) -> None:
    file = register(tmp_path, GOOD)
    gongkai("import", "requests", file)
    said = gongkai("import", "requests", file, "--json")
    assert (said.code, json.loads(said.out)["unchanged"], entries(home)) == (0, 2, 3)


def test_a_grown_register_brings_only_what_has_grown(gongkai: Gongkai, home: Path, tmp_path: Path) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    grown = GOOD.replace(
        "A2,2025-11-20,商业企业,,", "A2,2025-11-20,商业企业,2025-12-01,重复申请\nA3,2025-12-02,其他,,"
    )
    said = gongkai("import", "requests", register(tmp_path, grown), "--json")
    done = json.loads(said.out)
    assert (done["opened"], done["advanced"], done["unchanged"], entries(home)) == (1, 1, 1, 5)


def test_a_trial_writes_nothing(gongkai: Gongkai, home: Path, tmp_path: Path) -> None:
    said = gongkai("import", "requests", register(tmp_path, GOOD), "--dry-run")
    assert (said.code, entries(home)) == (0, 0)
    assert "什么也没有写" in said.out


def test_what_the_log_heard_otherwise_refuses_the_whole_file(
    gongkai: Gongkai, home: Path, tmp_path: Path
) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    other = GOOD.replace("2025-03-20,予以公开", "2025-03-21,予以公开") + "A4,2025-12-02,其他,,\n"
    said = gongkai("import", "requests", register(tmp_path, other))
    assert (said.code, entries(home)) == (1, 3)
    assert "第 2 行（编号 A1）" in said.err
    assert "2025-03-20" in said.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("编号,申请人类型,办结日期,办理结果\nA1,自然人,,\n", "收到日期"),
        (GOOD + "A3,2025-02-31,自然人,,\n", "日历上没有这一天"),
        (GOOD + "A3,2025-05-05,自然人,2025-05-01,予以公开\n", "办结不能早于收到"),
        (GOOD + "A3,2025-05-05,自然人,2025-05-08,已经解决\n", "不在可填的范围里"),
        (GOOD + "A1,2025-05-05,自然人,,\n", "与第 2 行相同"),
        (GOOD + "A3,2099-05-05,自然人,,\n", "还没有到"),
        (GOOD + "A3,,自然人,,\n", "空着"),
    ],
)
def test_a_bad_row_is_told_with_its_place_and_nothing_is_written(
    gongkai: Gongkai, home: Path, tmp_path: Path, text: str, told: str
) -> None:
    said = gongkai("import", "requests", register(tmp_path, text))
    assert (said.code, entries(home)) == (1, 0)
    assert told in said.err
    assert "第 " in said.err
    assert "Traceback" not in said.err


def damaged_xlsx(folder: Path) -> Path:
    file = folder / "register.xlsx"
    Workbook().save(file)
    file.write_bytes(file.read_bytes()[:-200])
    return file


def wrong_encoding(folder: Path) -> Path:
    file = folder / "register.csv"
    file.write_bytes(b"\x00\xff\xfe\x80\x81" * 50)
    return file


def huge(folder: Path) -> Path:
    file = folder / "register.csv"
    with file.open("wb") as out:
        out.truncate(200 * 1024 * 1024)  # 200 MB to whoever reads it, nothing on the disk
    return file


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda folder: register(folder, ""), "没有内容"),
        (wrong_encoding, "读不出来"),
        (damaged_xlsx, "读不出来"),
        (huge, "200"),
        (lambda folder: folder / "nowhere.csv", "读不出来"),
        (lambda folder: folder, "读不出来"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_written(
    gongkai: Gongkai, home: Path, tmp_path: Path, make: Callable[[Path], Path], told: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    said = gongkai("import", "requests", make(folder))
    assert (said.code, entries(home)) == (2, 0)
    assert told in said.err
    assert "Traceback" not in said.err


def docx_without_tables(folder: Path) -> Path:
    file = folder / "report.docx"
    paper = Document()
    paper.add_paragraph("某镇2025年政府信息公开工作年度报告")
    paper.save(str(file))
    return file


@pytest.mark.parametrize(
    "make", [docx_without_tables, damaged_xlsx, lambda folder: register(folder, "", "r.json")]
)
def test_a_report_that_cannot_be_read_exits_with_two(
    gongkai: Gongkai, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    said = gongkai("check", make(tmp_path))
    assert said.code == 2
    assert "读不出来" in said.err


def test_checking_exits_with_one_on_errors_and_names_them_for_programs(gongkai: Gongkai) -> None:
    said = gongkai("check", SHARED / "reports" / "04.json", "--json")
    found = json.loads(said.out)["findings"]
    assert said.code == 1
    assert [finding["place"] for finding in found if finding["severity"] == "error"] == [
        "table4.reconsideration.total",
        "table4.litigation_after_reconsideration.total",
    ]
    assert all(finding["message"] for finding in found)


def test_checking_exits_with_none_on_warnings_only(gongkai: Gongkai) -> None:
    assert gongkai("check", SHARED / "seed" / "zhaoduba-2023.txt").code == 0


def test_last_year_s_report_is_compared_in_every_column(gongkai: Gongkai, tmp_path: Path) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    for year in (2025, 2026):
        gongkai("report", year, "--out", tmp_path / f"{year}.docx")
    assert gongkai("check", tmp_path / "2026.docx", "--previous", tmp_path / "2025.docx").code == 0
    said = gongkai("check", tmp_path / "2026.docx", "--previous", tmp_path / "2026.docx")
    assert said.code == 1


def test_a_report_goes_to_the_screen_as_json(gongkai: Gongkai, tmp_path: Path) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    said = gongkai("report", 2025)
    assert json.loads(said.out)["table3"]["received"]["total"] == 2
    assert said.err == ""


@pytest.mark.parametrize("suffix", ["docx", "xlsx", "html", "csv", "json"])
def test_a_report_goes_to_the_file_its_name_asks_for(gongkai: Gongkai, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"report.{suffix}"
    said = gongkai("report", 2025, "--out", file)
    assert said.code == 0
    assert file.stat().st_size > 1000
    assert str(file) in said.out


def test_a_cell_names_its_cases(gongkai: Gongkai, tmp_path: Path) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    said = gongkai("report", 2025, "--cell", "table3.granted.total")
    assert "A1" in said.out
    assert "A2" not in said.out
    assert gongkai("report", 2025, "--cell", "table9.x").code == 1


def test_as_of_cuts_by_the_legal_day_and_known_on_by_the_day_of_recording(
    gongkai: Gongkai, tmp_path: Path
) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    june = json.loads(gongkai("report", 2025, "--as-of", "2025-06-30").out)["table3"]
    assert (june["received"]["total"], june["results_total"]["total"]) == (1, 1)
    before = json.loads(gongkai("report", 2025, "--known-on", "2025-12-31").out)["table3"]
    assert before["received"]["total"] == 0


def test_verify_names_the_entry_that_was_touched(gongkai: Gongkai, home: Path, tmp_path: Path) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    assert gongkai("verify").code == 0
    with sqlite3.connect(home / "gongkai.db") as connection:
        connection.execute("drop trigger event_is_never_changed")
        connection.execute("update event set body = replace(body, 'granted', 'petition')")
    said = gongkai("verify", "--json")
    assert said.code == 1
    assert [(fault["position"], fault["what"]) for fault in json.loads(said.out)["faults"]] == [
        (2, "changed"),
        (0, "guard"),  # and the trigger that had kept it from being touched
    ]


def test_rebuild_finds_and_mends_a_derived_row(gongkai: Gongkai, home: Path, tmp_path: Path) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    assert gongkai("rebuild", "--check").code == 0
    with sqlite3.connect(home / "gongkai.db") as connection:
        connection.execute("update case_row set outcome = 'petition' where number = 1")
    said = gongkai("rebuild", "--check")
    assert (said.code, "case_row 1" in said.out) == (1, True)
    assert gongkai("rebuild").code == 0
    assert gongkai("rebuild", "--check").code == 0


def test_a_home_is_never_overwritten(gongkai: Gongkai, home: Path) -> None:
    before = (home / "office.toml").read_bytes()
    said = gongkai("init", home)
    assert said.code == 1
    assert (home / "office.toml").read_bytes() == before


def test_a_blank_office_says_what_is_to_be_filled_in(gongkai: Gongkai, tmp_path: Path) -> None:
    assert gongkai("init", tmp_path / "blank").code == 0
    said = gongkai("doctor", "--home", tmp_path / "blank")
    assert said.code == 1
    assert "行" in said.err


def test_a_year_without_its_notice_is_said_to_be_unknown(gongkai: Gongkai) -> None:
    assert gongkai("calendar", "show", 2026).code == 0
    said = gongkai("calendar", "show", 2027)
    assert (said.code, "没有录入" in said.out) == (1, True)
    said = gongkai("calendar", "show", 2008)
    assert (said.code, "没有录入" in said.out, "在我们的放假数据之前" in said.out) == (1, False, True)


def test_a_notice_is_entered_and_what_moves_is_listed(gongkai: Gongkai, home: Path, tmp_path: Path) -> None:
    text = "编号,收到日期,申请人类型,办结日期,办理结果,延期天数\nA8,2026-11-20,自然人,,,\nA9,2026-11-20,自然人,,,20\n"
    gongkai("import", "requests", register(tmp_path, text))
    notice = tmp_path / "2027.toml"
    notice.write_text('year = 2027\nnumber = "试拟"\noff = [2027-01-01, 2027-01-04]\n', "utf-8")
    trial = gongkai("calendar", "add", notice, "--dry-run")
    assert (trial.code, entries(home)) == (0, 3)
    # The last eleven of 40 working days lie in 2027; two of them turn out to be days off.
    assert "案件 2（A9）：2027-01-15（周五）（暂定） → 2027-01-19（周二）" in trial.out
    assert "（A8）" not in trial.out  # due on 18 December
    assert "2 个在办案件中，1 个的日期有变化" in trial.out
    assert gongkai("calendar", "add", notice).code == 0
    assert entries(home) == 4
    assert gongkai("calendar", "show", 2027).code == 0
    assert json.loads(gongkai("explain", "A9", "--json").out)["provisional"] is False


def test_a_due_date_the_calendar_counts_otherwise_is_shown(
    gongkai: Gongkai, home: Path, tmp_path: Path
) -> None:
    text = "编号,收到日期,申请人类型,办结日期,办理结果,答复期限\nA1,2026-09-24,自然人,,,2026-10-22\nA2,2026-09-24,自然人,,,2026-10-29\n"
    said = gongkai("import", "requests", register(tmp_path, text))
    assert (said.code, entries(home)) == (0, 2)
    assert "第 2 行（编号 A1）写的答复期限是 2026-10-22" in said.out
    assert "应当是 2026-10-29" in said.out
    assert "编号 A2" not in said.out


def test_two_equal_entries_are_two_and_brought_again_they_stay_two(
    gongkai: Gongkai, home: Path, tmp_path: Path
) -> None:
    text = "日期,事项,数量,金额（元）\n2025-05-05,行政处罚,1,\n2025-05-05,行政处罚,1,\n"
    for grown, penalties in ((text, 2), (text, 2), (text + "2025-05-05,行政处罚,1,\n", 3)):
        assert gongkai("import", "registers", register(tmp_path, grown, "registers.csv")).code == 0
        table = json.loads(gongkai("report", 2025).out)["table2"]
        assert table["penalties"]["decisions"] == penalties == entries(home)


def test_a_bad_notice_is_refused_whole(gongkai: Gongkai, home: Path, tmp_path: Path) -> None:
    notice = tmp_path / "2027.toml"
    notice.write_text("year = 2027\noff = [2027-01-01]\nwork = [2027-01-01]\n", "utf-8")
    assert gongkai("calendar", "add", notice).code == 1
    assert entries(home) == 0


def test_no_home_is_told_with_the_next_step(gongkai: Gongkai, tmp_path: Path) -> None:
    said = gongkai("report", 2025, "--home", tmp_path / "nowhere")
    assert said.code == 1
    assert "gongkai init" in said.err


def test_a_fault_shows_no_trace_and_is_logged_with_it(
    gongkai: Gongkai, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.server.maintenance.open_office", lambda _context, _home: 1 / 0)
    said = gongkai("verify")
    assert said.code == 3
    assert "Traceback" not in said.err
    assert "ZeroDivisionError" in (home / "gongkai.log").read_text("utf-8")


def test_english_is_spoken_where_it_is_asked_for(gongkai: Gongkai, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_LANG", "en")
    assert "The log is whole" in gongkai("verify").out


@pytest.mark.parametrize(
    "command", ["init", "import", "report", "check", "verify", "rebuild", "doctor", "demo"]
)
def test_every_command_explains_itself_with_an_example(gongkai: Gongkai, command: str) -> None:
    said = gongkai(command, "--help")
    assert said.code == 0
    assert f"gongkai {command}" in said.out

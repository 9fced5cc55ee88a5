"""``gongkai office``: the office of any day, changed by a file, written out and compared."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.services.app import open_app
from bot.services.office.changes import change_office, written_office
from config.clock import ManualClock
from scheduler.worklist.office_change import OfficeEdit
from tests.command_line import CommandLine

ENTRIES = "版本 №"


@pytest.fixture
def recorded(gongkai: CommandLine, home: Path) -> CommandLine:
    """The commands, on an office whose first version was recorded."""
    assert gongkai("office", "apply", home / "office.toml").code == 0
    return gongkai


def exported(gongkai: CommandLine, folder: Path, *swaps: tuple[str, str]) -> Path:
    """The office as it is written out, and edited in these places."""
    file = folder / "new.toml"
    assert gongkai("office", "export", file).code == 0
    text = file.read_text("utf-8")
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, "utf-8")
    return file


def test_what_is_written_out_and_applied_again_keeps_its_comments(recorded, home, tmp_path):
    text = exported(recorded, tmp_path).read_text("utf-8")
    assert text.startswith("# gongkai office №1 2026-11-23\n")
    assert text.partition("\n")[2] == (home / "office.toml").read_text("utf-8")
    assert recorded("office", "diff", tmp_path / "new.toml").code == 0


def test_a_change_says_what_moves_and_holds_from_its_day(recorded, tmp_path, clock: ManualClock):
    file = exported(recorded, tmp_path, ("党政办文书", "信息公开专员"))
    told = recorded("office", "diff", file)
    assert (told.code, "党政办文书 → 信息公开专员" in told.out) == (1, True)
    tried = recorded("office", "apply", file, "--from", "2026-12-01", "--dry-run")
    assert "这是试运行" in tried.out
    assert recorded("office", "show").out.count(ENTRIES) == 2  # the headline names the one version too
    applied = recorded("office", "apply", file, "--from", "2026-12-01", "--reason", "人员调整")
    assert (applied.code, applied.err) == (0, "")
    assert "从 2026-12-01 起照此办理；这一天以前照旧" in applied.out
    assert "党政办文书（clerk）" in recorded("office", "show").out
    assert "信息公开专员（clerk）" in recorded("office", "show", "--on", "2026-12-01").out
    clock.set_day(date(2026, 12, 1))
    assert "信息公开专员" in recorded("user", "list").out + recorded("office", "show").out
    versions = json.loads(recorded("office", "show", "--json").out)["versions"]
    assert [(one["from"], one["reason"]) for one in versions] == [
        ("2026-11-23", ""),
        ("2026-12-01", "人员调整"),
    ]


def test_of_two_files_made_from_one_version_the_second_is_told(recorded, tmp_path):
    first = exported(recorded, tmp_path, ("党政办文书", "信息公开专员")).rename(tmp_path / "first.toml")
    second = exported(recorded, tmp_path, ("党政办档案员", "档案员"))
    assert recorded("office", "apply", first).code == 0
    told = recorded("office", "apply", second)
    assert (told.code, "刚刚改过单位的设置（№2" in told.err) == (1, True)
    assert "党政办档案员" in recorded("office", "show").out


OWN_WORDS = 'edition = "2026-12-01"\n[[form]]\nmeans = "approve"\nsaid = ["{said}"]\n'


def changed_on_the_page(home: Path, clock: ManualClock, old: str, new: str) -> None:
    """A keeper changes the office on its page."""
    app = open_app(home, clock)
    written = written_office(app)
    assert old in written.document
    edit = OfficeEdit(
        document=written.document.replace(old, new, 1), files=written.files, holds_from=app.today
    )
    change_office(app, edit, actor="clerk", means="page")
    app.store.engine.dispose()


def test_a_file_that_names_no_version_undoes_nothing_unasked(recorded, home, tmp_path, clock: ManualClock):
    changed_on_the_page(home, clock, 'name = "甲村"', 'name = "甲家村"')
    old = home / "office.toml"
    renamed = tmp_path / "renamed.toml"
    renamed.write_text(old.read_text("utf-8").replace("党政办档案员", "档案员", 1), "utf-8")
    for dry_run in (["--dry-run"], []):
        told = recorded("office", "apply", renamed, *dry_run)
        assert (told.code, "Traceback" in told.err) == (1, False)
        assert "第 №1 版以后" in told.err
        assert "甲家村 → 甲村" in told.err
        assert "档案员" not in told.err  # what it changes besides is no loss
    assert "甲家村" in recorded("office", "show").out
    kept = tmp_path / "kept.toml"
    kept.write_text(renamed.read_text("utf-8").replace('name = "甲村"', 'name = "甲家村"', 1), "utf-8")
    assert recorded("office", "apply", kept).code == 0  # it has the later change itself
    assert recorded("office", "apply", old).code == 0  # from here on all changes came from files
    changed_on_the_page(home, clock, 'name = "甲村"', 'name = "甲家村"')
    assert recorded("office", "apply", old).code == 1
    assert recorded("office", "apply", old, "--overwrite").code == 0
    assert "甲家村" not in recorded("office", "show").out


def test_an_export_that_was_applied_and_a_text_of_its_own_do_not_hide_what_an_older_file_would_undo(
    recorded, home, tmp_path, clock: ManualClock
):
    changed_on_the_page(home, clock, 'name = "甲村"', 'name = "甲家村"')
    old, export, words = home / "office.toml", tmp_path / "export.toml", tmp_path / "words.toml"
    assert recorded("office", "export", export).code == 0
    export.write_text(export.read_text("utf-8").replace("党政办档案员", "档案员", 1), "utf-8")
    assert recorded("office", "apply", export).code == 0
    words.write_text(OWN_WORDS.format(said="使得"), "utf-8")
    assert recorded("office", "apply", words).code == 0
    told = recorded("office", "apply", old)
    assert told.code == 1
    assert "甲家村 → 甲村" in told.err
    assert "档案员 → 党政办档案员" in told.err


def test_the_office_of_a_day_in_the_past_is_not_applied_as_if_it_were_today_s(
    recorded, home, tmp_path, clock: ManualClock
):
    export, yesterday = tmp_path / "export.toml", clock.now().date()
    clock.set_day(yesterday + timedelta(days=1))
    changed_on_the_page(home, clock, 'name = "甲村"', 'name = "甲家村"')
    assert recorded("office", "export", export, "--on", yesterday).code == 0
    told = recorded("office", "apply", export)
    assert (told.code, "№2" in told.err) == (1, True)
    assert "甲家村" in recorded("office", "show").out
    assert recorded("office", "export", export, "--on", clock.now().date()).code == 0
    export.write_text(export.read_text("utf-8").replace("党政办档案员", "档案员", 1), "utf-8")
    assert recorded("office", "apply", export).code == 0


def test_a_text_beside_the_document_undoes_nothing_unasked_either(
    recorded, home, tmp_path, clock: ManualClock
):
    words = tmp_path / "words.toml"
    for said in ("使得", "中得"):  # its keeper may change it as often as they like
        words.write_text(OWN_WORDS.format(said=said), "utf-8")
        assert recorded("office", "apply", words).code == 0
    app = open_app(home, clock)
    other = written_office(app).with_file("words.toml", OWN_WORDS.format(said="可得").encode())
    edit = OfficeEdit(document=other.document, files=other.files, holds_from=app.today)
    change_office(app, edit, actor="clerk", means="page")
    app.store.engine.dispose()
    told = recorded("office", "apply", words)
    assert (told.code, "Traceback" in told.err) == (1, False)
    assert "words.toml" in told.err
    assert recorded("office", "apply", words, "--overwrite").code == 0


def test_a_bad_file_names_its_line_and_changes_nothing(recorded, tmp_path):
    file = exported(recorded, tmp_path, ('roles = ["clerk"]', 'roles = ["clark"]'))
    told = recorded("office", "apply", file)
    assert told.code == 1
    assert "new.toml" in told.err
    assert "clark" in told.err
    assert "Traceback" not in told.err
    assert recorded("office", "show").out.count(ENTRIES) == 2


def test_a_role_left_to_nobody_names_the_cases_that_wait_for_it(recorded, tmp_path):
    assert recorded("tick").code == 0
    file = exported(recorded, tmp_path, ('roles = ["clerk"]', "roles = []"))
    told = recorded("office", "apply", file)
    assert told.code == 1
    assert "现在等着办的有：" in told.out


def test_a_folder_carries_its_prose_and_its_schemes_too(recorded, tmp_path):
    folder = tmp_path / "carried"
    assert recorded("office", "export", folder).code == 0
    overview = folder / "prose" / "overview.txt"
    overview.write_text("今年改写的总体情况。", "utf-8")
    told = recorded("office", "apply", folder)
    assert (told.code, "prose/overview.txt" in told.out) == (0, True)
    assert "今年改写的总体情况" in recorded("report", 2026, "--format", "json").out


def test_a_letter_and_the_rules_are_carried_too(recorded, home, tmp_path):
    assert recorded("letters", "receipt", "--write").code == 0
    folder = tmp_path / "carried"
    template = home / "letters" / "receipt.docx"
    told = recorded("office", "apply", template)
    assert (told.code, "文书模板：登记回执" in told.out) == (0, True)
    assert "自有  receipt" in recorded("letters").out
    assert recorded("office", "export", folder).code == 0
    assert (folder / "letters" / "receipt.docx").read_bytes() == template.read_bytes()
    assert recorded("office", "diff", folder).code == 0
    (folder / "letters" / "receipt.docx").unlink()
    (folder / "expressions.toml").write_text("off = ['involves']", "utf-8")
    told = recorded("office", "apply", folder)
    assert (told.code, "- 文件：文书模板：登记回执" in told.out, "用语规则" in told.out) == (0, True, True)
    assert "默认  receipt" in recorded("letters").out
    broken = tmp_path / "expressions.toml"
    broken.write_text("off = [", "utf-8")
    refused = recorded("office", "apply", broken)
    assert (refused.code, "第 1 行" in refused.err) == (1, True)
    assert recorded("office", "diff", folder).code == 0


def test_a_file_that_is_not_there_is_a_clear_word(recorded, tmp_path):
    told = recorded("office", "apply", tmp_path / "none.toml")
    assert (told.code, "none.toml" in told.err, "Traceback" in told.err) == (2, True, False)

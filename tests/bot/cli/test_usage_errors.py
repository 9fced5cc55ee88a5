"""What is typed wrongly, and what the machine does not let be used, is told in a sentence that says what to do next."""

import errno
import os
import re
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from bot.__main__ import COMMANDS
from bot.channels.web.server import PortTaken, bind_socket
from bot.language.phrasebook import phrasebook
from config.office.folder import OfficeFolder
from config.os_errors import PlaceRefused, os_errors_as_refusals, refusal_for_os_error

MISTYPED = {
    "fee --items x": "--items 不能写成“x”：要写整数",
    "fee --pages -3": "不能小于 0",
    "letter": "还没有写 case：案件号，或单位自己的编号",
    "delegate clerk --until y": "没有 --until 这个选项。可以用：--by、--from",
    "year list 1": "year 不能写成“1”：不能小于 2008",
    "activity add training --title x --on 2025-13-01": "日期请按“年-月-日”写",
    "report 2025 --format pdf": "可以写 json、docx、xlsx、html、csv",
    "report 2025 --out": "--out 的写法不对",
    "foo": "没有“foo”这条命令。可以用：run、init、",
    "month foo": "没有“foo”这条命令。可以用：show、",
    "month show 2025-11 a b": "多写了“a b”",
}
ENGLISH = re.compile(r"Usage|Error|Invalid|value|option|argument|should|No such", re.IGNORECASE)


@pytest.mark.parametrize("typed", MISTYPED)
def test_what_is_typed_wrongly_is_told_in_the_persons_words(gongkai, typed):
    done = gongkai(*typed.split())
    assert (done.code, done.out) == (2, "")
    assert MISTYPED[typed] in done.err
    assert not ENGLISH.search(done.err.replace("“foo”", ""))
    assert "用法和例子：gongkai" in done.err


def test_help_is_no_mistake(gongkai):
    assert gongkai("fee", "--help").code == 0
    shown = gongkai("month")
    assert (shown.code, "show" in shown.err) == (2, True)


OUT = ("report 2025 --out", "assessment 2025 --out", "backup", "ics clerk --out")


PLACES = {"folder": "这是一个文件夹", "file/x.docx": "那里已经有一个同名的文件", "a" * 300: "名字太长"}


@pytest.mark.parametrize("command", OUT)
@pytest.mark.parametrize("place", PLACES)
def test_a_place_that_cannot_be_written_is_named(gongkai, app, tmp_path, command, place):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    if command.startswith("assessment"):
        gongkai("tick")
        command = command.replace("2025", str(app.today.year))
    done = gongkai(*command.split(), tmp_path / place)
    assert (done.code, PLACES[place] in done.err, place in done.err) == (1, True, True), done.err
    assert not (app.home.path / "gongkai.log").exists()  # it is no fault of the program
    assert sorted(each.name for each in tmp_path.iterdir() if each != app.home.path) == ["file", "folder"]


@pytest.mark.parametrize(
    "command",
    [*OUT, "catalogue transfer 2025", "catalogue withheld 2025", "catalogue disposal", "catalogue template"],
)
def test_a_folder_that_is_not_there_is_named_and_never_made(gongkai, app, tmp_path, command):
    """A misspelt folder, or a disk that is not plugged in, must not become a new folder without a word."""
    if command.startswith("assessment"):
        gongkai("tick")
        command = command.replace("2025", str(app.today.year))
    done = gongkai(*command.split(), tmp_path / "新的" / "里面" / "report")
    assert (done.code, f"没有文件夹 {tmp_path / '新的' / '里面'}" in done.err) == (1, True), done.err
    assert not (tmp_path / "新的").exists()
    assert not (app.home.path / "gongkai.log").exists()


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.EACCES, "系统不允许运行本程序的账户用它（现在的权限：-rw"),
        (errno.EROFS, "只读"),
        (errno.ENOSPC, "磁盘满了"),
    ],
)
def test_what_the_machine_refuses_is_said_with_the_next_step(tmp_path, number, why):
    file = tmp_path / "secret.key"
    file.write_text("x")
    with pytest.raises(PlaceRefused) as refused, os_errors_as_refusals(file):
        raise OSError(number, os.strerror(number), str(tmp_path / ".scratch"))
    told = phrasebook("zh").error(refused.value)
    assert told.startswith(f"{file} 用不了：")
    assert (why in told, "请" in told) == (True, True)


def full(*_args, **_words):
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


def test_a_full_disk_is_said_of_a_backup_and_of_a_new_office(gongkai, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            "storage.database.backup.sqlite3.connect",
            lambda _path: SimpleNamespace(backup=full, close=lambda: None),
        )
        done = gongkai("backup", tmp_path / "b.zip")
    assert (done.code, f"{tmp_path / 'b.zip'} 用不了：磁盘满了" in done.err) == (1, True)
    assert [each.name for each in tmp_path.iterdir()] == ["home"]
    with monkeypatch.context() as patch:
        patch.setattr("storage.database.schema.migrate", lambda _engine: _raised())
        done = gongkai("init", tmp_path / "new")
    assert (done.code, "所在的磁盘满了" in done.err) == (1, True)


def test_a_disk_that_fills_while_an_office_is_made_is_said_so(gongkai, tmp_path, monkeypatch):
    """A write that finds no room names no file."""

    def no_room(*_args, **_words):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", no_room)
    done = gongkai("init", tmp_path / "new", "--sample")
    assert (done.code, f"{tmp_path / 'new'} 用不了：磁盘满了" in done.err) == (1, True)


def _raised():
    try:
        full()
    except sqlite3.OperationalError as error:
        raise OperationalError("insert", None, error) from error


def test_of_a_file_that_is_not_there_yet_its_folder_s_rights_are_told(tmp_path):
    refused = refusal_for_os_error(PermissionError(errno.EACCES, "no", str(tmp_path / "new.docx")))
    assert "（现在的权限：drwx" in phrasebook("zh").error(refused)


def test_what_is_no_place_stays_a_fault():
    assert refusal_for_os_error(ConnectionResetError(errno.ECONNRESET, "reset")) is None
    assert refusal_for_os_error(OSError("odd")) is None


def test_a_file_saved_in_another_encoding_is_named(gongkai, home):
    file = OfficeFolder(home).office_file
    file.write_bytes(file.read_text("utf-8").encode("gb18030"))
    done = gongkai("doctor")
    assert (done.code, f"{file} 用不了：文字编码不是 UTF-8" in done.err) == (1, True)


@pytest.mark.parametrize("content", [b"\xff" * 64, b"short", None])
def test_a_broken_key_says_how_a_new_one_comes(gongkai, home, content):
    file = Path(home) / "secret.key"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    done = gongkai("run", "--port", 0)
    assert (done.code, done.out) == (1, "")  # it does not say first that the page is open
    assert f"{file} 坏了。请删掉它再启动" in done.err


@pytest.mark.parametrize("content", [b"junk" * 600, None])
def test_what_is_no_database_is_said_so(gongkai, home, content):
    file = OfficeFolder(home).database
    file.unlink()
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    for command in ("verify", "tick", "doctor"):
        done = gongkai(command)
        assert done.code == 1
        assert (f"{file} 不是本程序的数据库" if content else f"{file} 打不开") in done.err
        assert not (home / "gongkai.log").exists()


def test_a_port_in_use_is_said_in_chinese():
    taken = bind_socket("127.0.0.1", 0)
    with pytest.raises(PortTaken) as refused:
        bind_socket("127.0.0.1", taken.getsockname()[1])
    taken.close()
    with pytest.raises(PortTaken) as nowhere:
        bind_socket("203.0.113.9", 0)
    assert "这台机器没有这个地址。请用 --host 换一个" in phrasebook("zh").error(nowhere.value)
    assert "已经有别的程序（也可能就是本程序）在用" in phrasebook("zh").error(refused.value)


def test_the_help_lists_each_command_once_under_its_subject(gongkai):
    lines = gongkai("--help").out.splitlines()
    by_subject, subject = {}, ""
    for line in lines:
        if line.endswith(":"):
            subject = line
        elif line.startswith("  ") and not line.startswith("   "):
            by_subject.setdefault(subject, []).append(line.split()[0])
    del by_subject[""], by_subject["Options:"]
    book = phrasebook("zh")
    assert {subject: sorted(names) for subject, names in by_subject.items()} == {
        f"{book.say(f'help.subject.{subject}')}:": sorted(commands) for subject, commands in COMMANDS.items()
    }

"""LibreOffice as an optional converter: asked only where our reader cannot go on, and never trusted to answer."""

from __future__ import annotations

import sys

import pytest

from config.errors import Unreadable
from storage.reading.report import reader
from storage.reading.report.reader import read_report
from tests.storage.report_checks.kinds import KINDS
from tests.storage.report_checks.made import FORM, clean

pytestmark = pytest.mark.usefixtures("reading_here")


@pytest.fixture
def office_program(tmp_path, monkeypatch):
    """A stand-in for soffice that runs a given body; what it was asked for is in ``asked``."""
    asked = tmp_path / "asked.txt"

    def stand_in(body: str):
        program = tmp_path / "soffice"
        program.write_text(
            f"#!{sys.executable}\nimport pathlib, sys, time\nwith open({str(asked)!r}, 'a') as file:\n"
            "    print(sys.argv[sys.argv.index('--convert-to') + 1], file=file)\n"
            f"out = pathlib.Path(sys.argv[sys.argv.index('--outdir') + 1])\n{body}\n",
            "utf-8",
        )
        program.chmod(0o700)
        monkeypatch.setenv("GONGKAI_OFFICE_PROGRAM", str(program))
        return asked

    return stand_in


def _converting(tmp_path):
    """A stand-in's body that does what it should: the same report as today's Word has it."""
    made = tmp_path / "made.docx"
    made.write_bytes(KINDS["docx"](clean()))
    return f"out.mkdir()\n(out / 'source.docx').write_bytes(pathlib.Path({str(made)!r}).read_bytes())"


def _of_word_6(tmp_path):
    """A document whose header says that Word 6 wrote it."""
    content = KINDS["doc"](clean())
    at = content.index(b"\xec\xa5")
    path = tmp_path / "旧.doc"
    path.write_bytes(content[: at + 2] + (0x65).to_bytes(2, "little") + content[at + 4 :])
    return path


def _reason(path):
    with pytest.raises(Unreadable) as refused:
        read_report(path, FORM)
    return refused.value.words["reason"]


def test_a_document_older_than_our_reader_knows_is_converted_where_a_program_is(tmp_path, office_program):
    path = _of_word_6(tmp_path)
    assert _reason(path) == "old_version"
    asked = office_program(_converting(tmp_path))
    assert dict(read_report(path, FORM).figures) == dict(clean().figures)
    assert asked.read_text("utf-8") == "docx\n"


@pytest.mark.parametrize(
    "body", ["sys.exit(1)", "pass", "out.mkdir(); (out / 'source.docx').write_bytes(b'PK')"]
)
def test_a_program_that_fails_leaves_our_own_refusal(body, tmp_path, office_program):
    office_program(body)
    assert _reason(_of_word_6(tmp_path)) == "old_version"


def test_a_program_that_hangs_is_ended(tmp_path, office_program, monkeypatch):
    monkeypatch.setattr(reader, "SECONDS", 0.3)
    office_program("time.sleep(600)")
    assert _reason(_of_word_6(tmp_path)) == "old_version"


def test_a_report_that_was_read_in_part_is_read_again_and_the_fuller_one_counts(tmp_path, office_program):
    path = tmp_path / "年报.odt"
    path.write_bytes(KINDS["odt"](clean()))
    asked = office_program(_converting(tmp_path))
    assert dict(read_report(path, FORM).figures) == dict(clean().figures)
    assert not asked.exists()  # nothing was missing
    part = tmp_path / "只有文字.rtf"
    part.write_bytes(rb"{\rtf1 2025}")
    assert dict(read_report(part, FORM).figures) == dict(clean().figures)
    assert asked.read_text("utf-8") == "docx\n"


@pytest.mark.parametrize(
    ("name", "content"), [("x.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1WordDocument"), ("x.docx", b"PK")]
)
def test_a_damaged_file_is_refused_at_once(name, content, tmp_path, office_program):
    asked = office_program(_converting(tmp_path))
    (tmp_path / name).write_bytes(content)
    assert _reason(tmp_path / name) == "damaged"
    assert not asked.exists()


def test_the_doctor_names_the_program_or_says_that_none_is_needed(gongkai, office_program, tmp_path):
    _, out, _ = gongkai("doctor")
    assert "没有安装 LibreOffice" in out
    office_program("pass")
    _, out, _ = gongkai("doctor")
    assert f"转换程序：{tmp_path / 'soffice'}" in out

"""A program that runs for months does not load what it needs for minutes: the libraries that write and read papers."""

from __future__ import annotations

import subprocess
import sys

SELDOM = ("alembic", "docx", "docxtpl", "icalendar", "openpyxl", "pdfplumber", "xlrd")
LOADED = (
    "import sys, bot.__main__, bot.cli.server.run, bot.channels.web.server, bot.runtime.office_channels\n"
    "import bot.channels.telegram.channel, bot.channels.wecom.platform, bot.channels.feishu.platform\n"
    "import bot.channels.dingtalk.platform\n"
    f"print(*sorted(set({SELDOM!r}) & sys.modules.keys()))"
)


def test_the_libraries_of_papers_are_loaded_only_when_one_is_written_or_read():
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter
    assert done.stdout.split() == []

"""Somebody who sets an office up: a browser without script at the one-time address."""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the test client would rather have another HTTP library than ours
    from starlette.testclient import TestClient

from bot.channels.web.setup.server import create_setup_app
from bot.channels.web.setup.site import SetupSite
from config.clock import ManualClock
from config.office.folder import OfficeFolder

ADDRESS = "http://127.0.0.1:8686"
ROSTER = (
    ("镇长", "", ""),
    ("分管政务公开的副镇长", "", ""),
    ("党政办主任", "党政办公室", ""),
    ("党政办副主任", "党政办公室", ""),
    ("党政办文书", "党政办公室", ""),
    ("保密审查员", "党政办公室", ""),
    ("财政所所长", "财政所", ""),
    ("甲村信息员", "甲村", "甲村村委会主任"),
    ("甲村村委会主任", "甲村", ""),
)


class Founder:
    """A browser at the set-up; ``text`` is what is read on the page that is shown."""

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        self.begun: list[bool] = []
        self.site = SetupSite(
            home=OfficeFolder(folder), clock=clock, on_finished=lambda: self.begun.append(True)
        )
        self.client = TestClient(create_setup_app(self.site), base_url=ADDRESS, follow_redirects=True)
        self.shown = self.client.get(f"/setup/begin-{self.site.token}")

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.shown.text))

    @property
    def path(self) -> str:
        return self.shown.url.path

    def go(self, path: str) -> str:
        self.shown = self.client.get(path)
        return self.text

    def send(self, step: str, **typed: str) -> str:
        data = {name.replace("__", "."): value for name, value in typed.items()}
        self.shown = self.client.post(f"/setup/{step}", data=data)
        return self.text

    def upload(
        self, rows: tuple[tuple[str, ...], ...], header: tuple[str, ...], name: str = "名册.xlsx"
    ) -> str:
        book = Workbook()
        for row in (header, *rows):
            book.active.append(row)
        content = BytesIO()
        book.save(content)
        self.shown = self.client.post(
            "/setup/people", data={"act": "upload"}, files={"files": (name, content.getvalue())}
        )
        return self.text

    def fill_in(self) -> None:
        """Everything that an office needs, in the order of the steps."""
        self.send("office", short_name="青山镇", county="东湖区", level="township", scope="agency")
        self.send("places", departments="党政办公室\n财政所", villages="甲村")
        self.upload(ROSTER, ("职务", "单位", "AB岗"))

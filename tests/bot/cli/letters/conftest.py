"""The clerk's folder: the sample town on a clock set by hand, a request, and the command line."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from bot.services.app import OfficeApp, open_app
from config.clock import ManualClock
from storage.content.applicant import Applicant
from tests.bot.cli.conftest import Said, gongkai  # noqa: F401 - the fixture
from tests.storage.content.people import APPLICANT, keep
from tests.storage.documents.letters.desk import words

RECEIVED = date(2026, 11, 2)
REFERENCE = "召公开〔2026〕7号"
CONTENT = "content=2025年度农村危房改造补助资金的分配方案"
GIVEN = ("--set", CONTENT, "--set", "提供方式=以纸质复印件邮寄")


@dataclass
class Counter:
    """One request at the counter: what happens to it, and the commands about it."""

    app: OfficeApp
    call: Callable[..., Said]
    clock: ManualClock
    folder: Path
    case: int = 0
    transcript: list[str] = field(default_factory=list)

    def gongkai(self, *words: object) -> Said:
        said = self.call(*words)
        self.transcript.append(said.out + said.err)
        return said

    def letter(self, paper: str, *options: object) -> Said:
        return self.gongkai("letter", self.case, paper, *options)

    def opens(self, kind: str = "request", reference: str = REFERENCE, **facts: str) -> None:
        facts = facts or {"applicant_kind": "natural_person", "channel": "in_person"}
        with self.app.recorder.transaction(actor="clerk", means="test") as uow:
            self.case = uow.cases.open(kind, reference, RECEIVED, facts)

    def knows(self, particulars: Applicant = APPLICANT) -> None:
        keep(self.app, self.case, particulars)

    def steps(self, step: str, day: date, **facts: str | int) -> None:
        self.clock.set_day(day)
        with self.app.recorder.transaction(actor="clerk", means="test") as uow:
            uow.cases.step(self.case, step, day, facts)

    def closes(self, outcome: str = "granted") -> None:
        day = self.app.today
        with self.app.recorder.transaction(actor="clerk", means="test") as uow:
            uow.cases.close(self.case, outcome, day)

    def positions(self) -> int:
        with self.app.log() as log:
            return log.end().position

    def read(self, name: str) -> str:
        return words((self.folder / name).read_bytes())


def papers_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("*.docx"))


def named(said: Said) -> list[str]:
    """What a refusal asks for, by the key behind --set."""
    return re.findall(r"--set (\w+)=", said.err)


@pytest.fixture
def counter(
    home: Path,
    clock: ManualClock,
    tmp_path: Path,
    gongkai: Callable[..., Said],  # noqa: F811 - pytest's way
    monkeypatch: pytest.MonkeyPatch,
) -> Counter:
    clock.set_day(RECEIVED)
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    made = Counter(app=open_app(home, clock=clock), call=gongkai, clock=clock, folder=folder)
    made.opens()
    made.knows()
    return made

"""A request at the counter of the sample town, and the commands about it in the clerk's folder."""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.services.app import OfficeApp
from config.clock import ManualClock
from storage.content.applicant import Applicant
from tests.command_line import CommandLine, CommandResult
from tests.storage.content.people import APPLICANT, keep
from tests.storage.documents.letters.desk import words
from tests.town import log_end, record

RECEIVED = date(2026, 11, 2)
REFERENCE = "召公开〔2026〕7号"
CONTENT = "content=2025年度农村危房改造补助资金的分配方案"
GIVEN = ("--set", CONTENT, "--set", "提供方式=以纸质复印件邮寄")


@dataclass
class Counter:
    """One request at the counter: what happens to it, and the commands about it."""

    app: OfficeApp
    call: CommandLine
    clock: ManualClock
    folder: Path
    case: int = 0
    transcript: list[str] = field(default_factory=list)

    def gongkai(self, *words: object) -> CommandResult:
        said = self.call(*words)
        self.transcript.append(said.out + said.err)
        return said

    def letter(self, paper: str, *options: object) -> CommandResult:
        return self.gongkai("letter", self.case, paper, *options)

    def opens(self, kind: str = "request", reference: str = REFERENCE, **facts: str) -> None:
        facts = facts or {"applicant_kind": "natural_person", "channel": "in_person"}
        self.case = record(self.app, lambda uow: uow.cases.open(kind, reference, RECEIVED, facts))

    def knows(self, particulars: Applicant = APPLICANT) -> None:
        keep(self.app, self.case, particulars)

    def steps(self, step: str, day: date, **facts: str | int) -> None:
        self.clock.set_day(day)
        record(self.app, lambda uow: uow.cases.step(self.case, step, day, facts))

    def closes(self, outcome: str = "granted") -> None:
        day = self.app.today
        record(self.app, lambda uow: uow.cases.close(self.case, outcome, day))

    def positions(self) -> int:
        return log_end(self.app)

    def read(self, name: str) -> str:
        return words((self.folder / name).read_bytes())


def papers_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("*.docx"))


def named(said: CommandResult) -> list[str]:
    """What a refusal asks for, by the key behind --set."""
    return re.findall(r"--set (\w+)=", said.err)

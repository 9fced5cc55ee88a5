"""The labelled corpus, filled with numbers drawn from a seed, and how well each rule does on it."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter

from config.findings import Finding
from config.office.loader import load_office
from config.office.model import Office
from config.shipped_data import data_dir
from storage.proofread.review import Manuscript, proofread_text
from storage.reading.texts.wordlist_loader import load_wordlist
from tests.storage.proofread import generated

HERE = Path(__file__).parent
SEED = 20_261_125
NAMES = {"id18": "identity", "id15": "identity_old", "card": "bank_card", "uscc": "credit_code"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line, what kind it is, and the rule that must speak; none where it is innocent."""

    text: str
    kind: str
    rule: str = ""


@dataclass(slots=True)
class Score:
    """Lines a rule found rightly, missed, and found where nothing was."""

    right: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.right / (self.right + len(self.missed))

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.wrong)) if self.right else 0.0


@cache
def sample_office() -> Office:
    return load_office((data_dir() / "office" / "sample.toml").read_text("utf-8"), "sample.toml")


def corpus(seed: int = SEED) -> list[Line]:
    chance = generated.drawn(seed)
    data = tomllib.loads((HERE / "corpus.toml").read_text("utf-8"))
    lines = [
        Line(text=_filled(text, chance), kind=kind)
        for kind, texts in data["innocent"].items()
        for text in texts
    ]
    return lines + [
        Line(text=_filled(text, chance), kind="found", rule=rule)
        for rule, texts in data["found"].items()
        for text in texts
    ]


def _filled(text: str, chance: generated.Chance) -> str:
    made = []
    for before, name, _spec, _conversion in Formatter().parse(text):
        made.append(before)
        if name:
            made.append(generated.MADE[NAMES.get(name, name)](chance))
    return "".join(made)


def read(text: str, office: Office | None = None) -> tuple[Finding, ...]:
    """A line as a text: what stands before a line break is its title; a file's name is an attachment's."""
    title, _, body = text.rpartition("\n")
    attached = (body,) if body.endswith((".docx", ".xlsx")) else ()
    text_ = Manuscript(title=title, body="" if attached else body, attachments=attached)
    return proofread_text(text_, office or sample_office(), load_wordlist())


def scores(lines: list[Line]) -> dict[str, Score]:
    """How each rule did. A rule that speaks beside the right one counts as wrong."""
    found: dict[str, Score] = {line.rule: Score() for line in lines if line.rule}
    for line in lines:
        spoken = Counter(finding.rule.removeprefix("proofread.") for finding in read(line.text))
        if line.rule and line.rule in spoken:
            found[line.rule].right += 1
        elif line.rule:
            found[line.rule].missed.append(line.text)
        for rule in set(spoken) - {line.rule}:
            found.setdefault(rule, Score()).wrong.append(line.text)
    return found


def table(found: dict[str, Score]) -> list[str]:
    return [
        f"| {rule} | {score.right + len(score.missed)} | {score.recall:.0%} | {score.precision:.0%} |"
        for rule, score in sorted(found.items())
    ]

"""A year of the sample town, played through the real desk on a clock set by hand, and its papers.

What happens is drawn from a seed: the same seed gives the same log, byte for byte, and the same papers.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from bot.compose import Works, found_office, open_works
from config import library
from config.calendar import Calendar
from config.clock import hand_clock
from config.duties.request import APPLICANT_KINDS, CHANNELS, OUTCOMES
from config.errors import Refusal
from config.findings import Severity
from scheduler.sitting import Sitting
from scheduler.workdays import after
from storage.checks.check import check
from storage.documents.report import write_report
from storage.events import Facts
from storage.reading.files import read_report
from storage.reading.wordlist import wording

REQUESTS = 26
# Most requests are answered with what was asked for; the rest ends in every other way that needs no step.
PLAIN_OUTCOMES = [outcome.key for outcome in OUTCOMES if not outcome.needs] + ["granted"] * 18
MARK = ".gongkai-demo"  # a folder we made ourselves may be made again; no other is touched


class NotOurs(Refusal):
    """{path} exists and was not made by a demo. Choose another folder with --out."""


Say = Callable[[Sitting], object]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens on a day: who says it at the desk, and what."""

    day: date
    who: str
    say: Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a demo leaves behind."""

    entries: int
    cases: int
    papers: tuple[Path, ...]
    errors: int
    warnings: int


def play(out: Path, year: int, seed: int, progress: Callable[[Iterator[Act], int], Iterator[Act]]) -> Played:
    """Play the year and write its papers into a folder."""
    _make_room(out)
    clock = hand_clock(date(year, 1, 1))
    works = open_works(found_office(out / "town", sample=True).path, clock=clock)
    acts = sorted(year_of_acts(year, random.Random(seed), works.calendar), key=lambda act: act.day)  # noqa: S311 - a play
    for act in progress(iter(acts), len(acts)):
        clock.set_day(act.day)
        with works.desk.sitting(actor=act.who, means="demo") as sitting:
            act.say(sitting)
    clock.set_day(date(year + 1, 1, 15))
    papers, errors, warnings = _write_papers(works, out, year)
    with works.log() as log:
        end = log.end()
    return Played(
        entries=end.position, cases=end.next_case - 1, papers=papers, errors=errors, warnings=warnings
    )


def year_of_acts(year: int, chance: random.Random, calendar: Calendar) -> Iterator[Act]:
    """Requests, registers and disputes of a small town's year."""
    for number in range(1, REQUESTS + 1):
        story = STORIES[number % len(STORIES)]
        received = date(year, 1, 4) + timedelta(days=chance.randrange(350))
        for act in story(f"召公开〔{year}〕{number}号", received, chance, calendar):
            if act.day <= date(year + 1, 1, 14):
                yield act
    for month in range(1, 13):
        yield from _month_of_registers(date(year, month, 25), chance)
    stock = _counts("normative_documents_in_force", date(year, 1, 2), quantity=chance.randrange(5, 12))
    yield Act(date(year, 1, 2), "clerk", stock)
    yield from _disputes(year)


def _plain(reference: str, received: date, chance: random.Random, calendar: Calendar) -> Iterator[Act]:
    """Received, and answered in its term."""
    yield Act(received, "clerk", _receives(reference, received, chance))
    answered = after(calendar, received, chance.randrange(3, 20)).day
    yield Act(answered, "clerk", _closes("request", reference, answered, chance.choice(PLAIN_OUTCOMES)))


def _corrected(reference: str, received: date, chance: random.Random, calendar: Calendar) -> Iterator[Act]:
    """Unclear; the applicant is asked once, corrects, and is answered in the new term."""
    yield Act(received, "clerk", _receives(reference, received, chance))
    asked, corrected = after(calendar, received, 3).day, after(calendar, received, 9).day
    until = after(calendar, asked, 15).day.isoformat()
    wanted = {"items": "所需信息的名称或者时间范围", "until": until}
    yield Act(asked, "clerk", _steps(reference, "correction_asked", asked, wanted))
    yield Act(corrected, "clerk", _steps(reference, "corrected", corrected))
    answered = after(calendar, corrected, 12).day
    yield Act(answered, "clerk", _closes("request", reference, answered, "partly_granted"))


def _extended(reference: str, received: date, chance: random.Random, calendar: Calendar) -> Iterator[Act]:
    """A third party is asked, the head of the disclosure office consents to more time."""
    yield Act(received, "clerk", _receives(reference, received, chance))
    asked, ended = after(calendar, received, 4).day, after(calendar, received, 11).day
    third = {"with": "某公司", "party": "third_party"}
    yield Act(asked, "clerk", _steps(reference, "consulted", asked, third))
    yield Act(
        ended,
        "clerk",
        _steps(reference, "consultation_ended", ended, {"with": "某公司", "opinion": "refused"}),
    )
    granted = after(calendar, ended, 5).day
    consent: Facts = {
        "days": 10,
        "consented_by": "office_director",
        "reason": "需要查阅历史档案",
        "notified_on": granted.isoformat(),
    }
    yield Act(granted, "office_director", _steps(reference, "extended", granted, consent))
    answered = after(calendar, granted, 14).day
    yield Act(answered, "clerk", _closes("request", reference, answered, "third_party_rights"))


def _unpaid(reference: str, received: date, chance: random.Random, calendar: Calendar) -> Iterator[Act]:
    """A fee is asked for and not paid; a person closes the case."""
    yield Act(received, "clerk", _receives(reference, received, chance))
    noticed = after(calendar, received, 6).day
    yield Act(noticed, "clerk", _steps(reference, "fee_noticed", noticed, {"amount_yuan": "300"}))
    closed = after(calendar, noticed, 22).day
    yield Act(closed, "clerk", _closes("request", reference, closed, "fee_unpaid"))


STORIES = (_plain, _plain, _corrected, _plain, _extended, _plain, _plain, _unpaid)


def _month_of_registers(day: date, chance: random.Random) -> Iterator[Act]:
    for matter, most in (("licence", 40), ("penalty", 6), ("coercive_measure", 2)):
        yield Act(day, "clerk", _counts(matter, day, quantity=chance.randrange(most + 1)))
    fee = Decimal(chance.randrange(20_000, 900_000)) / 100
    yield Act(day, "finance_director", _counts("administrative_fee", day, amount_yuan=fee))
    if day.month in {4, 9}:
        yield Act(day, "clerk", _counts("normative_document_issued", day, quantity=1))
    if day.month == 7:  # noqa: PLR2004 - one document is repealed in July
        yield Act(day, "clerk", _counts("normative_document_repealed", day, quantity=1))


def _disputes(year: int) -> Iterator[Act]:
    """One reconsideration upheld, one lawsuit still open at the year's end."""
    filed, lost, sued = date(year, 5, 11), date(year, 7, 9), date(year, 11, 12)
    heard = {"route": "reconsideration"}
    yield Act(filed, "clerk", lambda desk: desk.open("dispute", f"复议{year}-1", filed, heard))
    yield Act(lost, "clerk", _closes("dispute", f"复议{year}-1", lost, "upheld"))
    route = {"route": "litigation_after_reconsideration"}
    yield Act(sued, "clerk", lambda desk: desk.open("dispute", f"诉讼{year}-1", sued, route))


def _receives(reference: str, day: date, chance: random.Random) -> Say:
    kind = chance.choice([*["natural_person"] * 6, *APPLICANT_KINDS])
    facts = {"applicant_kind": kind, "channel": chance.choice(sorted(CHANNELS))}
    return lambda desk: desk.open("request", reference, day, facts)


def _steps(reference: str, step: str, day: date, facts: Facts | None = None) -> Say:
    return lambda desk: desk.step(_case(desk, "request", reference), step, day, facts)


def _closes(kind: str, reference: str, day: date, outcome: str) -> Say:
    return lambda desk: desk.close(_case(desk, kind, reference), outcome, day)


def _counts(matter: str, day: date, *, quantity: int = 0, amount_yuan: Decimal = Decimal(0)) -> Say:
    return lambda desk: desk.count(matter, day, quantity=quantity, amount_yuan=amount_yuan)


def _case(desk: Sitting, kind: str, reference: str) -> int:
    return desk.index.find(kind, [reference])[reference]


def _write_papers(works: Works, out: Path, year: int) -> tuple[tuple[Path, ...], int, int]:
    """The report in every format, read back from Word and checked."""
    made, _ = works.report(year)
    papers = []
    for suffix in ("docx", "xlsx", "html", "json", "csv"):
        paper = out / f"{year}年政府信息公开工作年度报告.{suffix}"
        paper.write_bytes(write_report(made, library.form(), suffix))
        papers.append(paper)
    findings = check(read_report(papers[0], library.form()), library.form(), wording=wording())
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = sum(finding.severity is Severity.WARNING for finding in findings)
    return tuple(papers), errors, warnings


def _make_room(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        if not (out / MARK).exists():
            raise NotOurs(path=out)
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).touch()

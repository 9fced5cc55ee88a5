"""``gongkai letter``: a paper written for a case. ``gongkai letters``: the papers, and their templates to edit.

What stands somewhere is taken from there; what stands nowhere is said with ``--set``. An applicant's
particulars go into the paper and nowhere else: nothing here prints a fact's value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.cases.cases import find_case
from bot.cli.cases.fees import reckoned, schedules
from bot.cli.common.output import HomeOption, JsonOption, said, tell, tell_json, write_paper
from bot.cli.context import open_office
from bot.cli.signing.signing import CaseArgument, lay_before, read_file, tell_standing
from bot.services.app import Works, words
from config.declarations.duty import Duty
from config.errors import Refusal, Unreadable
from scheduler.letters.fees import schedule_on
from scheduler.letters.letter_facts import facts_for, fee_facts, hinted, joined, outcome_of, read_settings
from scheduler.terms.deadlines import Due, due
from storage.content.applicant_store import Private
from storage.documents.letters.catalogue import Paper, papers
from storage.events.case import Case

ANSWER = "answer"
LONGEST = 60  # characters of a file's name: three bytes each still fit every disk
UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\s]+')


class NoLetters(Refusal):
    """No papers are written for case {case}."""


class NoSuchPaper(Refusal):
    """There is no paper “{found}”. Write one of: {known}."""


class OutcomeUnsaid(Refusal):
    """Case {case} is not closed: say which answer it is with --outcome. One of: {known}."""


class OtherOutcome(Refusal):
    """Case {case} was closed as {closed}, not as {said}. Leave --outcome out, or amend the close first."""


class NoSignatures(Refusal):
    """{paper} is not signed stage by stage: only an answer is. Write it without --draft."""


class WriterUnsaid(Refusal):
    """--draft and --by belong together: who wrote the text signs none of it."""


class PaperThere(Refusal):
    """{path} exists and differs; it may have been edited and is not overwritten. Use --out or move it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A case with what a letter about it needs to know."""

    works: Works
    case: Case
    duty: Duty
    due: Due


def letter(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    paper: Annotated[str, typer.Argument(help=said("letter.paper"))],
    setting: Annotated[list[str] | None, typer.Option("--set", help=said("letter.set"))] = None,
    out: Annotated[Path | None, typer.Option("--out", help=said("letter.out"), dir_okay=False)] = None,
    outcome: Annotated[str, typer.Option("--outcome", help=said("letter.outcome"))] = "",
    items: Annotated[int | None, typer.Option("--items", min=0, help=said("fee.items"))] = None,
    before: Annotated[int | None, typer.Option("--before", min=0, help=said("fee.before"))] = None,
    pages: Annotated[int | None, typer.Option("--pages", min=0, help=said("fee.pages"))] = None,
    by: Annotated[str, typer.Option("--by", help=said("signing.by"))] = "",
    home: HomeOption = None,
    *,
    draft: Annotated[bool, typer.Option("--draft", help=said("letter.draft"))] = False,
) -> None:
    """Write a paper for a case; with --draft lay it before those who sign."""
    if draft != bool(by):
        raise WriterUnsaid
    matter = _matter(open_office(context, home), case)
    chosen = _chosen(matter, paper, outcome)
    if draft and not chosen.is_answer:
        raise NoSignatures(paper=chosen.label)
    fee = _fee(matter, chosen, items=items, before=before, pages=pages)
    content = _written(matter, chosen, fee, setting or [])
    target = out or Path(_file_name(matter.case, chosen))
    keep = partial(_put, chosen, target, content)
    if not draft:
        keep()
        return
    lay_before(
        matter.works,
        matter.case,
        by,
        content,
        name=target.name,
        title=chosen.label,
        decision=chosen.outcome,
        keep=keep,
    )
    tell_standing(matter.works, find_case(matter.works, str(matter.case.number)))


def letters(
    context: typer.Context,
    paper: Annotated[list[str] | None, typer.Argument(help=said("letters.paper"))] = None,
    home: HomeOption = None,
    *,
    write: Annotated[bool, typer.Option("--write", help=said("letters.write"))] = False,
    as_json: JsonOption = False,
) -> None:
    """List the papers; with --write put their templates where the office edits them."""
    works = open_office(context, home)
    known = {key: found for duty in works.duties.values() for key, found in papers(duty).items()}
    for key in paper or ():
        if key not in known:
            raise NoSuchPaper(found=key, known="、".join(known))
    chosen = [known[key] for key in paper or known]
    made = set(_write_templates(works, chosen)) if write else set()
    listed = [
        {"paper": each.key, "label": each.label, "file": str(file), "state": _state(each, file, made)}
        for each, file in ((each, works.home.letter_template(each.key)) for each in chosen)
    ]
    if as_json:
        tell_json(listed)
        return
    for row in listed:
        tell("letters.line", **{**row, "state": words().say(f"letters.state.{row['state']}")})
    folder = works.home.letter_template(ANSWER).parent
    tell("letters.made" if write else "letters.how", count=len(made), folder=folder)


def _matter(works: Works, name: str) -> Matter:
    case = find_case(works, name)
    duty = works.duties.get(case.opening.kind) if case.opening else None
    if duty is None or not papers(duty):
        raise NoLetters(case=case.number)
    dated = due([record for _, record in case.story], duty, works.known_calendar())
    return Matter(works=works, case=case, duty=duty, due=dated)


def _chosen(matter: Matter, name: str, outcome: str) -> Paper:
    """The paper of this name; an answer by the outcome the case has, or is to have."""
    known = papers(matter.duty)
    first, _, rest = name.partition(".")
    if first == ANSWER:
        return known[f"{ANSWER}.{_outcome(matter, outcome or rest)}"]
    if name not in known:
        notices = [key for key in known if not key.startswith(f"{ANSWER}.")]
        raise NoSuchPaper(found=name, known="、".join([*notices, ANSWER]))
    return known[name]


def _outcome(matter: Matter, wanted: str) -> str:
    keys = {row.key: row.label for row in matter.duty.outcomes}
    by_name = {**{label: key for key, label in keys.items()}, **{key: key for key in keys}}
    closed = outcome_of(matter.case, matter.due)
    found = by_name.get(wanted, "") if wanted else closed
    if not found:
        known = "、".join(f"{key} {label}" for key, label in keys.items())
        raise OutcomeUnsaid(case=matter.case.number, known=known)
    if closed and found != closed:
        raise OtherOutcome(case=matter.case.number, closed=keys.get(closed, closed), said=keys[found])
    return found


def _fee(matter: Matter, paper: Paper, **counts: int | None) -> dict[str, str]:
    """What was counted for the fee, by the tables of the day of the request."""
    opening = matter.case.opening
    if opening is None or all(count is None for count in counts.values()):
        return {}
    schedule = schedule_on(schedules(), opening.happened_on)
    items, before, pages = (counts[name] for name in ("items", "before", "pages"))
    return fee_facts(paper, reckoned(schedule, items=items, before=before, pages=pages))


def _written(matter: Matter, paper: Paper, fee: dict[str, str], settings: list[str]) -> bytes:
    """The paper's bytes; LetterNotWritten with everything that is missing or wrong, all together."""
    from storage.documents.letters.writer import LetterNotWritten, write_letter  # noqa: PLC0415 - half a second

    works, case = matter.works, matter.case
    with works.store.reading() as connection:
        applicant = Private(connection, works.office.slug).of(case.number)
    own = facts_for(paper, case, matter.duty, works.office, matter.due, applicant=applicant)
    given, findings = read_settings(paper.kind, settings)
    facts, contradictions = joined(paper, [own, fee, given])
    findings += contradictions
    content = b""
    file = works.home.letter_template(paper.key)
    try:
        content = write_letter(paper, read_file(file) if file.exists() else None, facts, works.today)
    except LetterNotWritten as refused:
        findings += hinted(refused.findings, paper, matter.duty, case.number)
    except Unreadable as refused:  # only the office's own template can be; which one, is what helps
        raise Unreadable(**{**refused.words, "file": str(file)}) from refused
    if findings:
        raise LetterNotWritten(findings, paper=paper.label)
    return content


def _put(paper: Paper, path: Path, content: bytes) -> None:
    """The same letter again changes nothing; another one never takes the place of what was edited."""
    if path.exists() and read_file(path) != content:
        raise PaperThere(path=path)
    write_paper(path, content)
    tell("letter.written", paper=paper.label, path=path)


def _file_name(case: Case, paper: Paper) -> str:
    reference = case.opening.reference if case.opening else ""
    name = UNSAFE.sub("-", f"{reference or case.number}-{paper.label}").strip("-. ")
    return f"{name[:LONGEST]}.docx"


def _write_templates(works: Works, chosen: list[Paper]) -> Iterator[str]:
    from storage.documents.letters.default_templates import default_template  # noqa: PLC0415 - for the same reason

    for paper in chosen:
        file = works.home.letter_template(paper.key)
        if not file.exists():
            write_paper(file, default_template(paper))
            yield paper.key


def _state(paper: Paper, file: Path, made: set[str]) -> str:
    if paper.key in made:
        return "made"
    return "own" if file.exists() else "default"

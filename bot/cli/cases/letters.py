"""``gongkai letter`` writes a letter for a case; ``gongkai letters`` lists the letters and writes their templates.

Known facts are taken from the case and the office; ``--set`` gives the others. An applicant's personal data goes
into the letter and nowhere else: nothing here prints the value of a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.cases.fees import calculate_fee, fee_schedules
from bot.cli.common.context import open_office
from bot.cli.common.options import ByOption, CaseArgument, find_case, read_file
from bot.cli.common.output import (
    HomeOption,
    JsonOption,
    help_text,
    print_json,
    print_phrase,
    write_file_atomically,
)
from bot.cli.signing.approval_state import print_approval_state
from bot.cli.signing.submission import submit_letter_text
from bot.services.app import OfficeApp, user_phrasebook
from config.declarations.duty import Duty
from config.errors import Refusal, Unreadable
from scheduler.letters.fees import schedule_on
from scheduler.letters.letter_facts import (
    fee_facts,
    letter_facts,
    merge_layers,
    outcome_of,
    read_settings,
    with_hints,
)
from scheduler.terms.deadlines import DueDate, due_date
from storage.content.applicant_store import ApplicantStore
from storage.documents.letters.catalogue import LetterSource, letter_sources
from storage.events.case import Case

ANSWER = "answer"
MAX_FILE_NAME_LENGTH = 60  # characters of a file's name: three bytes each still fit every disk
UNSAFE_CHARACTERS = re.compile(r'[\\/:*?"<>|\x00-\x1f\s]+')


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
class LetterInput:
    """A case with everything that a letter about it needs."""

    app: OfficeApp
    case: Case
    duty: Duty
    due: DueDate


def letter(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    paper: Annotated[str, typer.Argument(help=help_text("letter.paper"))],
    setting: Annotated[list[str] | None, typer.Option("--set", help=help_text("letter.set"))] = None,
    out: Annotated[Path | None, typer.Option("--out", help=help_text("letter.out"), dir_okay=False)] = None,
    outcome: Annotated[str, typer.Option("--outcome", help=help_text("letter.outcome"))] = "",
    items: Annotated[int | None, typer.Option("--items", min=0, help=help_text("fee.items"))] = None,
    before: Annotated[int | None, typer.Option("--before", min=0, help=help_text("fee.before"))] = None,
    pages: Annotated[int | None, typer.Option("--pages", min=0, help=help_text("fee.pages"))] = None,
    by: ByOption = "",
    home: HomeOption = None,
    *,
    draft: Annotated[bool, typer.Option("--draft", help=help_text("letter.draft"))] = False,
) -> None:
    """Write a letter for a case; with --draft submit it to those who sign."""
    if draft != bool(by):
        raise WriterUnsaid
    matter = _letter_input(open_office(context, home), case)
    chosen = _chosen_paper(matter, paper, outcome)
    if draft and not chosen.is_answer:
        raise NoSignatures(paper=chosen.label)
    fee = _fee_facts(matter, chosen, items=items, before=before, pages=pages)
    content = _rendered_letter(matter, chosen, fee, setting or [])
    target = out or Path(_file_name(matter.case, chosen))
    keep = partial(_write_letter, chosen, target, content)
    if not draft:
        keep()
        return
    submit_letter_text(
        matter.app,
        matter.case,
        by,
        content,
        name=target.name,
        title=chosen.label,
        decision=chosen.outcome,
        keep=keep,
    )
    print_approval_state(matter.app, find_case(matter.app, str(matter.case.number)))


def letters(
    context: typer.Context,
    paper: Annotated[list[str] | None, typer.Argument(help=help_text("letters.paper"))] = None,
    home: HomeOption = None,
    *,
    write: Annotated[bool, typer.Option("--write", help=help_text("letters.write"))] = False,
    as_json: JsonOption = False,
) -> None:
    """List the letters; with --write write their templates into the office's folder for editing."""
    app = open_office(context, home)
    known = {key: found for duty in app.duties.values() for key, found in letter_sources(duty).items()}
    for key in paper or ():
        if key not in known:
            raise NoSuchPaper(found=key, known="、".join(known))
    chosen = [known[key] for key in paper or known]
    made = set(_write_templates(app, chosen)) if write else set()
    listed = [
        {
            "paper": each.key,
            "label": each.label,
            "file": str(file),
            "state": _template_state(each, file, made),
        }
        for each, file in ((each, app.home.letter_template(each.key)) for each in chosen)
    ]
    if as_json:
        print_json(listed)
        return
    for row in listed:
        print_phrase(
            "letters.line", **{**row, "state": user_phrasebook().say(f"letters.state.{row['state']}")}
        )
    folder = app.home.letter_template(ANSWER).parent
    print_phrase("letters.made" if write else "letters.how", count=len(made), folder=folder)


def _letter_input(app: OfficeApp, name: str) -> LetterInput:
    case = find_case(app, name)
    duty = app.duties.get(case.opening.kind) if case.opening else None
    if duty is None or not letter_sources(duty):
        raise NoLetters(case=case.number)
    dated = due_date(case.records, duty, app.known_calendar())
    return LetterInput(app=app, case=case, duty=duty, due=dated)


def _chosen_paper(matter: LetterInput, name: str, outcome: str) -> LetterSource:
    """The letter of this name; an answer by the outcome the case has or will have. NoSuchPaper, OutcomeUnsaid."""
    known = letter_sources(matter.duty)
    first, _, rest = name.partition(".")
    if first == ANSWER:
        return known[f"{ANSWER}.{_chosen_outcome(matter, outcome or rest)}"]
    if name not in known:
        notices = [key for key in known if not key.startswith(f"{ANSWER}.")]
        raise NoSuchPaper(found=name, known="、".join([*notices, ANSWER]))
    return known[name]


def _chosen_outcome(matter: LetterInput, wanted: str) -> str:
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


def _fee_facts(matter: LetterInput, paper: LetterSource, **counts: int | None) -> dict[str, str]:
    """The facts of the fee, by the schedule in force on the day of the request."""
    opening = matter.case.opening
    if opening is None or all(count is None for count in counts.values()):
        return {}
    schedule = schedule_on(fee_schedules(), opening.happened_on)
    items, before, pages = (counts[name] for name in ("items", "before", "pages"))
    return fee_facts(paper, calculate_fee(schedule, items=items, before=before, pages=pages))


def _rendered_letter(
    matter: LetterInput, paper: LetterSource, fee: dict[str, str], settings: list[str]
) -> bytes:
    """The letter's bytes. LetterNotWritten with everything that is missing or wrong."""
    from storage.documents.letters.writer import LetterNotWritten, write_letter  # noqa: PLC0415 - half a second

    app, case = matter.app, matter.case
    with app.store.reading() as connection:
        applicant = ApplicantStore(connection, app.office.slug).get(case.number)
    own = letter_facts(paper, case, matter.duty, app.office, matter.due, applicant=applicant)
    given, findings = read_settings(paper.kind, settings)
    facts, contradictions = merge_layers(paper, [own, fee, given])
    findings += contradictions
    content = b""
    file = app.home.letter_template(paper.key)
    try:
        content = write_letter(paper, read_file(file) if file.exists() else None, facts, app.today)
    except LetterNotWritten as refused:
        findings += with_hints(refused.findings, paper, matter.duty, case.number)
    except Unreadable as refused:  # only the office's own template can be unreadable; its path helps
        raise Unreadable(**{**refused.words, "file": str(file)}) from refused
    if findings:
        raise LetterNotWritten(findings, paper=paper.label)
    return content


def _write_letter(paper: LetterSource, path: Path, content: bytes) -> None:
    """Write the letter's file; PaperThere where another version of it exists, since that may have been edited."""
    if path.exists() and read_file(path) != content:
        raise PaperThere(path=path)
    write_file_atomically(path, content)
    print_phrase("letter.written", paper=paper.label, path=path)


def _file_name(case: Case, paper: LetterSource) -> str:
    reference = case.opening.reference if case.opening else ""
    name = UNSAFE_CHARACTERS.sub("-", f"{reference or case.number}-{paper.label}").strip("-. ")
    return f"{name[:MAX_FILE_NAME_LENGTH]}.docx"


def _write_templates(app: OfficeApp, chosen: list[LetterSource]) -> Iterator[str]:
    from storage.documents.letters.template_layout import default_template  # noqa: PLC0415 - for the same reason

    for paper in chosen:
        file = app.home.letter_template(paper.key)
        if not file.exists():
            write_file_atomically(file, default_template(paper))
            yield paper.key


def _template_state(paper: LetterSource, file: Path, made: set[str]) -> str:
    if paper.key in made:
        return "made"
    return "own" if file.exists() else "default"

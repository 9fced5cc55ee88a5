"""``gongkai text``: a text on its way to the website, from its first draft to the page where it stands.

    gongkai text new --title … --from finance --class proactive --made-on 2026-11-20
    gongkai text draft CASE --by finance_clerk --file body.docx --attach table.xlsx
    gongkai text show CASE;  sheet CASE;  proof CASE;  published CASE --at https://…;  live CASE

The text is read from the file; what is signed is its title, its words, its attachments and its class, and no layout.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.cases.cases import find_case
from bot.cli.common.output import HomeOption, JsonOption, said, tell, tell_json, write_paper
from bot.cli.context import open_office
from bot.cli.server.users import person_named
from bot.cli.signing.signing import (
    SHOWN,
    ByOption,
    CaseArgument,
    StageOption,
    manifest_seen,
    read_file,
    tell_standing,
)
from bot.language.finding_lines import proofread_lines
from bot.language.labels import Labels
from bot.language.publication_check_words import live_lines
from bot.publishing.publication_check import address_of, look_at, record_look
from bot.publishing.texts import findings_in, laid_down, proof_data, reference_of, sheet_of, text_duty
from bot.services.app import Works, words
from config.declarations.duty import Duty
from config.errors import Refusal
from config.findings import Finding, Severity
from scheduler.signoff.approval_state import falls
from scheduler.signoff.approval_state import standing as standing_of
from scheduler.validation.date_calculator import read_day
from storage.documents.layout.processing_sheet import sheet_docx
from storage.events.case import Case, chain_kind
from storage.events.manifest import Manifest, attachment, described_by
from storage.web.publication_check import State

app = typer.Typer(help=said("text.group"), no_args_is_help=True)
TextFile = Annotated[Path, typer.Option("--file", help=said("text.file"))]
OutOption = Annotated[Path | None, typer.Option("--out", help=said("text.out"))]


class NotAText(Refusal):
    """Case {case} is no text for the website. Make one with: gongkai text new."""


@app.command("new", help=said("text.new"))
def new(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    title: Annotated[str, typer.Option("--title", help=said("text.title"))],
    by: ByOption,
    origin: Annotated[str, typer.Option("--from", help=said("text.origin"))],
    disclosure: Annotated[str, typer.Option("--class", help=said("text.class"))] = "proactive",
    article: Annotated[str, typer.Option("--article", help=said("text.article"))] = "",
    subject: Annotated[str, typer.Option("--subject", help=said("text.subject"))] = "",
    made_on: Annotated[str, typer.Option("--made-on", help=said("text.made_on"))] = "",
    home: HomeOption = None,
) -> None:
    """A text is made and classed; its 20 working days run from the day it was made (art. 26)."""
    works = open_office(context, home)
    person, duty = person_named(works, by), text_duty(works)
    made = read_day(made_on) if made_on else works.today
    given = {
        "title": title,
        "origin": origin,
        "disclosure": disclosure,
        "article": article,
        "subject": subject,
        "made_on": made.isoformat(),
    }
    facts = {key: value for key, value in given.items() if value and duty.field(key)}
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        reference = reference_of(sitting, duty, title, made.isoformat())
        case = sitting.open(duty.kind, reference, works.today, facts)
    tell("text.opened", case=case, title=title)


@app.command("draft", help=said("text.draft"))
def draft(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    file: TextFile,
    attach: Annotated[list[Path] | None, typer.Option("--attach", help=said("text.attach"))] = None,
    home: HomeOption = None,
) -> None:
    """Lay the text before the stages. It is read through first; personal data and secrecy marks stop it."""
    from storage.reading.texts.manuscript import read_manuscript  # noqa: PLC0415 - readers of four formats
    from storage.reading.texts.wordlist_loader import wording  # noqa: PLC0415

    works = open_office(context, home)
    found, duty, person = *a_text(works, case), person_named(works, by)
    manuscript = read_manuscript(file)
    files = [(path.name, read_file(path)) for path in attach or ()]
    manifest = Manifest(
        title=str(found.facts.get("title", "")) or manuscript.title,
        text=manuscript.body,
        attachments=tuple(attachment(name, content) for name, content in files),
        decision=_decision(duty),
        **described_by(found.facts),
    )
    given = {attachment(name, content).sha256: content for name, content in files}
    noticed = findings_in(manifest, works, wording(works.home.expressions), given)
    tell_findings_of(
        one for one in noticed if one.severity is not Severity.ERROR
    )  # those the desk refuses itself
    at = standing_of(works.office.chain(chain_kind(found, duty)), works.office, found.approvals)
    for one in falls(at, manifest.digest, manifest.decision):
        tell("text.falls", post=one.post, stage=one.stage)
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        sitting.draft(found.number, person.id, manifest, [content for _, content in files])
    tell("text.drafted", case=found.number, digest=manifest.digest)
    tell_standing(works, find_case(works, str(found.number)))


@app.command("show", help=said("text.show"))
def show(
    context: typer.Context, case: CaseArgument, home: HomeOption = None, *, as_json: JsonOption = False
) -> None:
    """The text that counts, its findings, and how far it has come."""
    from storage.reading.texts.wordlist_loader import wording  # noqa: PLC0415

    works = open_office(context, home)
    laid = laid_down(works, *a_text(works, case))
    findings = findings_in(laid.manifest, works, wording(works.home.expressions), laid.files)
    if as_json:
        manifest = json.loads(laid.manifest.canonical())
        tell_json({"case": laid.case.number, "digest": laid.manifest.digest, "manifest": manifest})
        return
    tell("text.shown", title=laid.manifest.title, text=laid.manifest.text, digest=laid.manifest.digest)
    for one in laid.manifest.attachments:
        tell("text.attached", name=one.name, size=one.size, digest=one.sha256)
    tell_findings_of(findings)
    tell_standing(works, laid.case)


@app.command("sign", help=said("text.sign"))
def sign(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    stage: StageOption,
    digest: Annotated[str, typer.Option("--digest", help=said("text.digest"))],
    home: HomeOption = None,
) -> None:
    """Sign the text whose fingerprint was shown; another one is not signed."""
    works = open_office(context, home)
    found, person = with_chain(works, case)[0], person_named(works, by)
    manifest = manifest_seen(works, found, None, digest)
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        sitting.sign(found.number, person.id, stage, manifest)
    tell("signing.signed", post=person.post, stage=stage, manifest=manifest[:SHOWN])
    tell_standing(works, find_case(works, str(found.number)))


@app.command("sheet", help=said("text.sheet"))
def sheet(context: typer.Context, case: CaseArgument, out: OutOption = None, home: HomeOption = None) -> None:
    """The document processing sheet as a Word file."""
    works = open_office(context, home)
    found, duty = with_chain(works, case)
    laid = laid_down(works, found, duty)
    path = out or Path(f"{words().say('sheet.title')}-{found.number}.docx")
    write_paper(path, sheet_docx(sheet_of(laid, Labels(book=words(), office=works.office)), words().say))
    tell("text.written", path=path)


@app.command("proof", help=said("text.proof"))
def proof(context: typer.Context, case: CaseArgument, out: OutOption = None, home: HomeOption = None) -> None:
    """One file that proves what was signed; gongkai verify FILE checks it without the database."""
    works = open_office(context, home)
    found, duty = with_chain(works, case)
    laid = laid_down(works, found, duty)
    path = out or Path(f"proof-{found.number}.json")
    data = json.dumps(proof_data(works, laid), ensure_ascii=True, indent=1)
    write_paper(path, data.encode("ascii"))
    tell("proof.written", path=path)


@app.command("published", help=said("text.published"))
def published(
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    at: Annotated[str, typer.Option("--at", help=said("text.at"))],
    home: HomeOption = None,
) -> None:
    """Record where the text was published, then look whether it stands there."""
    works = open_office(context, home)
    found, person = a_text(works, case)[0], person_named(works, by)
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        sitting.step(found.number, "published", works.today, {"address": at})
    tell("text.is_published", address=at)
    _live(works, str(found.number))


@app.command("live", help=said("text.live"))
def live(context: typer.Context, case: CaseArgument, home: HomeOption = None) -> None:
    """Look at the page where a text was published, and record what was found."""
    _live(open_office(context, home), case)


def _live(works: Works, name: str) -> None:
    laid = laid_down(works, *a_text(works, name))
    found = look_at(works, laid)
    recorded = record_look(works, laid, found)
    for line in live_lines(found, words(), address_of(laid.case)):
        print(line)  # noqa: T201 - this is the command line's mouth
    if not recorded:
        tell("text.unrecorded")
    if found.state is not State.LIVE:
        tell("text.look_again", case=laid.case.number)


def a_text(works: Works, name: str) -> tuple[Case, Duty]:
    """A case that is a text for the website. NotAText."""
    found, duty = find_case(works, name), text_duty(works)
    if found.opening is None or found.opening.kind != duty.kind:
        raise NotAText(case=found.number)
    return found, duty


def with_chain(works: Works, name: str) -> tuple[Case, Duty]:
    """Any case whose text is signed."""
    found = find_case(works, name)
    duty = works.duties.get(found.opening.kind) if found.opening else None
    if duty is None or not chain_kind(found, duty):
        raise NotAText(case=found.number)
    return found, duty


def tell_findings_of(findings: Iterable[Finding]) -> None:
    """What the checks say, line by line."""
    for line in proofread_lines(findings, words()):
        print(line)  # noqa: T201 - this is the command line's mouth


def _decision(duty: Duty) -> str:
    return next((step.key for step in duty.steps if step.released), "")

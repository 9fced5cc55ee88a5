"""``gongkai text``: takes a text to the website, from its first draft to the check of its published page.

    gongkai text new --title … --from finance --class proactive --made-on 2026-11-20
    gongkai text draft CASE --by finance_clerk --file body.docx --attach table.xlsx
    gongkai text show CASE;  sheet CASE;  proof CASE;  published CASE --at https://…;  live CASE

The text is read from the file. Signatures cover its title, words, attachments and disclosure class, not its layout.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import ByOption, CaseArgument, HomeOption, JsonOption, find_case, find_person
from bot.cli.common.output import help_text, print_json, print_phrase, write_file_atomically
from bot.cli.signing.approval_state import DIGEST_DIGITS_SHOWN, case_approval_state, print_approval_state
from bot.cli.signing.signing import StageOption
from bot.cli.signing.submission import require_seen_manifest
from bot.language.labels import Labels
from bot.publishing.processing_sheet import build_processing_sheet
from bot.publishing.publication_check import (
    check_published_page,
    publication_check_lines,
    published_address,
    record_publication_check,
)
from bot.publishing.texts import check_text, load_submitted_text, proof_data, text_duty, text_reference
from bot.services.app import OfficeApp, user_phrasebook
from config.declarations.duty import Duty
from config.declarations.keys import ADDRESS_FIELD, MATTER_FIELD, PUBLISHED_STEP
from config.errors import Refusal
from config.findings import Finding, Severity
from scheduler.signoff.approval_state import invalidated_signatures
from scheduler.validation.date_calculator import read_day
from storage.events.case import Case, chain_kind
from storage.events.manifest import Manifest, description_from, manifest_attachment
from storage.reading.formats.file_bytes import read_file
from storage.web.publication_check import PublicationState

app = typer.Typer(help=help_text("text.group"), no_args_is_help=True)
TextFileOption = Annotated[Path, typer.Option("--file", help=help_text("text.file"))]
OutOption = Annotated[Path | None, typer.Option("--out", help=help_text("text.out"))]


class NotAText(Refusal):
    """Case {case} is no text for the website. Make one with: gongkai text new."""


@app.command("new", help=help_text("text.new"))
def create_text(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    title: Annotated[str, typer.Option("--title", help=help_text("text.title"))],
    by: ByOption,
    origin: Annotated[str, typer.Option("--from", help=help_text("text.origin"))],
    disclosure: Annotated[str, typer.Option("--class", help=help_text("text.class"))] = "proactive",
    article: Annotated[str, typer.Option("--article", help=help_text("text.article"))] = "",
    subject: Annotated[str, typer.Option("--subject", help=help_text("text.subject"))] = "",
    made_on: Annotated[str, typer.Option("--made-on", help=help_text("text.made_on"))] = "",
    matter: Annotated[str, typer.Option("--matter", help=help_text("text.matter"))] = "",
    home: HomeOption = None,
) -> None:
    """Open a text with its disclosure class; its 20 working days run from the day it was made (art. 26)."""
    office_app = open_office(context, home)
    person, duty = find_person(office_app, by), text_duty(office_app)
    made = read_day(made_on) if made_on else office_app.today
    given = {
        "title": title,
        "origin": origin,
        "disclosure": disclosure,
        "article": article,
        "subject": subject,
        "made_on": made.isoformat(),
        MATTER_FIELD: matter,
    }
    facts = {key: value for key, value in given.items() if value and duty.field(key)}
    with office_app.recorder.transaction(actor=person.id, means="command") as uow:
        reference = text_reference(uow, duty, title, made.isoformat())
        case = uow.cases.open(duty.kind, reference, office_app.today, facts)
    print_phrase("text.opened", case=case, title=title)


@app.command("draft", help=help_text("text.draft"))
def submit_text_version(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    file: TextFileOption,
    attach: Annotated[list[Path] | None, typer.Option("--attach", help=help_text("text.attach"))] = None,
    home: HomeOption = None,
) -> None:
    """Submit a version of the text to its stages; personal data and secrecy marks in it are refused."""
    from storage.reading.texts.manuscript import read_manuscript  # noqa: PLC0415 - readers of four formats

    office_app = open_office(context, home)
    found, duty, person = *find_text_case(office_app, case), find_person(office_app, by)
    manuscript = read_manuscript(file)
    files = [(path.name, read_file(path)) for path in attach or ()]
    manifest = Manifest(
        title=str(found.facts.get("title", "")) or manuscript.title,
        text=manuscript.body,
        attachments=tuple(manifest_attachment(name, content) for name, content in files),
        decision=_release_step(duty),
        **description_from(found.facts),
    )
    given = {manifest_attachment(name, content).sha256: content for name, content in files}
    noticed = check_text(manifest, office_app, office_app.wordlist(), given)
    print_text_findings(
        one for one in noticed if one.severity is not Severity.ERROR
    )  # the recorder refuses the errors itself
    state = case_approval_state(office_app, found)
    for signature in invalidated_signatures(state, manifest.digest, manifest.decision):
        print_phrase("text.falls", post=signature.post, stage=signature.stage)
    with office_app.recorder.transaction(actor=person.id, means="command") as uow:
        uow.signoff.draft(found.number, person.id, manifest, [content for _, content in files])
    print_phrase("text.drafted", case=found.number, digest=manifest.digest)
    print_approval_state(office_app, find_case(office_app, str(found.number)))


@app.command("show", help=help_text("text.show"))
def show_text(
    context: typer.Context, case: CaseArgument, home: HomeOption = None, *, as_json: JsonOption = False
) -> None:
    """Show the current version of the text, its findings, and how far it has come."""
    office_app = open_office(context, home)
    laid = load_submitted_text(office_app, *find_text_case(office_app, case))
    findings = check_text(laid.manifest, office_app, office_app.wordlist(), laid.files)
    if as_json:
        manifest = json.loads(laid.manifest.canonical())
        print_json({"case": laid.case.number, "digest": laid.manifest.digest, "manifest": manifest})
        return
    print_phrase(
        "text.shown", title=laid.manifest.title, text=laid.manifest.text, digest=laid.manifest.digest
    )
    for one in laid.manifest.attachments:
        print_phrase("text.attached", name=one.name, size=one.size, digest=one.sha256)
    print_text_findings(findings)
    print_approval_state(office_app, laid.case)


@app.command("sign", help=help_text("text.sign"))
def sign_text(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    stage: StageOption,
    digest: Annotated[str, typer.Option("--digest", help=help_text("text.digest"))],
    home: HomeOption = None,
) -> None:
    """Sign the version whose fingerprint was shown, and no other."""
    office_app = open_office(context, home)
    found, person = find_signed_case(office_app, case)[0], find_person(office_app, by)
    manifest = require_seen_manifest(office_app, found, None, digest)
    with office_app.recorder.transaction(actor=person.id, means="command") as uow:
        uow.signoff.sign(found.number, person.id, stage, manifest)
    print_phrase("signing.signed", post=person.post, stage=stage, manifest=manifest[:DIGEST_DIGITS_SHOWN])
    print_approval_state(office_app, find_case(office_app, str(found.number)))


@app.command("sheet", help=help_text("text.sheet"))
def write_processing_sheet(
    context: typer.Context, case: CaseArgument, out: OutOption = None, home: HomeOption = None
) -> None:
    """Write the document processing sheet as a Word file."""
    from storage.documents.layout.processing_sheet_word import sheet_docx  # noqa: PLC0415 - with it comes a library

    office_app = open_office(context, home)
    found, duty = find_signed_case(office_app, case)
    laid = load_submitted_text(office_app, found, duty)
    path = out or Path(f"{user_phrasebook().say('sheet.title')}-{found.number}.docx")
    write_file_atomically(
        path,
        sheet_docx(
            build_processing_sheet(laid, Labels(book=user_phrasebook(), office=office_app.office)),
            user_phrasebook().say,
        ),
    )
    print_phrase("text.written", path=path)


@app.command("proof", help=help_text("text.proof"))
def write_proof(
    context: typer.Context, case: CaseArgument, out: OutOption = None, home: HomeOption = None
) -> None:
    """Write a file that proves what was signed; ``gongkai verify FILE`` checks it without the database."""
    office_app = open_office(context, home)
    found, duty = find_signed_case(office_app, case)
    laid = load_submitted_text(office_app, found, duty)
    path = out or Path(f"proof-{found.number}.json")
    data = json.dumps(proof_data(office_app, laid), ensure_ascii=True, indent=1)
    write_file_atomically(path, data.encode("ascii"))
    print_phrase("proof.written", path=path)


@app.command("published", help=help_text("text.published"))
def record_publication(
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    at: Annotated[str, typer.Option("--at", help=help_text("text.at"))],
    home: HomeOption = None,
) -> None:
    """Record where the text was published, then check that page."""
    office_app = open_office(context, home)
    found, person = find_text_case(office_app, case)[0], find_person(office_app, by)
    with office_app.recorder.transaction(actor=person.id, means="command") as uow:
        uow.cases.step(found.number, PUBLISHED_STEP, office_app.today, {ADDRESS_FIELD: at})
    print_phrase("text.is_published", address=at)
    _check_and_print(office_app, str(found.number))


@app.command("live", help=help_text("text.live"))
def check_publication(context: typer.Context, case: CaseArgument, home: HomeOption = None) -> None:
    """Check the page where a text was published, and record the result."""
    _check_and_print(open_office(context, home), case)


def _check_and_print(office_app: OfficeApp, name: str) -> None:
    laid = load_submitted_text(office_app, *find_text_case(office_app, name))
    found = check_published_page(office_app, laid)
    recorded = record_publication_check(office_app, laid, found)
    for line in publication_check_lines(found, user_phrasebook(), published_address(laid.case)):
        print(line)  # noqa: T201 - a command prints
    if not recorded:
        print_phrase("text.unrecorded")
    if found.state is not PublicationState.LIVE:
        print_phrase("text.look_again", case=laid.case.number)


def find_text_case(office_app: OfficeApp, name: str) -> tuple[Case, Duty]:
    """Find a case that is a text for the website. NotAText."""
    found, duty = find_case(office_app, name), text_duty(office_app)
    if found.opening is None or found.opening.kind != duty.kind:
        raise NotAText(case=found.number)
    return found, duty


def find_signed_case(office_app: OfficeApp, name: str) -> tuple[Case, Duty]:
    """Find any case whose text is signed. NotAText."""
    found = find_case(office_app, name)
    duty = office_app.duties.get(found.opening.kind) if found.opening else None
    if duty is None or not chain_kind(found, duty):
        raise NotAText(case=found.number)
    return found, duty


def print_text_findings(findings: Iterable[Finding]) -> None:
    """Print the findings, line by line."""
    for line in user_phrasebook().finding_lines(findings):
        print(line)  # noqa: T201 - a command prints


def _release_step(duty: Duty) -> str:
    return next((step.key for step in duty.steps if step.requires_approval), "")

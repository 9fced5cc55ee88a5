"""``gongkai private``: shows an applicant's personal data masked, saves it and erases it."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import HomeOption, JsonOption
from bot.cli.common.output import help_text, print_json, print_phrase
from bot.language.labels import particulars_doubts
from bot.services.app import OfficeApp, user_phrasebook
from bot.services.error_log import forget_lines
from config.declarations.keys import CLERK
from config.errors import BadInput, Unreadable
from config.findings import Finding
from storage.content.applicant import Applicant, IdentityKind
from storage.content.applicant_store import (
    APPLICANT_FIELDS,
    ApplicantStore,
    NothingGiven,
    NothingKept,
    empty_journal,
)
from storage.database.backup import backups_of
from storage.events.events import Erased
from storage.proofread.recorded_texts import recorded_texts

app = typer.Typer(help=help_text("private.group"), no_args_is_help=True)

CaseArgument = Annotated[int, typer.Argument(min=1, help=help_text("private.case"))]
# Both languages' words, whatever the person's own: an office's helper script must not break on a setting.
KEY_BY_SPELLING = {
    **{key: key for key in APPLICANT_FIELDS},
    **{key.replace("_", "-"): key for key in APPLICANT_FIELDS},
    "姓名": "name",
    "名称": "name",
    "联系方式": "contact",
    "地址": "address",
    "证件类型": "identity_kind",
    "证件号码": "identity_number",
    "备注": "note",
}


@app.command("show", help=help_text("private.show"))
def show_applicant(
    context: typer.Context,
    case: CaseArgument,
    home: HomeOption = None,
    *,
    reveal: Annotated[bool, typer.Option("--reveal", help=help_text("private.reveal"))] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the applicant of a case, masked unless asked otherwise."""
    office_app = open_office(context, home)
    with office_app.store.reading() as connection:
        private = ApplicantStore(connection, office_app.office.slug)
        kept, others = private.get(case), private.same_applicant(case)
    erased = _erasures(office_app, case)
    if kept is None and not erased:
        raise NothingKept(case=case)
    if kept and reveal:  # before anything is shown
        with office_app.recorder.transaction(actor=CLERK, means="command") as uow:
            uow.cases.reveal(case)
    shown = (kept if reveal else kept.masked()) if kept else None
    if as_json:
        told = [{"on": fact.happened_on, "reason": fact.reason} for fact in erased]
        same = {"same_applicant": others, "erased": told}
        print_json({"case": case, "particulars": dict(shown.items()) if shown else None, **same})
        return
    if shown:
        _print_applicant(case, shown, others)
    for fact in erased:
        print_phrase("private.erased_on", case=case, day=fact.happened_on, reason=fact.reason)


@app.command("set", help=help_text("private.set"))
def set_applicant(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    name: Annotated[str | None, typer.Option(help=help_text("private.name"))] = None,
    contact: Annotated[str | None, typer.Option(help=help_text("private.contact"))] = None,
    address: Annotated[str | None, typer.Option(help=help_text("private.address"))] = None,
    identity_kind: Annotated[
        IdentityKind | None, typer.Option(help=help_text("private.identity_kind"))
    ] = None,
    identity_number: Annotated[str | None, typer.Option(help=help_text("private.identity_number"))] = None,
    note: Annotated[str | None, typer.Option(help=help_text("private.note"))] = None,
    home: HomeOption = None,
    *,
    stdin: Annotated[bool, typer.Option("--stdin", help=help_text("private.stdin"))] = False,
) -> None:
    """Save or correct the given values; the others stay."""
    office_app = open_office(context, home)
    options = (name, contact, address, identity_kind, identity_number, note)
    given = {
        key: str(value) for key, value in zip(APPLICANT_FIELDS, options, strict=True) if value is not None
    }
    given |= _read_lines() if stdin else {}
    if not given:
        raise NothingGiven(case=case)
    with office_app.recorder.transaction(actor=CLERK, means="command") as uow:
        private = ApplicantStore(uow.context.log.connection, office_app.office.slug)
        kept = private.get(case) or Applicant()
        kept = replace(kept, **{key: value.strip() for key, value in given.items()})
        uow.cases.save_applicant(case, kept)
        others = private.same_applicant(case)
    print_phrase("private.kept", case=case)
    _print_applicant(case, kept.masked(), others)
    for line in particulars_doubts(kept, user_phrasebook()):
        print(line)  # noqa: T201 - a command prints


@app.command("erase", help=help_text("private.erase"))
def erase_applicant(
    context: typer.Context,
    case: CaseArgument,
    reason: Annotated[str, typer.Option("--reason", help=help_text("private.reason"))],
    home: HomeOption = None,
) -> None:
    """Erase the applicant of a case; the log stays complete."""
    office_app = open_office(context, home)
    if _is_erased(office_app, case):  # somebody was reading then: the database is still to be written anew
        _write_database_anew(office_app, case)
        return
    with office_app.recorder.transaction(actor=CLERK, means="command") as uow:
        applicant = uow.corrections.erase(case, reason.strip())
    print_phrase("private.erased", case=case, position=uow.entries[-1].position)
    _write_database_anew(office_app, case)
    forget_lines(office_app.home.path, lambda line: bool(applicant.fields_mentioned_in(line)))
    for position in _positions_naming(office_app, case, applicant):
        print_phrase("private.still_in_log", position=position)
    older = backups_of(office_app.home)
    if older:
        print_phrase("private.in_backups", count=len(older), first=older[0].stem, last=older[-1].stem)


def _is_erased(office_app: OfficeApp, case: int) -> bool:
    with office_app.store.reading() as connection:
        kept = ApplicantStore(connection, office_app.office.slug).get(case)
    return kept is None and bool(_erasures(office_app, case))


def _write_database_anew(office_app: OfficeApp, case: int) -> None:
    done = empty_journal(office_app.store)
    print_phrase("private.written_anew" if done else "private.journal_busy", case=case)


def _positions_naming(office_app: OfficeApp, case: int, applicant: Applicant) -> list[int]:
    """The entries of the case that name its applicant: they were recorded before anybody said who that is."""
    with office_app.log() as log:
        return [
            entry.position
            for entry in log.read(cases=[case])
            if any(applicant.fields_mentioned_in(text) for _, text in recorded_texts(entry.record))
        ]


def _erasures(office_app: OfficeApp, case: int) -> list[Erased]:
    with office_app.log() as log:
        return [entry.record for entry in log.read(cases=[case]) if isinstance(entry.record, Erased)]


def _print_applicant(case: int, shown: Applicant, others: list[int]) -> None:
    print_phrase("private.title", case=case)
    for key, value in shown.items():
        if value:
            known = key == "identity_kind" and value in set(IdentityKind)
            said_value = user_phrasebook().say(f"private.kind.{value}") if known else value
            print_phrase(
                "private.line", label=user_phrasebook().say(f"private.label.{key}"), value=said_value
            )
    if others:
        print_phrase("private.others", cases="、".join(map(str, others)))


def _read_lines() -> dict[str, str]:
    """Read one ``key: value`` a line from standard input, so that the shell's history keeps nothing of it."""
    source = user_phrasebook().say("private.standard_input")
    if sys.stdin.isatty():
        print_phrase("private.type_here")
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # From None: the error carries the bytes that were read, and a log would keep them.
        raise Unreadable(
            file=source, why=error.reason, next_step=user_phrasebook().say("private.utf8")
        ) from None
    given: dict[str, str] = {}
    findings = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            findings += _parse_line(line, number, given)
    if findings:
        raise BadInput(findings, file=source)
    return given


def _parse_line(line: str, number: int, given: dict[str, str]) -> list[Finding]:
    """Parse one line; a finding names the line and never its content, which may be personal data."""
    label, separator, value = line.replace("：", ":", 1).partition(":")
    key = KEY_BY_SPELLING.get(label.strip())
    words_ = {"line": str(number)}
    if not separator or key is None:
        return [Finding(rule="private.line", place=f"line {number}", words=words_)]
    value = value.strip()
    if key == "identity_kind":
        labels = {user_phrasebook().say(f"private.kind.{kind}"): kind.value for kind in IdentityKind}
        value = labels.get(value, value)
        if value not in set(IdentityKind):
            allowed = "、".join(f"{kind} {label}" for label, kind in labels.items())
            return [Finding(rule="private.kind", place=f"line {number}", expected=allowed, words=words_)]
    given[key] = value
    return []

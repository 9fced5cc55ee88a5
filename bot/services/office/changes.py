"""Reads, previews and records versions of an office, for command and page alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

from bot.language.phrasebook import check_wording
from bot.services.app import OfficeApp
from bot.services.letters.letter_templates import check_templates
from bot.utterances.vocabulary import word_tables
from config import shipped_data
from config.errors import BadInput, Refusal
from config.office.difference import OfficeDifference, file_differences, office_differences
from config.office.document import ChangedSince, take_back
from config.office.folder import (
    EXPRESSIONS_FILE,
    OFFICE_FILE,
    TEMPLATE_SUFFIX,
    WORDS_FILE,
    OfficeFiles,
    OfficeFolder,
    letter_path,
)
from config.office.loader import load_office
from config.reporting.scoring_schemes import UnknownScheme, parse_scheme
from scheduler.worklist.office_change import OfficeChange, OfficeEdit
from scheduler.worklist.office_impact import CaseImpact
from storage.eventlog.recorded_office import RecordedOffice, office_versions
from storage.events.office_history import OfficeVersion, OfficeVersions

FOUNDING_MEANS, ROLE_UNHELD = "init", "office.role_unheld"
EXPORT_MEANS, FILE_MEANS, BESIDE_MEANS = "command", "file", "file_beside"
"""By which file a version was recorded: one that names the version it was made from, a whole one that names none, or
a text that stands beside the document."""
_BASE = re.compile(r"\A# gongkai office №(\d{1,12})[^\n]*\n")
"""The first line of an exported document: the version it was made from."""


class AsksFirst(Refusal):
    """This needs a yes: {texts} texts to be submitted again, {versions} later versions replaced. Repeat it: --yes."""


class ChangesOverwritten(Refusal):
    """{file} would undo what was changed since №{position}: {lost}. Change an export of now, or say --overwrite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenOffice:
    """An office as it is written: its document, the texts beside it, and the version both come from."""

    document: str
    files: Mapping[str, str]
    position: int = 0
    """The position of the newest version when it was read; 0 where none was recorded."""
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """The letters' templates that were read from files, by their fingerprint."""
    means: str = EXPORT_MEANS
    """By which file it was written: what names no version may be older than the last one."""

    def with_file(self, path: str, content: bytes | None) -> WrittenOffice:
        """The same with another text or template in this place beside the document, or none. PlaceRefused."""
        beside = OfficeFiles(self.files, self.contents).with_file(path, content)
        return replace(self, files=beside.files, contents=beside.contents)

    def with_mark(self, path: str, mark: str) -> WrittenOffice:
        """The same with the template of this fingerprint, which an earlier version named; without one, with none."""
        kept = {place: said for place, said in self.files.items() if place != path}
        return replace(self, files={**kept, path: mark} if mark else kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overwritten:
    """The changes that a document would undo, and the version that they were made to."""

    since: OfficeVersion
    lost: tuple[OfficeDifference, ...]


def versions_of(app: OfficeApp) -> OfficeVersions:
    """Every version of the office in its log."""
    with app.log() as log:
        return office_versions(log)


def written_office(app: OfficeApp, day: date | None = None) -> WrittenOffice:
    """The office as written for a day, today's by default; what its folder says while no version is recorded.

    That of a day in the past comes from a version that others have changed since: whoever applies it is told.
    """
    versions = versions_of(app)
    found, todays = versions.on(day or app.today), versions.on(app.today)
    if found is None or versions.last is None:
        beside = app.home.office_files()
        return WrittenOffice(document=app.home.document(), files=beside.files, contents=beside.contents)
    is_past = day is not None and day < app.today and found is not todays
    position = found.position if is_past else versions.last.position
    return WrittenOffice(document=found.document, files=found.files, position=position)


def exported_document(written: WrittenOffice, day: date) -> str:
    """The document with a first line that names its version, so that two who change it at once are told."""
    line = f"# gongkai office №{written.position} {day.isoformat()}\n" if written.position else ""
    return line + written.document


def read_written_office(path: Path, content: bytes, current: WrittenOffice) -> WrittenOffice:
    """An office as a file or a folder has it; of a file alone, everything else stays as it is.

    The file is the document, or by its name a letter's template, the rules for wording or the expressions. The
    position is that of the version a document was exported from, and where it names none, the current one. Raises
    UnicodeDecodeError for a document in another encoding, PlaceRefused for such a text beside it.
    """
    if beside := path_beside(path.name):
        return replace(current.with_file(beside, content), means=BESIDE_MEANS)
    text = content.decode("utf-8-sig")
    base = _BASE.match(text)
    files = (
        OfficeFolder(path).office_files() if path.is_dir() else OfficeFiles(current.files, current.contents)
    )
    return WrittenOffice(
        document=text[base.end() if base else 0 :],
        files=files.files,
        contents=files.contents,
        position=int(base[1]) if base else current.position,
        means=EXPORT_MEANS if base else FILE_MEANS,
    )


def overwritten_changes(versions: OfficeVersions, written: WrittenOffice, day: date) -> Overwritten | None:
    """What a file that names no version would undo from a day on; None where it undoes nothing.

    Whatever was changed since the last whole file without a version was applied, and stands differently in this one.
    Whoever keeps such files does not have what came by another way: not even by an export that was changed.
    """
    applied = [one for one in versions.versions if one.means == FILE_MEANS] or list(versions.versions[:1])
    now = versions.on(day)
    if written.means == EXPORT_MEANS or not applied or now is None:
        return None
    base = applied[-1]
    since = office_differences(base.document, now.document) + file_differences(base.files, now.files)
    changed = {(one.table, one.row) for one in since} - _files_kept(versions)
    found = office_differences(now.document, written.document) + file_differences(now.files, written.files)
    lost = tuple(one for one in found if (one.table, one.row) in changed)
    return Overwritten(since=base, lost=lost) if lost else None


def _files_kept(versions: OfficeVersions) -> set[tuple[str, str]]:
    """The texts beside the document that came last from a file of their own: its keeper has them."""
    last_means = {
        (one.table, one.row): after.means
        for before, after in pairwise(versions.versions)
        for one in file_differences(before.files, after.files)
    }
    return {row for row, means in last_means.items() if means == BESIDE_MEANS}


def path_beside(name: str) -> str:
    """Where a file of this name stands beside an office's document; empty where it is the document itself."""
    if name.endswith(TEMPLATE_SUFFIX):
        return letter_path(name.removesuffix(TEMPLATE_SUFFIX))
    return name if name in {EXPRESSIONS_FILE, WORDS_FILE} else ""


def change_office(
    app: OfficeApp, edit: OfficeEdit, *, actor: str, means: str, dry_run: bool = False, accepted: bool = False
) -> OfficeChange:
    """Record a version of the office, or only try it, and return what it moves.

    AsksFirst where it makes texts be submitted again or replaces a later version, and nobody said yes to that.
    Everything that ``OfficeCommands.change_office`` refuses is refused, and a bad file changes nothing.
    """
    check_written(edit.document, edit.files)
    check_templates(app, OfficeFiles(edit.files, edit.contents))
    with app.recorder.transaction(actor=actor, means=means) as uow:
        change = uow.office.change_office(edit)
        if dry_run:
            uow.discard()
        elif change.asks and not accepted:
            raise AsksFirst(texts=len(change.impact.restarted), versions=len(change.replaced))
    return change


def check_written(document: str, files: Mapping[str, str], file: str = OFFICE_FILE) -> None:
    """BadInput, WordingWrong, WordsWrong or UnknownScheme where an office does not hold together."""
    from storage.reading.texts.wordlist_loader import load_wordlist  # noqa: PLC0415 - readers of four formats, for a change alone

    office = load_office(document, file)
    check_wording(office, file)
    load_wordlist(files.get(EXPRESSIONS_FILE, ""))
    word_tables(files.get(WORDS_FILE, ""))
    schemes = {**shipped_data.load_schemes(), **OfficeFiles(files).schemes()}
    for key, text in OfficeFiles(files).schemes().items():
        parse_scheme(key, text, f"schemes/{key}.toml")
    if office.months and office.months.scheme and office.months.scheme not in schemes:
        raise UnknownScheme(scheme=office.months.scheme, known=", ".join(sorted(schemes)))


def cases_of_emptied_roles(
    app: OfficeApp, refused: BadInput, actor: str
) -> dict[str, tuple[CaseImpact, ...]]:
    """By each role that a refused document leaves to nobody, the open cases that wait for its holder."""
    emptied = [one.found for one in refused.findings if one.rule == ROLE_UNHELD]
    if not emptied:
        return {}
    with app.recorder.transaction(actor=actor, means="") as uow:
        found = {role: uow.office.waiting_for_role(role) for role in dict.fromkeys(emptied)}
        uow.discard()
    return {role: cases for role, cases in found.items() if cases}


def case_name(one: CaseImpact) -> str:
    """A case by its number and reference."""
    return f"{one.case} {one.reference}".strip()


def record_first_version(app: OfficeApp, *, means: str = FOUNDING_MEANS) -> bool:
    """Record the office of a folder as the first version, where its log has none. False where it has one."""
    if not isinstance(app.offices, RecordedOffice) or app.offices.versions().last is not None:
        return False
    written = written_office(app)
    edit = OfficeEdit(
        document=written.document,
        files=written.files,
        contents=written.contents,
        holds_from=app.today,
        expected=0,
    )
    change_office(app, edit, actor="", means=means)
    return True


def undo_edit(versions: OfficeVersions, position: int, day: date, reason: str) -> OfficeEdit:
    """The edit that takes one change back: the last one whole, an earlier one without those that came after.

    KeyError where no such version is, or none before it; ChangedSince where the same thing was changed again.
    """
    earlier = {
        after.position: (before, after)
        for before, after in zip(versions.versions, versions.versions[1:], strict=False)
    }
    before, after = earlier[position]
    document, files = before.document, before.files
    now, last = versions.on(day), versions.versions[-1]
    if after is not last and now is not None:
        document = take_back(now.document, before.document, after.document)
        files = _files_taken_back(now.files, before.files, after.files)
    return OfficeEdit(document=document, files=files, holds_from=day, reason=reason, expected=last.position)


def _files_taken_back(
    now: Mapping[str, str], before: Mapping[str, str], after: Mapping[str, str]
) -> Mapping[str, str]:
    """What stands beside the document now, without one change of it. ChangedSince where that was changed again."""
    back = dict(now)
    for one in file_differences(before, after):
        if now.get(one.row) != after.get(one.row):
            raise ChangedSince(name=one.row)
        back[one.row] = before.get(one.row, "")
    return {path: said for path, said in back.items() if said}


def for_file(refused: BadInput, file: object) -> BadInput:
    """The same refusal, naming the file a person gave."""
    return BadInput(refused.findings, file=file)

"""One office's folder and the paths in it: the office's file, what stands beside it, its database."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from config.durable_files import make_folder, restrict_to_owner, sync_file, sync_folder, sync_tree
from config.errors import Refusal
from config.office.difference import DOCUMENT_FILE
from config.office.loader import load_office, written_slug
from config.office.model import Office
from config.os_errors import os_errors_as_refusals
from config.shipped_data import data_dir

OFFICE_FILE = DOCUMENT_FILE
EXPRESSIONS_FILE, WORDS_FILE = "expressions.toml", "words.toml"
"""The office's own rules for wording, and the expressions it wants to be heard in a chat."""
SECRET_BYTES = 32


class SecretDamaged(Refusal):
    """{file} is damaged. Delete it and start again: a new one is made, and everyone signs in anew."""


class AlreadyThere(Refusal):
    """{path} holds an office already, and nothing there is overwritten. Choose another folder."""


class NoHome(Refusal):
    """There is no office in {path}. Make one with: gongkai init {path} --sample, or name it with --home."""


PROSE_FOLDER, SCHEMES_FOLDER, LETTERS_FOLDER = "prose", "schemes", "letters"
TEMPLATE_SUFFIX, FINGERPRINT = ".docx", "sha256:"


@dataclass(frozen=True, slots=True)
class OfficeFiles:
    """What stands beside an office's document, by its path: ``prose/overview.txt``, ``letters/receipt.docx``.

    A text is held as it is; of a letter's template the fingerprint, ``sha256:…``.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """The templates that were read from files, by their fingerprint; those of the log lie in the content store."""

    def templates(self) -> dict[str, str]:
        """The prose templates by their path."""
        return {path: said for path, said in self.files.items() if path.startswith(f"{PROSE_FOLDER}/")}

    def schemes(self) -> dict[str, str]:
        """The office's own scoring schemes as written, by their key."""
        return {
            path.removeprefix(f"{SCHEMES_FOLDER}/").removesuffix(".toml"): said
            for path, said in self.files.items()
            if path.startswith(f"{SCHEMES_FOLDER}/")
        }

    def letter(self, paper: str) -> str:
        """The fingerprint of the office's own template of a letter; empty where the program's holds."""
        return self.files.get(letter_path(paper), "")

    def with_file(self, path: str, content: bytes | None) -> OfficeFiles:
        """The same with another file in this place, or none. PlaceRefused where a text is no UTF-8."""
        kept = {place: said for place, said in self.files.items() if place != path}
        if content is None:
            return OfficeFiles(kept, self.contents)
        with os_errors_as_refusals(Path(path)):
            said = _as_held(path, content)
        templates = {said: content} if path.endswith(TEMPLATE_SUFFIX) else {}
        return OfficeFiles({**kept, path: said}, {**self.contents, **templates})


def letter_path(paper: str) -> str:
    """Where the office's own template of a letter stands: ``letters/receipt.docx``."""
    return f"{LETTERS_FOLDER}/{paper}{TEMPLATE_SUFFIX}"


@dataclass(frozen=True, slots=True)
class OfficeFolder:
    """The folder of one office."""

    path: Path

    @property
    def office_file(self) -> Path:
        """The path of the office's file."""
        return self.path / OFFICE_FILE

    @property
    def database(self) -> Path:
        """The path of the database with the office's log."""
        return self.path / "gongkai.db"

    @property
    def is_vacant(self) -> bool:
        """Whether there is neither an office's file nor its database: one can be set up here."""
        return not self.office_file.exists() and not self.database.exists()

    def office(self) -> Office:
        """The office as its file describes it. Raises NoHome, or BadInput with every finding."""
        return load_office(self.document(), str(self.office_file))

    def document(self) -> str:
        """The text of the office's file. NoHome where there is none."""
        if not self.office_file.is_file():
            raise NoHome(path=self.path)
        return _read_text(self.office_file)

    def slug(self) -> str:
        """The short name in the office's file, whatever else is wrong with it; empty where it cannot be read."""
        return written_slug(self.document())

    def secret(self) -> bytes:
        """The random key that signs sessions and forms: made on first use, readable by its owner alone."""
        file = self.path / "secret.key"
        if file.is_dir():
            raise SecretDamaged(file=file)
        if not file.exists():
            self._make_secret(file)
        with os_errors_as_refusals(file):
            found = file.read_bytes().strip()
        if len(found) < 2 * SECRET_BYTES or not found.isalnum():
            raise SecretDamaged(file=file)
        return found

    def _make_secret(self, file: Path) -> None:
        handle, name = tempfile.mkstemp(dir=self.path, prefix=".secret.")  # mode 600 from the start
        with os.fdopen(handle, "w", encoding="ascii") as made:
            made.write(secrets.token_hex(SECRET_BYTES))
        sync_file(Path(name))
        # A link appears whole or not at all: of two that start at once one makes it, and both read it.
        with suppress(FileExistsError):
            os.link(name, file)
        Path(name).unlink()
        sync_folder(self.path)

    def office_files(self) -> OfficeFiles:
        """The office's own prose, schemes, letters, rules and expressions. PlaceRefused where one cannot be read."""
        found, templates = dict[str, str](), dict[str, bytes]()
        for file in self._own_files():
            path = file.relative_to(self.path).as_posix()
            with os_errors_as_refusals(file):
                content = file.read_bytes()
                found[path] = _as_held(path, content)
            if path.endswith(TEMPLATE_SUFFIX):
                templates[found[path]] = content
        return OfficeFiles(found, templates)

    def own_text(self, name: str) -> str:
        """The text of this name beside the document; empty where there is none. PlaceRefused."""
        file = self.path / name
        if not file.is_file():
            return ""
        with os_errors_as_refusals(file):
            return _as_held(name, file.read_bytes())

    def _own_files(self) -> list[Path]:
        """Every file that belongs to the office's document; not the ones that Word keeps while a template is open."""
        letters = (self.path / LETTERS_FOLDER).glob(f"*{TEMPLATE_SUFFIX}")
        single = (self.path / name for name in (EXPRESSIONS_FILE, WORDS_FILE))
        return sorted(
            [
                *(self.path / PROSE_FOLDER).rglob("*.txt"),
                *(self.path / SCHEMES_FOLDER).glob("*.toml"),
                *(file for file in letters if file.is_file() and not file.name.startswith(("~", "."))),
                *(file for file in single if file.is_file()),
            ]
        )

    def templates(self) -> dict[str, str]:
        """The prose templates by their path inside the home."""
        return self.office_files().templates()

    def letter_template(self, paper: str) -> Path:
        """Where a template of a letter is written to be edited, whether it exists or not."""
        return self.path / letter_path(paper)

    def create_files(self, *, sample: bool) -> None:
        """Write the office's file and its prose, of the sample town or to be filled in."""
        source = data_dir() / "office"
        shipped = {"prose": "prose", "prose-2023": "prose/2023"} if sample else {"prose-blank": "prose"}
        prose = {
            f"{target}/{entry.name}": entry.read_text("utf-8")
            for folder, target in shipped.items()
            for entry in (source / folder).iterdir()
        }
        self.write_office((source / ("sample.toml" if sample else "blank.toml")).read_text("utf-8"), prose)

    def write_office(self, document: str, files: Mapping[str, str]) -> None:
        """Write an office into a folder that holds none. AlreadyThere, PlaceRefused."""
        if not self.is_vacant:
            raise AlreadyThere(path=self.path)
        example = (data_dir() / "office" / EXPRESSIONS_FILE).read_text("utf-8")
        with os_errors_as_refusals(self.path):
            # The document last: what was interrupted holds no office yet, and can be done again.
            for path, text in {**files, EXPRESSIONS_FILE: example, OFFICE_FILE: document}.items():
                make_folder((self.path / path).parent)
                (self.path / path).write_text(text, "utf-8")
            restrict_to_owner(self.path)
            sync_tree([file for file in self.path.rglob("*") if file.is_file()], self.path)


def _as_held(path: str, content: bytes) -> str:
    """A file as an office's document holds it: its text, or a template's fingerprint. UnicodeDecodeError."""
    if path.endswith(TEMPLATE_SUFFIX):
        return FINGERPRINT + sha256(content).hexdigest()
    return content.decode("utf-8-sig").replace("\r\n", "\n")


def _read_text(file: Path) -> str:
    """An office file's text. PlaceRefused where it cannot be read, or was saved in another encoding."""
    with os_errors_as_refusals(file):
        return file.read_text("utf-8")

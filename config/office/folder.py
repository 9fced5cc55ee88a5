"""One office's folder and the paths in it: the office's file, its prose, schemes and templates, its database."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.durable_files import make_folder, restrict_to_owner, sync_file, sync_folder, sync_tree
from config.errors import Refusal
from config.office.difference import DOCUMENT_FILE
from config.office.loader import Office, load_office, written_slug
from config.os_errors import os_errors_as_refusals
from config.shipped_data import data_dir

OFFICE_FILE = DOCUMENT_FILE
EXPRESSIONS_FILE = "expressions.toml"


SECRET_BYTES = 32


class SecretDamaged(Refusal):
    """{file} is damaged. Delete it and start again: a new one is made, and everyone signs in anew."""


class AlreadyThere(Refusal):
    """{path} holds an office already, and nothing there is overwritten. Choose another folder."""


class NoHome(Refusal):
    """There is no office in {path}. Make one with: gongkai init {path} --sample, or name it with --home."""


PROSE_FOLDER, SCHEMES_FOLDER = "prose", "schemes"


@dataclass(frozen=True, slots=True)
class OfficeFiles:
    """The texts beside an office's document, by their path: ``prose/overview.txt``, ``schemes/own.toml``."""

    files: Mapping[str, str] = field(default_factory=dict)

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
        """The prose templates and the office's own scoring schemes. PlaceRefused where one cannot be read."""
        found = [*(self.path / PROSE_FOLDER).rglob("*.txt"), *(self.path / SCHEMES_FOLDER).glob("*.toml")]
        return OfficeFiles(
            {file.relative_to(self.path).as_posix(): _read_text(file) for file in sorted(found)}
        )

    def templates(self) -> dict[str, str]:
        """The prose templates by their path inside the home."""
        return self.office_files().templates()

    @property
    def expressions(self) -> Path | None:
        """The path of the office's own list of wrong expressions; None where it has none."""
        file = self.path / EXPRESSIONS_FILE
        return file if file.is_file() else None

    def letter_template(self, paper: str) -> Path:
        """The path of the office's own template of a paper, whether it exists or not."""
        return self.path / "letters" / f"{paper}.docx"

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


def _read_text(file: Path) -> str:
    """An office file's text. PlaceRefused where it cannot be read, or was saved in another encoding."""
    with os_errors_as_refusals(file):
        return file.read_text("utf-8")

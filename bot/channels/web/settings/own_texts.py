"""The office's own texts on the page: the report's prose, its rules for wording, and what people say in a chat.

Each is shown with what it would say or what is wrong in it before it is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from starlette.responses import Response

from bot.channels.web.request.request import LINES_PREFIX, PageRequest
from bot.channels.web.settings.change import SettingsChange, problem_text, tried_or_recorded
from bot.services.office.changes import WrittenOffice, written_office
from bot.services.office.prose_preview import prose_preview
from config.errors import BadInput, GongkaiError
from config.office.folder import EXPRESSIONS_FILE, PROSE_FOLDER, WORDS_FILE
from config.reporting.form import SECTION_KEYS
from config.shipped_data import data_dir, load_form

WORDING = (EXPRESSIONS_FILE, WORDS_FILE)


def prose_page(page: PageRequest) -> Response:
    """The templates of the report's prose, each with what it says this year."""
    return _render_prose(page)


def submit_prose(page: PageRequest) -> Response:
    """Try changed prose: the preview shows what it would say; record it where that was confirmed."""
    try:
        return tried_or_recorded(page, _sent(page, _prose_paths(written_office(page.app)), "/settings/prose"))
    except GongkaiError as refused:
        return _render_prose(page, problem_text(page, refused))


def wording_page(page: PageRequest) -> Response:
    """The office's own rules for wording, and the expressions it wants to be heard."""
    return _render_wording(page)


def submit_wording(page: PageRequest) -> Response:
    """Try changed rules or expressions, and record them where that was confirmed."""
    try:
        return tried_or_recorded(page, _sent(page, WORDING, "/settings/wording"))
    except BadInput as refused:  # the lines it names are those of the page
        found = " ".join(page.labels.book.finding(one) for one in refused.findings)
        return _render_wording(page, found)
    except GongkaiError as refused:
        return _render_wording(page, problem_text(page, refused))


def _sent(page: PageRequest, paths: tuple[str, ...], back: str) -> SettingsChange:
    """The office with these texts as they were sent; an empty one is taken away."""
    written, examples = written_office(page.app), _examples(page)
    for path in paths:
        sent = page.form.get(LINES_PREFIX + path)
        if sent is None:
            continue
        text = sent.replace("\r\n", "\n").strip()
        if path in written.files or text != examples.get(path, "").strip():
            written = written.with_file(path, f"{text}\n".encode() if text else None)
    return SettingsChange(written=written, back=back)


def _examples(page: PageRequest) -> Mapping[str, str]:
    """What stands in place of a text that the office has none of: an explanation, and examples as remarks."""
    rules = (data_dir() / "office" / EXPRESSIONS_FILE).read_text("utf-8")
    return {EXPRESSIONS_FILE: rules, WORDS_FILE: page.say("settings.words_example")}


def _render_prose(page: PageRequest, problem: str = "") -> Response:
    written = written_office(page.app)
    paths = _prose_paths(written)
    templates = {path: page.form.get(LINES_PREFIX + path, written.files[path]) for path in paths}
    said = prose_preview(page.app, {**written.files, **templates})
    return page.render(
        "settings_prose.html",
        422 if problem else 200,
        templates=templates,
        labels_of={path: _section_name(page, path) for path in paths},
        said=said.paragraphs,
        faults=[page.labels.book.finding(one) for one in said.findings],
        expected=written.position,
        problem=problem,
    )


def _render_wording(page: PageRequest, problem: str = "") -> Response:
    written = written_office(page.app)
    examples = _examples(page)
    return page.render(
        "settings_wording.html",
        422 if problem else 200,
        texts={
            path: page.form.get(LINES_PREFIX + path, written.files.get(path) or examples[path])
            for path in WORDING
        },
        expected=written.position,
        problem=problem,
    )


def _section_name(page: PageRequest, path: str) -> str:
    """What a section of the report is called, as its form has it; its path where the form has none."""
    stem = PurePosixPath(path).stem
    headings = dict(zip(SECTION_KEYS, load_form().headings, strict=True))
    return headings.get(stem) or page.labels.book.phrases.get(f"setup.prose.{stem}", path)


def _prose_paths(written: WrittenOffice) -> tuple[str, ...]:
    prose = f"{PROSE_FOLDER}/"
    return tuple(sorted(path for path in written.files if path.startswith(prose) and path.count("/") == 1))

"""The templates of the letters: how each reads now, a copy to edit in Word or WPS, and an edited one to take in.

A template is part of the office: an edited one is shown as a letter, then with what it changes like every change of
the settings, and the one before can be brought back.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.settings.change import SettingsChange, problem_text, tried_or_recorded
from bot.channels.web.texts.downloads import DOCX_MEDIA_TYPE, as_download
from bot.services.letters.letter_templates import former_template, letters_of, template_lines
from bot.services.office.changes import WrittenOffice, versions_of, written_office
from config.errors import GongkaiError, Refusal
from config.office.folder import letter_path
from storage.documents.letters.catalogue import LetterSource

TRY, KEEP, USUAL, FORMER = "try", "keep", "usual", "former"


class NoTemplateSent(Refusal):
    """No file came. Choose the edited template, a .docx, and try it again."""


class TemplateRanOut(Refusal):
    """The tried template is no longer held. Choose the file again."""


@dataclass(frozen=True, slots=True)
class TriedTemplate:
    """A template that was tried and waits for its confirmation."""

    paper: str
    content: bytes


def templates_page(page: PageRequest) -> Response:
    """Every letter, and whether its template is the office's own."""
    beside = page.app.office_files
    rows = [(paper, bool(beside.letter(paper.key))) for paper in letters_of(page.app).values()]
    return page.render("settings_letters.html", rows=rows)


def template_page(page: PageRequest) -> Response:
    """How one letter reads by the template in force."""
    return _render(page, _paper(page))


def template_file(page: PageRequest) -> Response:
    """The template in force as a Word file, to be edited."""
    from storage.documents.letters.template_layout import default_template  # noqa: PLC0415 - half a second

    paper = _paper(page)
    content = page.app.letter_template(paper.key) or default_template(paper)
    return as_download(content, f"{paper.label}.docx", DOCX_MEDIA_TYPE)


def submit_template(page: PageRequest) -> Response:
    """Try an edited template and show the letter; or show what the tried, the usual or the former one changes.

    It is recorded where that was confirmed.
    """
    paper, act = _paper(page), page.form.get("act", "")
    try:
        if act == TRY:
            return _tried(page, paper)
        changed = SettingsChange(written=_changed(page, paper, act), back=page.request.url.path)
        return tried_or_recorded(page, changed)
    except NoSuchPage:
        raise
    except GongkaiError as refused:
        return _render(page, paper, problem=problem_text(page, refused))


def _tried(page: PageRequest, paper: LetterSource) -> Response:
    if not page.files or page.session is None:
        raise NoTemplateSent
    content = page.files[0].content
    lines = template_lines(page.app, paper, content)
    token = page.web_app.held_results.hold(page.session.id, TriedTemplate(paper.key, content), len(content))
    return _render(page, paper, tried=token, lines=lines)


def _changed(page: PageRequest, paper: LetterSource, act: str) -> WrittenOffice:
    """The office with the chosen template; without one the program's own holds. TemplateRanOut, NoSuchPage."""
    written, path = written_office(page.app), letter_path(paper.key)
    if act == USUAL:
        return written.with_file(path, None)
    if act == FORMER:
        return written.with_mark(path, former_template(versions_of(page.app), paper))
    if act != KEEP or page.session is None:
        raise NoSuchPage
    held = page.web_app.held_results.find(page.session.id, page.form.get("tried", ""))
    if not isinstance(held, TriedTemplate) or held.paper != paper.key:
        raise TemplateRanOut
    return written.with_file(path, held.content)


def _render(
    page: PageRequest,
    paper: LetterSource,
    *,
    tried: str = "",
    lines: tuple[str, ...] = (),
    problem: str = "",
) -> Response:
    own = page.app.letter_template(paper.key)
    return page.render(
        "settings_letter.html",
        422 if problem else 200,
        paper=paper,
        lines=lines or template_lines(page.app, paper, own),
        tried=tried,
        own=own is not None,
        former=bool(former_template(versions_of(page.app), paper)),
        problem=problem,
    )


def _paper(page: PageRequest) -> LetterSource:
    found = letters_of(page.app).get(page.request.path_params["paper"])
    if found is None:
        raise NoSuchPage
    return found

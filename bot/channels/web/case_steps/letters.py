"""The letters of a case: each one press away, with what is still missing named beside it.

What is said for a letter goes into its file and nowhere else; the log learns of a letter when its step is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from starlette.responses import Response

from bot.channels.web.request.forms import WebField, WebForm, read_text
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.viewer import viewing
from bot.channels.web.texts.downloads import DOCX_MEDIA_TYPE, as_download
from bot.dialog.permissions import may_open_files
from bot.services.letters.case_letters import (
    ANSWER,
    FeeCounts,
    LetterInput,
    chosen_letter,
    letter_file_name,
    letter_input,
    may_be_said,
    ranked_letters,
)
from config.errors import GongkaiError
from config.findings import Finding
from storage.documents.letters.catalogue import (
    TODAY,
    LetterSource,
    chinese_day,
    letter_sources,
    needed_fields,
    template_names,
)
from storage.events.events import Stepped

COUNTS = ("items", "before", "pages")
PAGE_RULES = ("unsaid", "unsaid_contacts", "unsaid_applicant", "unsaid_fee", "unsaid_step", "contradicts")
"""The findings about a fact, which a command answers with an option and the page with a field."""
COUNT_PREFIX, SAID_PREFIX = "count.", "said."
MAX_COUNT = 1_000_000  # units; far above any request
FEE_FACT = "fee_basis"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """One letter in the list: its key and name, and the labels of what is missing for it."""

    key: str
    label: str
    missing: tuple[str, ...]
    unconfirmed: str
    """What of it was not read in a source."""
    provisional_year: int | None
    """The year whose holiday notice may still move the date it states."""
    has_occasion: bool
    """Whether the step it rests on is recorded; true of a letter that rests on none."""


def letters_page(page: PageRequest) -> Response:
    """The letters that this case can send, the one to be written now first: notices, and each outcome's answer."""
    matter = readable_matter(page)
    rows = [_letter_row(matter, paper) for paper in ranked_letters(matter)]
    wanted = f"{ANSWER}.{matter.outcome}" if matter.outcome else f"{ANSWER}."
    return page.render(
        "case_letters.html",
        case=matter.case,
        notices=[row for row in rows if not row.key.startswith(f"{ANSWER}.")],
        answers=[row for row in rows if row.key.startswith(wanted)],
    )


def letter_page(page: PageRequest) -> Response:
    """The form of one letter: what is missing first, then what is known and may be worded otherwise."""
    matter = readable_matter(page)
    return _render_letter(page, matter, _chosen(page, matter))


def write_letter(page: PageRequest) -> Response:
    """The letter as a Word file; what is missing or wrong is named above its form."""
    matter = readable_matter(page)
    paper = _chosen(page, matter)
    try:
        content = matter.write(paper, read_said(page, paper), read_counts(page))
    except GongkaiError as refused:
        return _render_letter(page, matter, paper, problem_lines(page, refused))
    return as_download(content, letter_file_name(matter.case, paper), DOCX_MEDIA_TYPE)


def letter_file(page: PageRequest) -> Response:
    """The letter from what is known alone, in one press; its form where something is missing."""
    matter = readable_matter(page)
    paper = _chosen(page, matter)
    try:
        content = matter.write(paper, {})
    except GongkaiError as refused:
        return _render_letter(page, matter, paper, problem_lines(page, refused))
    return as_download(content, letter_file_name(matter.case, paper), DOCX_MEDIA_TYPE)


def readable_matter(page: PageRequest) -> LetterInput:
    """The case with what its letters need. NoSuchPage where the user may not read who applied, or it sends none."""
    with viewing(page) as viewer:
        case, duty = viewer.case(page.path_number("number"))
        if not letter_sources(duty) or not may_open_files(viewer.context, case, duty):
            raise NoSuchPage
    return letter_input(page.app, case)


def letter_fields(page: PageRequest, matter: LetterInput, paper: LetterSource) -> Iterator[WebField]:
    """The fields of what is missing, then of what is known; a value of the applicant's is never sent out again."""
    counts = read_counts(page)
    known = matter.known_facts(paper, counts)
    for count in COUNTS if FEE_FACT in {field.key for field in needed_fields(paper)} else ():
        label = page.say(f"case_letters.count.{count}")
        yield WebField(
            name=COUNT_PREFIX + count,
            label=label,
            kind="number",
            value=page.form.get(COUNT_PREFIX + count, ""),
        )
    missing = {field.key for field in matter.missing_fields(paper, known)}
    for field in sorted(needed_fields(paper), key=lambda field: field.key not in missing):
        if not may_be_said(paper, field, known):
            continue
        name = SAID_PREFIX + field.key
        personal = field.key == "applicant"
        yield WebField(
            name=name,
            label=page.say("case_letters.field.missing", label=field.label)
            if field.key in missing and not page.form.get(name)
            else field.label,
            kind="area" if field.key in LONG_FACTS else "text",
            rows=3,
            hint=page.say("case_letters.field.known_personal")
            if personal and field.key not in missing
            else "",
            value=page.form.get(name, "" if personal else known.get(field.key, "")),
        )


def date_field(page: PageRequest, paper: LetterSource) -> WebField:
    """The date of an answer, which is signed before it is sent: it bears the day on which it is to be sent."""
    name = SAID_PREFIX + TODAY
    shown = page.form.get(name, "") or chinese_day(page.app.today)
    return WebField(name=name, label=template_names(paper.kind)[TODAY], kind="text", value=shown)


LONG_FACTS = frozenset({"content", "reason", "withheld", "search_result", "special_rules", "items", "result"})
"""Facts that are sentences."""


def read_said(page: PageRequest, paper: LetterSource) -> dict[str, str]:
    """What was said for the letter, by key. TooLong."""
    asked = {field.key: field.label for field in needed_fields(paper)}
    asked[TODAY] = template_names(paper.kind)[TODAY]
    found = {key: read_text(SAID_PREFIX + key, label, page.form) for key, label in asked.items()}
    return {key: value for key, value in found.items() if value}


def read_counts(page: PageRequest) -> FeeCounts:
    """What the fee is counted by; nothing where it was not said, or is no number."""
    sent = {name: page.form.get(COUNT_PREFIX + name, "") for name in COUNTS}
    whole = {name: int(text) for name, text in sent.items() if text.isascii() and text.isdigit()}
    return FeeCounts(**{name: count for name, count in whole.items() if count <= MAX_COUNT})


def problem_lines(page: PageRequest, refused: GongkaiError) -> tuple[str, ...]:
    """A refusal with every finding it holds, one sentence each."""
    found = getattr(refused, "findings", ())
    lines = tuple(_finding_line(page, one) for one in found)
    return lines or (page.labels.book.error(refused),)


def _finding_line(page: PageRequest, finding: Finding) -> str:
    """A finding as the page says it: what is missing is filled in here, not given to a command."""
    rule = finding.rule.removeprefix("letters.")
    if rule not in PAGE_RULES:
        return page.labels.book.finding(finding)
    words = {**finding.words, "expected": finding.expected, "found": finding.found}
    return page.say(f"case_letters.lack.{rule}", **words)


def _letter_row(matter: LetterInput, paper: LetterSource) -> LetterRow:
    known: Mapping[str, str] = matter.known_facts(paper)
    missing = tuple(field.label for field in matter.missing_fields(paper, known))
    steps = [record for record in matter.case.records if isinstance(record, Stepped)]
    return LetterRow(
        key=paper.key,
        label=paper.label,
        missing=missing,
        unconfirmed=paper.unconfirmed,
        provisional_year=matter.provisional_year(paper, known),
        has_occasion=not paper.steps or any(paper.rests_on(one.step, one.facts) for one in steps),
    )


def _chosen(page: PageRequest, matter: LetterInput) -> LetterSource:
    name = str(page.request.path_params["paper"])
    if name not in letter_sources(matter.duty):
        raise NoSuchPage
    return chosen_letter(matter, name)


def _render_letter(
    page: PageRequest, matter: LetterInput, paper: LetterSource, problems: tuple[str, ...] = ()
) -> Response:
    known = matter.known_facts(paper)
    form = WebForm(
        key="write",
        title=paper.label,
        button=page.say("case_letters.write"),
        web_fields=tuple(letter_fields(page, matter, paper)),
        action=f"/cases/{matter.case.number}/letters/{paper.key}",
    )
    return page.render(
        "case_letter.html",
        422 if problems else 200,
        case=matter.case,
        form=form,
        problems=problems or [_finding_line(page, one) for one in matter.unrecorded(paper, known)],
        unconfirmed=paper.unconfirmed,
        provisional_year=matter.provisional_year(paper, known),
    )

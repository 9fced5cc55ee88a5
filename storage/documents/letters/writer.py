"""Writes a letter: the office's own template, or the default one, with the facts of a case or with their names.

Nothing is ever left blank: facts that a template asks for and that are unknown are all named in one refusal.
Templates are the office's, so they run in a sandbox; facts are escaped, so that & and < stay what they are.
The applicant's name goes into the letter and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from io import BytesIO

from docx import Document
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from config.errors import BadInput
from config.findings import Finding
from storage.documents.layout.deterministic_zip import repack
from storage.documents.layout.text import printable
from storage.documents.letters import catalogue
from storage.documents.letters.catalogue import (
    LEGAL_BASIS,
    NAME_PATTERN,
    REMEDY,
    TODAY,
    LetterSource,
    chinese_day,
)
from storage.documents.letters.template_layout import default_template
from storage.documents.letters.template_repair import RepairedTemplate, join_split_placeholders
from storage.isolation.isolated_reading import isolated

STAND_IN = "〔{}〕"
"""How a fact is shown that is not known yet."""
NEW_PARAGRAPH, NEW_LINE = "\a", "\n"  # the library's signs for both
_TEMPLATE_ERRORS = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a faulty template can raise while it runs; anything else is a fault of the program and flies."""

FactTexts = Mapping[str, str]


class LetterNotWritten(BadInput):
    """The {paper} was not written: {count} findings. Complete them and write it again."""


def write_letter(
    paper: LetterSource,
    template: bytes | None,
    facts: FactTexts,
    day: date,
    *,
    reader: str = catalogue.EITHER_WORD,
) -> bytes:
    """The letter of this day as a Word file: the same bytes for the same facts.

    ``facts`` have the keys of ``needed_fields(paper)``; the day itself, the remedies and, unless given, the legal
    basis are filled in, and ``reader`` where the template says 你（单位）. LetterNotWritten names everything that is
    missing or wrong in the template at once.
    """
    mended = join_split_placeholders(template or default_template(paper), paper.label)
    _raise_findings(paper, [*_unreadable_tags(mended)])
    known = _known_facts(paper, facts, day)
    used = _used_names(paper, mended)
    _raise_findings(
        paper,
        [*_wrong_names(paper, used), *_left_out_names(paper, used, day), *_missing_facts(paper, used, known)],
    )
    return _render(paper, mended, known, reader)


@isolated("name")
def preview_letter(
    paper: LetterSource,
    template: bytes | None,
    name: str,  # noqa: ARG001 - a refusal of the child process names the file by it
    day: date,
) -> tuple[str, ...]:
    """The lines of a letter written by a template, or by the default one; empty lines are left out.

    Raises LetterNotWritten for a template that no letter could be written by, and Unreadable where ``name`` is no
    Word file.
    """
    facts = {key: STAND_IN.format(label) for key, label in catalogue.template_names(paper.kind).items()}
    written = Document(BytesIO(write_letter(paper, template, facts, day)))
    lines = (
        "".join(part.text or "" for part in line.iter(qn("w:t")))
        for line in written.element.body.iter(qn("w:p"))
    )
    return tuple(line for line in lines if line.strip())


def _raise_findings(paper: LetterSource, findings: list[Finding]) -> None:
    if findings:
        raise LetterNotWritten(findings, paper=paper.label)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    environment.globals.clear()  # a template knows the facts and nothing else
    del environment.filters["safe"]  # it would let a fact's < break the file
    return environment


def _known_facts(paper: LetterSource, facts: FactTexts, day: date) -> dict[str, str]:
    """Every fact by its key as clean text, with those derived from the day."""
    keys = catalogue.template_names(paper.kind)
    known = {key: _clean_fact(facts.get(key, "")) for key in keys}
    known[TODAY] = chinese_day(day)
    known[LEGAL_BASIS] = catalogue.legal_basis(paper, known[LEGAL_BASIS])
    labels = {label: known[key] for key, label in keys.items()}
    remedy = catalogue.remedy_text(paper, day)
    known[REMEDY] = NAME_PATTERN.sub(lambda name: labels[name.group(1)], remedy)
    return known


def _clean_fact(fact: str) -> str:
    """A fact as it is set into a sentence, without a full stop at its end, which the template has."""
    return printable(fact).strip().rstrip("。").rstrip()


def _used_names(paper: LetterSource, mended: RepairedTemplate) -> list[str]:
    """The names that the template uses, in its order, and after them those of the remedy."""
    try:
        found = _names_in(mended.content)
    except TemplateSyntaxError as error:
        raise LetterNotWritten([_template_finding(error)], paper=paper.label) from error
    text = " ".join(mended.tags)
    ordered = sorted(found, key=lambda name: (text.find(name), name))
    return list(dict.fromkeys(catalogue.names_with_remedy(paper, ordered)))


@lru_cache(maxsize=32)  # as many as there are repaired templates at hand
def _names_in(template: bytes) -> frozenset[str]:
    return frozenset(DocxTemplate(BytesIO(template)).get_undeclared_template_variables(_environment()))


def _unreadable_tags(mended: RepairedTemplate) -> Iterator[Finding]:
    for near in mended.unpaired:
        yield Finding(rule="letters.unpaired", found=near)
    environment = _environment()
    for tag in dict.fromkeys(tag for tag in mended.tags if tag.startswith("{{")):
        try:
            environment.parse(tag)
        except TemplateSyntaxError:
            yield Finding(rule="letters.syntax", found=tag)


def _wrong_names(paper: LetterSource, used: list[str]) -> Iterator[Finding]:
    keys = catalogue.template_names(paper.kind)
    known = {*keys, *keys.values()}
    for name in used:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            rule = "letters.misspelt_name" if near else "letters.unknown_name"
            words = {"names": "、".join(keys.values())}
            yield Finding(rule=rule, found=name, expected="".join(near), words=words)


def _left_out_names(paper: LetterSource, used: list[str], day: date) -> Iterator[Finding]:
    """The names that the outcome's answer must use and that the office's template left out."""
    labels = catalogue.template_names(paper.kind)
    for key in catalogue.required_names(paper, day):
        if key not in used and labels[key] not in used:
            yield Finding(rule="letters.left_out", expected=labels[key], basis=paper.article)


def _missing_facts(paper: LetterSource, used: list[str], known: Mapping[str, str]) -> Iterator[Finding]:
    for key, label in catalogue.template_names(paper.kind).items():
        if not known[key] and (key in used or label in used):
            yield Finding(rule="letters.missing", place=key, expected=label)


def _render(paper: LetterSource, mended: RepairedTemplate, known: Mapping[str, str], reader: str) -> bytes:
    end = NEW_PARAGRAPH if mended.can_split_paragraphs else NEW_LINE
    values = {key: _escape(value.replace("\n", end)) for key, value in known.items()}
    labelled = {label: values[key] for key, label in catalogue.template_names(paper.kind).items()}
    letter, written = DocxTemplate(BytesIO(mended.content)), BytesIO()
    letter.init_docx()
    for text in letter.docx.element.iter("{*}t"):  # before the facts are filled in, whose words stay
        text.text = (text.text or "").replace(catalogue.EITHER_WORD, reader)
    try:
        letter.render({**values, **labelled}, _environment(), autoescape=True)
    except _TEMPLATE_ERRORS as error:
        raise LetterNotWritten([_template_finding(error)], paper=paper.label) from error
    letter.save(written)
    return repack(written.getvalue())


def _escape(value: str) -> Markup:
    """Escape a value: the library reads “{_{” as its own mark, also in values."""
    return Markup(str(escape(value)).replace("_", "&#95;"))  # noqa: S704 - escaped the moment before


def _template_finding(error: Exception) -> Finding:
    return Finding(rule="letters.template", words={"problem": str(error)})

"""Gathers the facts of a letter from the case, the office, the applicant and the fee, and names what is missing.

Where each fact comes from is data (``config/data/letters/<kind>``): a source, or a field of the step that the letter
rests on. Facts that dates and sums depend on come from the case alone: a letter with another value is refused, or the
applicant would be told one day and the office reminded of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from difflib import get_close_matches

from config.declarations.duty import Duty
from config.declarations.terms import Restart
from config.findings import Finding
from config.office.model import Office
from scheduler.letters.fees import Fee, FeeLine
from scheduler.letters.sheet_facts import CaseSheet, field_words
from scheduler.terms.deadlines import CLOSED, DueDate
from storage.content.applicant import Applicant
from storage.documents.letters import catalogue
from storage.documents.letters.catalogue import LEGAL_BASIS, TODAY, LetterSource, chinese_day
from storage.events.case import Case
from storage.events.events import Closed, Stepped

DUE_SOURCE = "case.due"
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
HINTS: Mapping[str, str] = {
    "contacts": "unsaid_contacts",
    "applicant": "unsaid_applicant",
    "fee": "unsaid_fee",
}
"""The rule that says how to supply a missing fact, by the source it should come from."""


def letter_facts(
    paper: LetterSource,
    case: Case,
    duty: Duty,
    office: Office,
    due: DueDate,
    *,
    applicant: Applicant | None = None,
) -> dict[str, str]:
    """Return every known fact of the letter, by key.

    A letter about a step that moves the due date has no due date until the step is recorded.
    """
    taken = _step_taken(paper, case)
    known = _known_facts(paper, case, office, due, applicant or Applicant()) | _recorded_facts(case, duty)
    known["case.received_on"] = _received_on(case, duty)
    if paper.steps and taken is None:
        known[DUE_SOURCE] = ""
    if paper.rows:
        known |= _sheet_facts(paper, case, duty, office, due) | _unrecorded(paper, known)
    found = {key: known.get(source, "") for key, source in catalogue.fact_sources(paper.kind).items()}
    recorded = _step_facts(taken, duty) if taken else {}
    return {**recorded, **{key: value for key, value in found.items() if value}}


def fee_facts(paper: LetterSource, fee: Fee) -> dict[str, str]:
    """Return the facts of a letter about a fee: its amount in yuan, and how it was counted."""
    words = catalogue.fee_words(paper.kind, fee.basis)
    bands = "；".join(_fee_line(line, words) for line in fee.lines)
    basis = f"{words['title'].format(before=fee.before)}：{bands}"
    known = {"fee.amount_yuan": str(fee.amount_yuan), "fee.basis": basis}
    return {
        key: known[source] for key, source in catalogue.fact_sources(paper.kind).items() if source in known
    }


def outcome_of(case: Case, due: DueDate) -> str:
    """Return the outcome of a closed case; empty while it is open, also after it was reopened."""
    ends = [record.outcome for _, record in case.timeline if isinstance(record, Closed)]
    return ends[-1] if ends and due.state == CLOSED else ""


def read_settings(kind: str, settings: Sequence[str]) -> tuple[dict[str, str], list[Finding]]:
    """Read settings ``NAME=VALUE``, NAME in either language; findings name the faulty ones without their values."""
    labels = {
        key: label for key, label in catalogue.template_names(kind).items() if key in _settable_keys(kind)
    }
    known = {**{key: key for key in labels}, **{label: key for key, label in labels.items()}}
    given: dict[str, str] = {}
    findings = []
    for place, setting in enumerate(settings, 1):
        name, separator, value = (part.strip() for part in setting.partition("="))
        if separator and value and name in known:
            given[known[name]] = _formatted_value(value)
        else:
            findings.append(_setting_finding(place, name if separator else "", labels, known))
    return given, findings


def merge_layers(
    paper: LetterSource, layers: Sequence[Mapping[str, str]]
) -> tuple[dict[str, str], list[Finding]]:
    """Merge layers of facts, later ones over earlier; a finding names each fixed fact on which two differ."""
    labels, fixed = catalogue.template_names(paper.kind), catalogue.fixed_keys(paper.kind)
    facts: dict[str, str] = {}
    findings = []
    for layer in layers:
        for key, value in layer.items():
            if key in fixed and facts.get(key, value) != value:
                words = {"label": labels[key]}
                findings.append(
                    Finding(
                        rule="letters.contradicts", place=key, found=value, expected=facts[key], words=words
                    )
                )
        facts |= layer
    return facts, findings


def with_hints(findings: Sequence[Finding], paper: LetterSource, duty: Duty, case: int) -> Iterator[Finding]:
    """Yield the findings; one about a missing fact gets the hint how to supply it."""
    for finding in findings:
        if finding.rule != "letters.missing":
            yield finding
            continue
        rule, step = _hint(finding.place, paper, duty)
        words = {**finding.words, "name": finding.place, "case": str(case), "step": step}
        yield replace(finding, rule=f"letters.{rule}", words=words)


def unrecorded_facts(
    paper: LetterSource, case: Case, duty: Duty, known: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield a finding for each fact that the recorded step alone gives, and that nothing recorded gives.

    Its rule says what comes first: the step, or, once that is recorded, the end of what its date waits for.
    """
    labels, steps = catalogue.template_names(paper.kind), (duty.step(key) for key in paper.steps)
    rule = "unrecorded_date" if _step_taken(paper, case) else "unrecorded_step"
    words = {"case": str(case.number), "step": "、".join(step.label for step in steps if step)}
    for key in paper.recorded:
        if not known.get(key):
            yield Finding(rule=f"letters.{rule}", place=key, expected=labels[key], words=words)


def says_provisional_day(paper: LetterSource, due: DueDate, known: Mapping[str, str]) -> bool:
    """Whether the letter states a due date that may move with a holiday notice not yet published."""
    sources = catalogue.fact_sources(paper.kind)
    asked = (field.key for field in catalogue.needed_fields(paper))
    return due.provisional and any(sources.get(key) == DUE_SOURCE and known.get(key) for key in asked)


def _hint(key: str, paper: LetterSource, duty: Duty) -> tuple[str, str]:
    """Return the rule of the hint, and the label of the step that would have supplied the fact."""
    source = catalogue.fact_sources(paper.kind).get(key, "")
    for declared in (duty.step(step) for step in paper.steps):
        if declared and (source == DUE_SOURCE or key in {asked.key for asked in declared.fields}):
            return HINTS.get(source.partition(".")[0], "unsaid_step"), declared.label
    return HINTS.get(source.partition(".")[0], "unsaid"), ""


def _known_facts(
    paper: LetterSource, case: Case, office: Office, due: DueDate, applicant: Applicant
) -> dict[str, str]:
    """Return the facts that are known without a step, by source."""
    opening, contacts = case.opening, office.contacts
    known = {f"contacts.{field.name}": str(getattr(contacts, field.name)) for field in fields(contacts)}
    known |= {
        "office.name": office.name,
        "applicant.name": applicant.name,
        "applicant.contact": applicant.contact,
        DUE_SOURCE: _due_words(paper, due),
    }
    if opening:
        known["case.reference"] = opening.reference
    return known


def _received_on(case: Case, duty: Duty) -> str:
    """Return the day of receipt: of the opening, or of a step that takes its place."""
    later = [step.key for step in duty.steps if isinstance(step.effect, Restart) and step.effect.receipt]
    found = case.last_step(*later) or case.opening
    return chinese_day(found.happened_on) if found else ""


def _recorded_facts(case: Case, duty: Duty) -> dict[str, str]:
    """Return what the opening and the newest of each step say, by source."""
    known = {f"opening.{field.key}": field_words(field, case.facts) for field in duty.fields}
    for taken in case.steps:
        known |= {f"step.{taken.step}.{key}": words for key, words in _step_facts(taken, duty).items()}
    return known


def _sheet_facts(paper: LetterSource, case: Case, duty: Duty, office: Office, due: DueDate) -> dict[str, str]:
    """Return what the case as a whole says in a table, by source."""
    words = catalogue.sheet_words(paper.kind)
    sheet = CaseSheet(case=case, duty=duty, office=office, due=due, words=words)
    return {**sheet.facts(), "sheet.term": sheet.term(_due_words(paper, due))}


def _unrecorded(paper: LetterSource, known: Mapping[str, str]) -> dict[str, str]:
    """Return what a table says of the facts that nothing recorded tells, by source."""
    sources = catalogue.fact_sources(paper.kind)
    return {
        sources[key]: words
        for key, words in catalogue.unrecorded_words(paper.kind).items()
        if not known.get(sources[key])
    }


def _due_words(paper: LetterSource, due: DueDate) -> str:
    if due.day is None:
        return ""
    day, inside = chinese_day(due.day), bool(paper.rows)
    return catalogue.provisional_day_words(paper.kind, day) if inside and due.provisional else day


def _step_taken(paper: LetterSource, case: Case) -> Stepped | None:
    """Return the latest step that the letter rests on; None where it was not taken."""
    fitting = (step for step in reversed(case.steps) if paper.rests_on(step.step, step.facts))
    return next(fitting, None)


def _step_facts(taken: Stepped, duty: Duty) -> dict[str, str]:
    declared = duty.step(taken.step)
    found = {asked.key: field_words(asked, taken.facts) for asked in (declared.fields if declared else ())}
    return {key: value for key, value in found.items() if value}


def _fee_line(line: FeeLine, words: Mapping[str, str]) -> str:
    band = words["band" if line.band.last else "open"].format(first=line.band.first, last=line.band.last)
    text = words["paid" if line.band.yuan else "free"]
    return text.format(band=band, count=line.count, yuan=line.band.yuan, amount=line.amount_yuan)


def _settable_keys(kind: str) -> set[str]:
    """Return the keys a clerk can set: every fact that is asked for, the legal basis, to narrow it, and the date."""
    return {*catalogue.asked_keys(kind), LEGAL_BASIS, TODAY}


def _formatted_value(value: str) -> str:
    """Write a day in ISO form as papers write it; return everything else unchanged."""
    try:
        return chinese_day(date.fromisoformat(value)) if _ISO_DAY.fullmatch(value) else value
    except ValueError:
        return value


def _setting_finding(place: int, name: str, labels: Mapping[str, str], known: Mapping[str, str]) -> Finding:
    near = get_close_matches(name, known, n=1)
    names = "、".join(f"{key} {label}" for key, label in labels.items())
    rule = "empty_setting" if name in known else "misspelt_setting" if near else "no_setting"
    words = {"at": str(place), "names": names}
    found = name if name in known else ""  # any other word may be somebody's name
    return Finding(
        rule=f"letters.{rule}", place=f"--set {place}", found=found, expected="".join(near), words=words
    )

"""The steps of a set-up: shows each with what was entered, and keeps what is sent, whether it is complete or not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from starlette.responses import RedirectResponse, Response

from bot.channels.web.request.forms import WebField, WebForm
from bot.channels.web.request.request import LINES_PREFIX
from bot.channels.web.setup.site import MAX_ROSTER_BYTES, SetupRequest
from bot.channels.web.texts.downloads import XLSX_MEDIA_TYPE, as_download
from bot.services.office.founding import described_schemes
from bot.services.office.prose_preview import draft_preview
from bot.services.office.roster import RosterRow, judge_rows, read_roster, roster_template
from bot.services.office.setup_draft import DEFAULTS, PROPOSED_DATES, STEPS, SetupDraft
from bot.services.office.setup_entry import (
    read_column,
    read_due_number,
    read_hosts,
    read_month_day,
    read_names,
    read_short_name,
    read_whole_number,
)
from config import shipped_data
from config.clock import office_day
from config.declarations.website_freshness import FRESHNESS_RULES
from config.errors import BadInput, GongkaiError, Refusal
from config.office.model import OFFICE_LEVELS, SCOPES

EMPTY_ROWS = 4
VILLAGE_ENDINGS = ("村", "社区", "居委会", "村委会")
"""How the name of a place ends that reports like a village."""
ANSWER_STEPS: Mapping[str, tuple[str, ...]] = {
    "office": ("short_name", "county", "level", "scope", "name"),
    "months": ("months.due", "months.due_number", "months.grace", "months.minimum", "months.scheme"),
    "website": ("hosts", "reconsideration_organ", "court", "contact", "pay_to"),
}
"""The steps whose fields are plain answers, with their keys."""
WHOLE_NUMBERS = ("months.due_number", "months.grace", "months.minimum")
PROSE_SECTIONS = ("preamble", "overview", "problems", "other")


class RosterTooLarge(Refusal):
    """{file} is larger than 4 MB. A roster of posts is a few pages: take the sheet alone."""


def first_step(page: SetupRequest) -> Response:
    """Go to the first step that lacks something."""
    lacking = (step for step in STEPS if page.draft.missing(step))
    return RedirectResponse(f"/setup/{next(lacking, 'finish')}", 303)


def step_page(page: SetupRequest) -> Response:
    """One step, with what was entered."""
    step = page.request.path_params["step"]
    return _render(page, step) if step in FORMS else RedirectResponse("/setup", 303)


def save_step(page: SetupRequest) -> Response:
    """Keep what was sent and go to the next step; a step that cannot be read is shown again with everything typed."""
    step = page.request.path_params["step"]
    if step not in SAVERS:
        return RedirectResponse("/setup", 303)
    try:
        SAVERS[step](page)
    except GongkaiError as refused:
        return _render(page, step, problem=page.site.book.error(refused), status=422)
    if step not in page.draft.seen:
        page.draft.seen.append(step)
    page.draft.save(page.site.home.path)
    if page.files:
        return RedirectResponse(f"/setup/{step}?read=1", 303)
    stay = page.form.get("act") in {"more", "places"} or (step == "people" and page.draft.missing(step))
    stay = stay or (step == "signers" and page.draft.clashes())
    return RedirectResponse(f"/setup/{step if stay else STEPS[STEPS.index(step) + 1]}", 303)


def template_file(page: SetupRequest) -> Response:
    """The roster to fill in, with a row for each department and two for each village."""
    content = roster_template(page.draft.departments, page.draft.villages)
    return as_download(content, "人员名册.xlsx", XLSX_MEDIA_TYPE)


def _render(page: SetupRequest, step: str, problem: str = "", status: int = 200) -> Response:
    if step not in page.draft.seen:
        _mark_seen(page, step)
    form = FORMS[step](page)
    form = form.resubmitted(page.form, problem) if problem else form
    read = page.request.query_params.get("read", "") == "1" and not problem
    bad = len({one.line for one in judge_rows(page.draft.people, page.draft.places)})
    rows = [*page.draft.people, *(RosterRow("") for _ in range(EMPTY_ROWS))] if step == "people" else []
    return page.render(
        "setup_step.html",
        status,
        step=step,
        form=form,
        rows=rows,
        unknown=_unknown_places(page.draft),
        read=page.say("setup.roster.taken", count=len({row.post for row in page.draft.people} - {""}))
        if read
        else "",
        left=page.say("setup.roster.left", count=bad) if read and bad else "",
        problem=problem,
        here=STEPS.index(step) + 1,
        said=_prose_said(page) if step == "prose" else (),
    )


def _prose_said(page: SetupRequest) -> tuple[str, ...]:
    """What the prose would print of a year without a record, or what is wrong with it.

    Empty while the office cannot be founded yet.
    """
    if not page.draft.is_ready:
        return ()
    try:
        return draft_preview(page.draft, office_day(page.site.clock.now()).year)
    except BadInput as refused:
        return tuple(page.site.book.finding(one) for one in refused.findings)


def _mark_seen(page: SetupRequest, step: str) -> None:
    """Keep that a step was opened, beside what is kept of the others: a refused form has changed the draft."""
    page.draft.seen.append(step)
    kept = SetupDraft.load(page.site.home.path)
    kept.seen.append(step)
    kept.save(page.site.home.path)


def _form(page: SetupRequest, step: str, *fields: WebField) -> WebForm:
    return WebForm(
        key=step,
        title=page.say(f"setup.step.{step}"),
        button=page.say("setup.next"),
        web_fields=fields,
        action=f"/setup/{step}",
    )


def _answer_field(page: SetupRequest, key: str, **more: object) -> WebField:
    made = WebField(
        name=key,
        label=page.say(f"setup.field.{key}"),
        value=page.draft.answers.get(key, ""),
        hint=page.site.book.phrases.get(f"setup.hint.{key}", ""),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def _office_form(page: SetupRequest) -> WebForm:
    return _form(
        page,
        "office",
        _answer_field(page, "short_name"),
        _answer_field(page, "county"),
        _answer_field(page, "level", kind="choice", choices=tuple(OFFICE_LEVELS.items())),
        _answer_field(page, "name"),
        _answer_field(page, "scope", kind="choice", choices=tuple(SCOPES.items())),
    )


def _places_form(page: SetupRequest) -> WebForm:
    fields = (
        WebField(
            name=key,
            label=page.say(f"setup.field.{key}"),
            kind="area",
            value="\n".join(getattr(page.draft, key)),
            hint=page.say(f"setup.hint.{key}"),
        )
        for key in ("departments", "villages")
    )
    return _form(page, "places", *fields)


def _people_form(page: SetupRequest) -> WebForm:
    return _form(page, "people")


def _signers_form(page: SetupRequest) -> WebForm:
    posts = tuple((row.post, row.post) for row in page.draft.people)
    fields = (
        WebField(
            name=key,
            label=page.holder_label(key),
            kind="choice",
            choices=posts,
            value=post,
            hint=page.leads(key),
            problem=page.clash_words(key),
        )
        for key, post in page.draft.held().items()
    )
    return _form(page, "signers", *fields)


def _months_form(page: SetupRequest) -> WebForm:
    due = tuple((key, page.say(f"setup.due.{key}")) for key in ("day", "workday", "last_workday"))
    return _form(
        page,
        "months",
        _answer_field(page, "months.due", kind="choice", choices=due),
        *(_answer_field(page, key, kind="number") for key in WHOLE_NUMBERS),
        _answer_field(
            page,
            "months.scheme",
            kind="choice",
            choices=tuple(described_schemes(shipped_data.load_schemes())),
        ),
    )


def _dates_form(page: SetupRequest) -> WebForm:
    fields = (
        WebField(
            name=f"date.{one['id']}",
            label=" · ".join(part for part in (str(one["name"]), str(one.get("article", ""))) if part),
            kind="check",
            value="1" if one["id"] in page.draft.dates else "",
        )
        for one in PROPOSED_DATES
    )
    return _form(page, "dates", *fields, _answer_field(page, "report.due"))


def _website_form(page: SetupRequest) -> WebForm:
    columns = WebField(
        name="columns",
        label=page.say("setup.field.columns"),
        kind="area",
        value="\n".join(
            f"{name}，{url}，{page.say(f'setup.column.{kind}')}" for name, url, kind in page.draft.columns
        ),
        hint=page.say("setup.hint.columns"),
    )
    return _form(page, "website", *(_answer_field(page, key) for key in ANSWER_STEPS["website"]), columns)


def _prose_form(page: SetupRequest) -> WebForm:
    files = page.draft.files()
    fields = (
        WebField(
            name=f"{LINES_PREFIX}{key}",
            label=page.say(f"setup.prose.{key}"),
            kind="area",
            value=files[f"prose/{key}.txt"].strip(),
        )
        for key in PROSE_SECTIONS
    )
    return _form(page, "prose", *fields)


def _save_answers(page: SetupRequest) -> None:
    step = page.request.path_params["step"]
    for key in ANSWER_STEPS[step]:
        value = _read_answer(page, key, page.form.get(key, ""))
        page.draft.answers[key] = value or DEFAULTS.get(key, "")


def _read_answer(page: SetupRequest, key: str, text: str) -> str:
    """An answer in the form in which the office's file has it."""
    if key == "short_name":
        return read_short_name(text)
    if key == "months.due_number":
        return read_due_number(text, page.form.get("months.due", ""), page.say(f"setup.field.{key}"))
    if key in WHOLE_NUMBERS:
        return read_whole_number(text, page.say(f"setup.field.{key}"))
    return "，".join(read_hosts(text)) if key == "hosts" else text


def _save_website(page: SetupRequest) -> None:
    _save_answers(page)
    kinds = {page.say(f"setup.column.{kind}"): kind for kind in FRESHNESS_RULES}
    hosts = read_hosts(page.draft.answers["hosts"])
    lines = (line for line in page.form.get("columns", "").splitlines() if line.strip())
    page.draft.columns = [read_column(line, kinds, hosts) for line in lines]


def _save_places(page: SetupRequest) -> None:
    for key in ("departments", "villages"):
        setattr(page.draft, key, read_names(page.form.get(key, "")))


def _save_people(page: SetupRequest) -> None:
    if page.files:
        sent = page.files[0]
        if len(sent.content) > MAX_ROSTER_BYTES:
            raise RosterTooLarge(file=sent.name)
        page.draft.people = list(read_roster(sent.content, sent.name))
        return
    numbers = sorted(
        {int(name.split(".")[0][1:]) for name in page.form if name.startswith("p") and "." in name}
    )
    rows = (_typed_row(page, number) for number in numbers)
    page.draft.people = [row for row in rows if row.post or row.place or row.deputy]
    if page.form.get("act") == "more":
        page.draft.people += _village_posts(page.draft)
    if page.form.get("act") == "places":
        _add_places(page.draft)


def _typed_row(page: SetupRequest, number: int) -> RosterRow:
    post, place, deputy, line = (
        page.form.get(f"p{number}.{key}", "") for key in ("post", "place", "deputy", "line")
    )
    return RosterRow(post, place, deputy, int(line) if re.fullmatch("[0-9]{1,7}", line) else 0)


def _unknown_places(draft: SetupDraft) -> list[str]:
    """The departments and villages that the roster names and the step before did not."""
    return list(dict.fromkeys(row.place for row in draft.people if row.place not in {"", *draft.places}))


def _add_places(draft: SetupDraft) -> None:
    """Take the departments and villages that the roster names over, each by the end of its name."""
    for name in _unknown_places(draft):
        (draft.villages if name.endswith(VILLAGE_ENDINGS) else draft.departments).append(name)


def _village_posts(draft: SetupDraft) -> list[RosterRow]:
    """A reporter and a leader for each village that has neither yet."""
    known = {row.place for row in draft.people}
    return [
        row
        for name in draft.villages
        if name not in known
        for row in (
            RosterRow(f"{name}信息员", name, f"{name}村委会主任"),
            RosterRow(f"{name}村委会主任", name),
        )
    ]


def _save_signers(page: SetupRequest) -> None:
    page.draft.holders = {key: page.form.get(key, "") for key in page.draft.holder_keys()}


def _save_dates(page: SetupRequest) -> None:
    page.draft.dates = [str(one["id"]) for one in PROPOSED_DATES if page.form.get(f"date.{one['id']}")]
    due = read_month_day(page.form.get("report.due", ""), page.say("setup.field.report.due"))
    page.draft.answers["report.due"] = due or DEFAULTS["report.due"]


def _save_prose(page: SetupRequest) -> None:
    neutral = SetupDraft().files()
    for key in PROSE_SECTIONS:
        path, said = f"prose/{key}.txt", page.form.get(f"{LINES_PREFIX}{key}", "").replace("\r\n", "\n")
        if said.strip() and said.strip() != neutral[path].strip():
            page.draft.prose[path] = said.strip() + "\n"
        else:
            page.draft.prose.pop(path, None)


FORMS: Mapping[str, Callable[[SetupRequest], WebForm]] = {
    "office": _office_form,
    "places": _places_form,
    "people": _people_form,
    "signers": _signers_form,
    "months": _months_form,
    "dates": _dates_form,
    "website": _website_form,
    "prose": _prose_form,
}
SAVERS: Mapping[str, Callable[[SetupRequest], None]] = {
    "office": _save_answers,
    "places": _save_places,
    "people": _save_people,
    "signers": _save_signers,
    "months": _save_answers,
    "dates": _save_dates,
    "website": _save_website,
    "prose": _save_prose,
}

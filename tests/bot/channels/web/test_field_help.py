"""Every field that people fill in has its help beside it: what goes in, and the article it rests on."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.channels.web.frame.field_help import field_help, help_key
from bot.language.phrasebook import phrasebook
from bot.services.app import OfficeApp, open_app, shipped_duties
from bot.services.office.setup_draft import STEPS
from config.clock import manual_clock
from config.office.schema import OFFICE_TABLES
from storage.documents.letters.catalogue import letter_sources, needed_fields
from storage.events.events import Opened
from tests.bot.channels.web.browser.page_list import PAGES, november_office
from tests.bot.channels.web.setup.founder import Founder
from tests.bot.channels.web.visitor import Visitor

ARTICLE = re.compile(r"第[一二三四五六七八九十百]+条|〔\d{4}〕")
CHOSEN = re.compile(r"row\.|item\.|column$|size$|colours$")
"""What is ticked or chosen by its own words: rows of a list, columns, the display."""
LADDER = re.compile(r"rung-\d+-")
SAY = phrasebook("zh").say


@dataclass
class ShownField:
    """A field as a page shows it: in which form, under which name, and whether something explains it."""

    action: str
    name: str
    described: str
    helped: bool
    id: str


class FieldReader(HTMLParser):
    """Reads the fields of a page that people fill in; the help stands right after a field's label or tick."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[ShownField] = []
        self.ids: set[str] = set()
        self.action, self.group, self.marked = "", "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        self.ids.add(named.get("id", ""))
        if tag == "form":
            filled_in = named.get("method") == "post" or "fill" in named.get("class", "").split()
            self.action, self.group = named.get("action", "") if filled_in else "", ""
            self.marked = False
        elif named.get("role") == "group":
            self.group = named.get(
                "aria-describedby", ""
            )  # of all that stands in it, such as a table of rows
        elif tag == "details" and named.get("class") == "help":
            self.marked = True
            last = self.fields[-1] if self.fields else None
            if last and last.described == "tick" and not last.helped and not CHOSEN.match(last.name):
                last.helped, self.marked = True, False
        elif tag in {"input", "select", "textarea"} and self.action:
            self._add(named)

    def _add(self, named: dict[str, str]) -> None:
        kind = named.get("type", "")
        if kind == "hidden" or "hidden" in named:
            return
        described = "tick" if kind == "checkbox" else f"{named.get('aria-describedby', '')} {self.group}"
        self.fields.append(
            ShownField(self.action, named["name"], described, self.marked, named.get("id", ""))
        )
        self.marked = False

    def unexplained(self) -> Iterator[str]:
        explained = {LADDER.sub("", one.name) for one in self.fields if one.helped}
        with_help = {one.id for one in self.fields if one.helped}
        for one in self.fields:
            hints = {word for word in one.described.split() if word.endswith("-hint")}
            ladder = LADDER.match(one.name) and (
                one.described == "tick" or LADDER.sub("", one.name) in explained
            )
            paper = one.id.endswith("-file") and one.id.removesuffix("-file") in with_help  # or where it lies
            if not (one.helped or hints & self.ids or CHOSEN.match(one.name) or ladder or paper):
                yield f"{one.action} {one.name}"


def unexplained(html: str) -> list[str]:
    """The fields of a page that nothing explains."""
    reader = FieldReader()
    reader.feed(html)
    return list(reader.unexplained())


@pytest.fixture(scope="module")
def office(empty_home: Path, tmp_path_factory: pytest.TempPathFactory) -> OfficeApp:
    """The sample town in November, with a request."""
    home = Path(shutil.copytree(empty_home, tmp_path_factory.mktemp("helped") / "home"))
    app = november_office(open_app(home, clock=manual_clock(date(2026, 11, 2))), "zh")
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.open("request", "召公开〔2026〕77号", app.today, {"applicant_kind": "natural_person"})
    return app


def _addresses(app: OfficeApp) -> Iterator[str]:
    with app.log() as log:
        entry = next(
            one for one in log.read() if isinstance(one.record, Opened) and one.record.kind == "request"
        )
    number = entry.record.case
    yield from (one for one in PAGES if one != "/no-such-page")
    yield from (f"/cases/{number}?late=1", f"/texts/{number}/draft", f"/entries/{entry.position}")
    yield from (f"/cases/{number}/letters/correction", f"/cases/{number}/answer?outcome=granted")
    yield from ("/items/new", "/calendar", "/import", "/years/2026/seal", "/settings/channels")
    yield from (f"/new/{kind}" for kind, duty in app.duties.items() if duty.village_round is None)
    tables = {name: table for name, table in OFFICE_TABLES.items() if name != "ladder"}
    yield from (
        f"/settings/{name}/new" if table.many else f"/settings/{name}" for name, table in tables.items()
    )


def test_every_field_of_every_page_is_explained(office: OfficeApp) -> None:
    clerk, missing = Visitor(office).join("clerk"), []
    for path in _addresses(office):
        shown = clerk.client.get(path, follow_redirects=True)
        assert shown.status_code == 200, path
        missing += [f"{path}: {one}" for one in unexplained(shown.text)]
    assert missing == []


def test_every_field_of_the_set_up_is_explained(tmp_path: Path) -> None:
    founder = Founder(tmp_path / "town", manual_clock(date(2026, 11, 2)))
    founder.send("places", departments="党政办公室", villages="甲村")
    for step in STEPS:
        founder.go(f"/setup/{step}")
        assert founder.shown.status_code == 200, step
        assert unexplained(founder.shown.text) == [], step


def test_a_field_that_nothing_explains_is_found() -> None:
    """The control of the walk above: it sees a field without help, and one whose hint is not there."""
    form = '<form method="post" action="/x"><label for="a">A</label><input id="a" name="a" {}></form>'
    assert unexplained(form.format("")) == ["/x a"]
    assert unexplained(form.format('aria-describedby="a-hint"')) == ["/x a"]
    assert unexplained(form.format('aria-describedby="a-hint"') + '<p id="a-hint">So.</p>') == []
    assert unexplained(form.replace("<input", '<details class="help"></details><input').format("")) == []


def test_every_step_of_every_kind_explains_what_it_asks_and_names_its_article() -> None:
    """Also of the steps that no case stands before now; a rule's article is read beside each of its fields."""
    for kind, duty in shipped_duties().items():
        opening = [one for one in duty.fields if not one.filled_in]
        assert [one.key for one in opening if not help_key("open", f"fact.{one.key}", (kind,))] == [], kind
        for step in duty.steps:
            for field in step.fields:
                text = field_help(SAY, f"step.{step.key}", f"fact.{field.key}", (kind,), step.article)
                assert text, (kind, step.key, field.key)
                named = ARTICLE.search(text) or not ARTICLE.search(step.article)
                assert named, (kind, step.key, field.key, text)
        if duty.receipt:
            assert ARTICLE.search(field_help(SAY, "open", f"fact.{duty.receipt.by}", (kind,)))


def test_every_fact_of_every_letter_is_explained() -> None:
    facts = {
        one.key
        for duty in shipped_duties().values()
        for paper in letter_sources(duty).values()
        for one in needed_fields(paper)
    }
    assert len(facts) > 20
    assert [key for key in sorted(facts) if not help_key("write", f"said.{key}")] == []


def test_every_help_is_of_a_field_that_some_form_has() -> None:
    """A help whose field was renamed would explain nothing any more."""
    keys = [key for key in phrasebook("zh").phrases if key.startswith("field_help.")]
    fields = {one.key for duty in shipped_duties().values() for one in duty.fields}
    fields |= {one.key for duty in shipped_duties().values() for step in duty.steps for one in step.fields}
    facts = {key.rpartition(".")[2] for key in keys if key.startswith("field_help.fact.")}
    assert facts - fields == set()
    assert len(keys) > 300


def test_help_is_of_the_form_it_stands_in(office: OfficeApp) -> None:
    clerk = Visitor(office).join("clerk")
    clerk.go("/new/request")
    assert "条例第三十一条" in clerk.text
    clerk.go("/settings/person/archivist")
    assert "写岗位，不写姓名" in clerk.text
    assert help_key("settings.bulletin", "reason") == ""
    assert help_key("over", "to") == "field_help.form.to"
    assert help_key("step.extended", "fact.days", ("request",)) == "field_help.extended.days"
    assert help_key("step.other", "fact.days") == "field_help.fact.days"
    assert help_key("open", "fact.channel", ("matter",)) == "field_help.matter.channel"
    assert help_key("close", "then.delivered.how", ("request",)) == "field_help.fact.how"
    assert help_key("close", "then.archived.") == "field_help.form.then"

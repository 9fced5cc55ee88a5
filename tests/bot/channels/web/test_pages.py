"""What the pages show: dates and what is left of them, figures and their sources, and nothing unescaped."""

import re
from datetime import date
from html.parser import HTMLParser
from io import BytesIO

import pytest
from docx import Document

import config.duties
from bot.channels.web.lists import list_page
from bot.services.app import OfficeApp, open_app
from config import shipped_data
from tests import toy_duties
from tests.bot.channels.web.visitor import Visitor

ATTACK = """"><script>alert(1)</script><img src=x onerror='alert(2)'>{{7*7}}"""


def _open(app: OfficeApp, reference: str, day: date, kind: str = "request") -> int:
    facts = {"applicant_kind": "business"} if kind == "request" else {"route": "reconsideration"}
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        return uow.cases.open(kind, reference, day, facts)


def test_what_is_open_stands_by_its_date_the_overdue_first(app: OfficeApp, clerk: Visitor) -> None:
    for reference, day in (("丙", date(2026, 11, 20)), ("甲", date(2026, 10, 9)), ("乙", date(2026, 10, 26))):
        _open(app, reference, day)
    clerk.go("/open")
    places = [clerk.text.index(reference) for reference in "甲乙丙"]
    assert places == sorted(places)
    assert "共 3 行" in clerk.text
    assert clerk.shown.text.count('class="late"') == 1
    assert "2026-11-05（周四） 已逾期 12 个工作日" in clerk.text
    assert "2026-11-23（周一） 今天到期" in clerk.text
    assert "2026-12-18（周五） 还剩 19 个工作日" in clerk.text


def test_a_date_in_a_year_without_its_notice_is_provisional(app: OfficeApp, clerk: Visitor) -> None:
    app.clock.set_day(date(2026, 12, 21))
    number = _open(app, "年末", date(2026, 12, 21))
    assert "暂定" in clerk.go("/")
    assert "暂定" in clerk.go("/open")
    assert "暂定" in clerk.go(f"/cases/{number}")


def test_the_date_is_explained_line_by_line(app: OfficeApp, clerk: Visitor) -> None:
    number = _open(app, "国庆", date(2026, 9, 24))
    clerk.go(f"/cases/{number}")
    assert "国庆节" in clerk.text
    assert "国办发明电" in clerk.text
    assert "条例第三十三条" in clerk.text


def test_a_case_is_found_by_number_reference_and_kind(app: OfficeApp, clerk: Visitor) -> None:
    for number in range(1, 4):
        _open(app, f"召公开〔2026〕{number}号", date(2026, 11, number + 1))
    _open(app, "复议50%_1", date(2026, 11, 2), "dispute")
    for query, wanted in (
        ("〔2026〕2", ["召公开〔2026〕2号"]),
        ("3", ["召公开〔2026〕3号"]),
        ("复议", ["复议50%_1"]),
        ("dispute", ["复议50%_1"]),
        ("依申请 1", ["召公开〔2026〕1号"]),
        ("%", ["复议50%_1"]),
        ("没有的", []),
    ):
        clerk.go(f"/cases?q={query.replace('%', '%25')}")
        shown = [
            name
            for name in ("召公开〔2026〕1号", "召公开〔2026〕2号", "召公开〔2026〕3号", "复议50%_1")
            if name in clerk.text
        ]
        assert shown == wanted, query


def test_a_long_list_goes_on(app: OfficeApp, clerk: Visitor) -> None:
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        for number in range(60):
            uow.cases.open("dispute", f"案{number:03}号", date(2026, 11, 2), {"route": "reconsideration"})
    clerk.go("/cases")
    assert "案059号" in clerk.text
    assert "案009号" not in clerk.text
    onward = re.search(r'rel="next" href="([^"]+)"', clerk.shown.text)
    clerk.go(onward[1].replace("&amp;", "&"))
    assert "案009号" in clerk.text
    assert "案010号" not in clerk.text
    back = re.search(r'rel="prev" href="([^"]+)"', clerk.shown.text)
    clerk.go(back[1].replace("&amp;", "&"))
    assert "案010号" in clerk.text
    assert "案009号" not in clerk.text


def test_each_figure_leads_to_its_cases(app: OfficeApp, clerk: Visitor) -> None:
    number = _open(app, "有数的", date(2026, 11, 2))
    _open(app, "旁的", date(2026, 11, 2), "dispute")
    assert 'href="/years/2026/cells/table3.received.business">1<' in clerk.go("/years/2026")
    clerk.go("/years/2026/cells/table3.received.business")
    assert "有数的" in clerk.text
    assert "旁的" not in clerk.text
    assert f'href="/cases/{number}"' in clerk.shown.text


def test_the_papers_of_a_year_can_be_taken_away(app: OfficeApp, clerk: Visitor) -> None:
    _open(app, "一", date(2026, 11, 2))
    for suffix in ("docx", "xlsx", "html"):
        answer = clerk.client.get(f"/years/2026/report.{suffix}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment;")
    document = Document(BytesIO(clerk.client.get("/years/2026/report.docx").content))
    assert "召都巴镇人民政府" in document.paragraphs[0].text


def test_nothing_typed_can_become_part_of_a_page(clerk: Visitor) -> None:
    clerk.go("/new/request")
    personal = {
        f"private__{key}": f"{ATTACK}{key}" for key in ("name", "contact", "address", "identity_number")
    }
    typed = {
        "reference": ATTACK,
        "day": "2026-11-02",
        "fact__applicant_kind": "business",
        "fact__note": ATTACK,
    }
    clerk.send("open", **typed, **personal)
    _assert_tame(clerk)
    clerk.send("step.correction_asked", day="2026-11-05", fact__items=ATTACK, fact__until="2026-11-20")
    clerk.send("step.consulted", day="2026-11-06", fact__with=ATTACK, fact__party="third_party")
    clerk.send("step.fee_noticed", day="2026-11-09", fact__amount_yuan=ATTACK)
    clerk.go("/entries/2")
    clerk.send("mend", fact__items=ATTACK + "2", reason=ATTACK)
    assert ATTACK.split("<")[1][:6] in clerk.shown.text  # it is shown, as text
    for path in (
        "/",
        "/open",
        "/dates",
        "/people",
        "/delivery",
        "/cases",
        "/cases/1",
        "/cases/1?late=1",
        "/entries/1",
        "/entries/2",
        "/years/2026/cells/table3.received.total",
    ):
        clerk.go(path)
        _assert_tame(clerk)
    clerk.shown = clerk.client.get("/cases", params={"q": ATTACK})
    _assert_tame(clerk)


@pytest.mark.parametrize(
    "name",
    [
        "reference",
        "day",
        "fact__applicant_kind",
        "fact__channel",
        "private__identity_kind",
        "once",
        "seen",
        "act",
    ],
)
def test_what_comes_back_after_a_refusal_is_tame(clerk: Visitor, name: str) -> None:
    clerk.go("/new/request")
    typed = {"reference": "1", "day": "2026-12-01", "fact__applicant_kind": "business"} | {name: ATTACK}
    clerk.send("open", **typed)
    assert clerk.status == 422
    _assert_tame(clerk)
    assert clerk.end() == 0


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.scripts, self.events, self.styles, self.h1 = [], [], 0, 0
        self.ids, self.labelled, self.inputs = [], [], []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.events += [key for key, _ in attrs if key.startswith("on")]
        self.styles += tag == "style" or "style" in named
        self.h1 += tag == "h1"
        self.ids += [named["id"]] if "id" in named else []
        if tag == "script":
            self.scripts.append(named.get("src"))
        if tag == "label":
            self.labelled.append(named["for"])
        if tag in {"input", "select", "textarea"} and named.get("type") != "hidden":
            self.inputs.append(named["id"])


def _assert_tame(visitor: Visitor) -> None:
    tags = _Tags()
    tags.feed(visitor.shown.text)
    of_lists = ["/static/lists.js"] if "/static/lists.css" in visitor.shown.text else []
    assert tags.scripts == ["/static/htmx.min.js", "/static/fields.js", *of_lists]
    assert tags.events == []
    assert tags.styles == 0
    assert ">49<" not in visitor.shown.text


PATHS = (
    "/",
    "/chat",
    "/open",
    "/months/2026-11",
    "/dates",
    "/dates?month=2027-01",
    "/requests?view=register",
    "/items?view=register",
    "/texts?view=register",
    "/deliveries",
    "/people/list",
    "/texts/new",
    "/people",
    "/delivery",
    "/cases",
    "/cases/1",
    "/cases/1?late=1",
    "/new",
    "/new/request",
    "/new/dispute",
    "/registers",
    "/activities",
    "/entries/1",
    "/years/2026",
    "/years/2026/lists",
)


@pytest.mark.usefixtures("request_case")
@pytest.mark.parametrize("path", PATHS)
def test_every_page_can_be_used_by_ear_and_by_keyboard(clerk: Visitor, path: str) -> None:
    tags = _Tags()
    tags.feed(clerk.go(path))
    assert tags.h1 == 1
    assert len(tags.ids) == len(set(tags.ids))
    assert sorted(tags.inputs) == sorted(tags.labelled)
    for landmark in ("<header", '<nav class="rooms"', '<nav class="pages"', "<main", "<footer"):
        assert clerk.shown.text.count(landmark) == 1
    assert "[page." not in clerk.shown.text
    _assert_tame(clerk)


@pytest.mark.usefixtures("request_case")
@pytest.mark.parametrize("path", [*PATHS, "/nowhere", "/static/page.css", "/static/htmx.min.js"])
def test_every_answer_says_what_a_browser_may_do_with_it(clerk: Visitor, path: str) -> None:
    headers = clerk.client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    # The program's own files show nothing of the office; a shared PC keeps nothing else that someone has seen.
    assert headers["cache-control"] == ("public, max-age=600" if path.startswith("/static/") else "no-store")


def test_an_english_reader_reads_english(app: OfficeApp, request_case: int) -> None:
    text = app.home.office_file.read_text("utf-8")
    app.home.office_file.write_text(text.replace('id = "clerk"', 'id = "clerk"\nlanguage = "en"', 1), "utf-8")
    clerk = Visitor(open_app(app.home.path, clock=app.clock)).join("clerk")
    assert '<html lang="en">' in clerk.go("/")
    clerk.go(f"/cases/{request_case}")
    for words in ("working days left", "correction asked", "natural person", "Close the case"):
        assert words in clerk.text
    assert clerk.send("close", day="2026-11-20", outcome="correction_overdue") == []
    assert "rests on" in clerk.text
    (entry,) = clerk.send("close", day="2026-11-20", outcome="granted")
    assert f"Recorded as №{entry.position}" in clerk.text


def test_a_fault_is_logged_with_its_trace_and_shown_without(
    app: OfficeApp, clerk: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(list_page, "list_reader", broken)
    clerk.go("/open", 500)
    assert "secret detail" not in clerk.shown.text
    assert "gongkai.log" in clerk.text
    assert "RuntimeError: secret detail" in (app.home.path / "gongkai.log").read_text("utf-8")


def test_a_kind_that_is_declared_has_its_pages(home, app: OfficeApp) -> None:
    duties = shipped_data.load_duties(config.duties, toy_duties)
    clerk = Visitor(open_app(home, clock=app.clock, duties=duties)).join("clerk")
    assert "放风筝" in clerk.go("/new")
    clerk.go("/new/kite")
    (entry,) = clerk.send("open", reference="一号风筝", day="2026-11-20", fact__colour="licences")
    assert entry.record.kind == "kite"
    assert "没有法定期限" in clerk.go("/open")
    clerk.go("/cases/1")
    (entry,) = clerk.send("close", day="2026-11-23", outcome="flown")
    assert 'cells/table2.licences.decisions">1<' in clerk.go("/years/2026")

"""The letters' templates on the page: tried, shown with what changes, recorded in the log, and taken back."""

from datetime import date
from io import BytesIO

import pytest
from docx import Document

from bot.services.app import OfficeApp, open_app
from bot.services.letters.letter_templates import NoLetterOfThisName, letters_of
from bot.services.office.changes import change_office, record_first_version, written_office
from config.clock import ManualClock
from config.errors import GongkaiError, Unreadable
from scheduler.worklist.office_change import OfficeEdit
from storage.content.content_store import NotKept
from storage.documents.letters.template_layout import default_template
from storage.events.office_events import OfficeChanged
from tests.bot.channels.web.visitor import Visitor
from tests.town import log_end

PAGE = "/settings/letters/correction"
PATH = "letters/correction.docx"
COUNTER = "请在{{ 补正期限 }}前到便民服务中心。"


@pytest.fixture
def recorded(both_apps: OfficeApp) -> OfficeApp:
    record_first_version(both_apps)
    return both_apps


def edited(template: bytes, words: str) -> bytes:
    """The template with another paragraph, as an editor saves it."""
    paper, saved = Document(BytesIO(template)), BytesIO()
    paper.add_paragraph(words)
    paper.save(saved)
    return saved.getvalue()


def send_template(clerk: Visitor, content: bytes) -> None:
    form = clerk.forms()["try"]
    clerk.shown = clerk.client.post(PAGE, data=form.fields, files={"template": ("改好的.docx", content)})


def confirm(clerk: Visitor, act: str) -> list:
    """Press the button of the preview that is shown. Returns what the log gained."""
    form, end = clerk.forms()[act], clerk.end()
    data = {name: value for name, value in form.fields.items() if value}
    assert clerk.client.post(PAGE, data={**data, "confirm": "1"}).status_code == 303
    clerk.go(PAGE)
    with clerk.app.log() as log:
        return list(log.read(after=end))


def change(app: OfficeApp, path: str, content: bytes | None, holds_from: date | None = None) -> None:
    """Record the office with another file in this place."""
    written = written_office(app).with_file(path, content)
    edit = OfficeEdit(
        document=written.document,
        files=written.files,
        contents=written.contents,
        holds_from=holds_from or app.today,
    )
    change_office(app, edit, actor="clerk", means="test")


def test_an_edited_template_is_seen_recorded_and_taken_back(app: OfficeApp, clerk: Visitor) -> None:
    record_first_version(app)
    clerk.go("/settings/letters")
    assert "补正告知书" in clerk.text
    assert "本单位自己定的" not in clerk.text
    clerk.go(PAGE)
    assert "〔" in clerk.text
    end, template = clerk.end(), clerk.client.get(f"{PAGE}/template.docx").content
    send_template(clerk, edited(template, COUNTER))
    assert "请在〔补正期限〕前到便民服务中心。" in clerk.text
    assert clerk.send(PAGE, press="keep") == []
    assert "文书模板：补正告知书" in clerk.text
    assert "在办的案件都不受影响" in clerk.text
    assert clerk.end() == end
    (entry,) = confirm(clerk, "keep")
    assert isinstance(entry.record, OfficeChanged)
    assert list(entry.record.files) == [PATH]
    assert "便民服务中心" in clerk.text
    assert "本单位自己定的" in clerk.text
    clerk.send(PAGE, press="usual")
    confirm(clerk, "usual")
    assert "便民服务中心" not in clerk.text
    clerk.send(PAGE, press="former")
    confirm(clerk, "former")
    assert "便民服务中心" in clerk.text
    clerk.go("/settings/history")
    assert clerk.text.count("文书模板：补正告知书") == 3
    clerk.send("/settings/history")
    form = clerk.forms()["/settings/history"]
    clerk.client.post("/settings/history", data={**form.fields, "confirm": "1"})
    assert "便民服务中心" not in clerk.go(PAGE)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"no word file", "读不出来"), ("wrong name", "申请仁")],
    ids=["no file", "a name that nobody knows"],
)
def test_a_template_that_writes_no_letter_changes_nothing(
    app: OfficeApp, clerk: Visitor, content: bytes | str, says: str
) -> None:
    clerk.go(PAGE)
    template = clerk.client.get(f"{PAGE}/template.docx").content
    send_template(clerk, content if isinstance(content, bytes) else edited(template, "{{ 申请仁 }}"))
    assert clerk.status == 422
    assert says in clerk.text
    assert log_end(app) == 0


@pytest.mark.parametrize(
    ("path", "refusal"), [(PATH, Unreadable), ("letters/correktion.docx", NoLetterOfThisName)]
)
def test_what_writes_no_letter_is_never_recorded(
    app: OfficeApp, path: str, refusal: type[GongkaiError]
) -> None:
    with pytest.raises(refusal):
        change(app, path, b"no word file")
    assert log_end(app) == 0


def test_a_template_reaches_every_process_and_needs_no_folder(
    recorded: OfficeApp, clock: ManualClock
) -> None:
    paper = letters_of(recorded)["correction"]
    template = edited(default_template(paper), COUNTER)
    other = open_app(recorded.home.path, clock)
    change(recorded, PATH, template, holds_from=date(2026, 12, 1))
    assert other.letter_template("correction") is None
    clock.set_day(date(2026, 12, 1))
    assert not (recorded.home.path / PATH).exists()
    assert other.letter_template("correction") == template
    assert other.letter_template("receipt") is None


def test_a_template_that_nothing_holds_is_refused(recorded: OfficeApp) -> None:
    written = written_office(recorded).with_mark(PATH, "sha256:" + "0" * 64)
    edit = OfficeEdit(document=written.document, files=written.files, holds_from=recorded.today)
    with pytest.raises(NotKept):
        change_office(recorded, edit, actor="clerk", means="test")
    assert log_end(recorded) == 1


def test_whoever_only_reads_looks_and_changes_nothing(app: OfficeApp) -> None:
    leader = Visitor(app).join("deputy_mayor")
    leader.go(PAGE)
    assert "改文字" not in leader.text
    assert leader.client.post(PAGE, data={"act": "usual"}).status_code == 403

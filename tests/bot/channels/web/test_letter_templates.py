"""The letters' templates on the page: how each reads, an edited one tried before it is kept, and the way back."""

from io import BytesIO

import pytest
from docx import Document

from bot.services.app import OfficeApp
from bot.services.letters.letter_templates import keep_template, letters_of, own_template
from config.errors import Unreadable
from tests.bot.channels.web.visitor import Visitor

PAGE = "/settings/letters/correction"


def edited(template: bytes, words: str) -> bytes:
    """The template with another paragraph, as an editor saves it."""
    paper, saved = Document(BytesIO(template)), BytesIO()
    paper.add_paragraph(words)
    paper.save(saved)
    return saved.getvalue()


def send_template(clerk: Visitor, content: bytes) -> None:
    form = clerk.forms()["try"]
    clerk.shown = clerk.client.post(PAGE, data=form.fields, files={"template": ("改好的.docx", content)})


def test_an_edited_template_is_seen_kept_and_taken_back(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/settings/letters")
    assert "补正告知书" in clerk.text
    assert "本单位自己定的" not in clerk.text
    clerk.go(PAGE)
    assert "〔" in clerk.text
    file = app.home.letter_template("correction")
    template = clerk.client.get(f"{PAGE}/template.docx").content
    send_template(clerk, edited(template, "请在{{ 补正期限 }}前到便民服务中心。"))
    assert "请在〔补正期限〕前到便民服务中心。" in clerk.text
    assert not file.exists()
    clerk.send(PAGE, press="keep")
    assert "便民服务中心" in clerk.text
    assert "本单位自己定的" in clerk.text
    assert file.exists()
    clerk.send(PAGE, press="usual")
    assert "便民服务中心" not in clerk.text
    assert not file.exists()
    clerk.send(PAGE, press="former")
    assert "便民服务中心" in clerk.text


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
    assert not app.home.letter_template("correction").exists()


def test_what_writes_no_letter_is_never_kept(app: OfficeApp) -> None:
    paper = letters_of(app)["correction"]
    with pytest.raises(Unreadable):
        keep_template(app, paper, b"no word file")
    assert own_template(app, paper) is None


def test_whoever_only_reads_looks_and_changes_nothing(app: OfficeApp) -> None:
    leader = Visitor(app).join("deputy_mayor")
    leader.go(PAGE)
    assert "改文字" not in leader.text
    assert leader.client.post(PAGE, data={"act": "usual"}).status_code == 403

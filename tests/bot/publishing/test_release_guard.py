"""What must not go out is stopped at the desk itself, whoever lays it down and by whatever way."""

from datetime import date

import pytest

from bot.language.phrasebook import phrasebook
from config.errors import HeldBack
from storage.content.content_store import ContentStore
from storage.events.manifest import Manifest, manifest_attachment
from tests.town import log_end

MOBILE = "13800138000"


def opened(app):
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        return uow.cases.open("request", "1", date(2026, 11, 16), {"applicant_kind": "natural_person"})


def laid(app, case, manifest, files=()):
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.signoff.draft(case, "clerk", manifest, files)


@pytest.mark.parametrize(
    ("manifest", "place"),
    [
        (Manifest(title="名单", text=f"户主电话{MOBILE}。"), "body#1@"),
        (Manifest(title="名单", text="第一段。\n机密★启用前"), "body#2@"),
        (Manifest(title=f"关于{MOBILE}的答复", text="正文。"), "title@"),
        (Manifest(title="答复", attachments=(manifest_attachment(f"{MOBILE}.docx", b"x"),)), "attachment#1@"),
    ],
    ids=["number", "mark", "title", "attachment"],
)
def test_a_text_that_must_not_go_out_leaves_nothing_behind(app, manifest, place):
    case = opened(app)
    before = log_end(app)
    with pytest.raises(HeldBack) as refused:
        laid(app, case, manifest, (b"x",))
    assert refused.value.findings[0].place.startswith(place)
    assert MOBILE not in str(refused.value)
    assert log_end(app) == before
    with app.log() as log:
        assert ContentStore(log.connection, log.office).known([manifest.digest]) == set()


def test_a_number_the_office_gives_out_may_stand(app):
    file = app.home.path / "expressions.toml"
    file.write_text(f'[[public_numbers]]\nnumber = "{MOBILE}"\nwhy = "值班电话"\n', "utf-8")
    case = opened(app)
    before = log_end(app)
    laid(app, case, Manifest(title="通知", text=f"值班电话{MOBILE}。"))
    assert log_end(app) == before + 1


FACTS = {"title": "名单", "origin": "finance", "disclosure": "proactive", "made_on": "2026-11-16"}


def test_a_file_that_goes_to_the_website_is_opened_before_it_is_laid_down(app):
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        case = uow.cases.open("publication", "P1", date(2026, 11, 23), FACTS)
    before, content = log_end(app), f"村,电话\n甲村,{MOBILE}".encode()
    manifest = Manifest(
        attachments=(manifest_attachment("名单.csv", content),), decision="published", **FACTS
    )
    with pytest.raises(HeldBack) as refused:
        laid(app, case, manifest, (content,))
    said = phrasebook("zh").error(refused.value)
    assert "附件“名单.csv”里第 2 行第 4 字：" in said
    assert (MOBILE in said, "#" in said, "{" in said) == (False, False, False)
    assert "inside the attachment “名单.csv”, line 2, character 4:" in phrasebook("en").error(refused.value)
    assert log_end(app) == before

"""A request from its registration to the archive in a real browser, through five people, with every press counted."""

from bot.services.app import OfficeApp
from storage.events.events import Closed, Drafted, Opened, Signed, Stepped
from tests.bot.channels.web.browser.hands import Hands, Keyboard, played
from tests.bot.channels.web.browser.serving import serving
from tests.bot.channels.web.case_steps.test_request_story import MOST_PRESSES, PRESSES_BEFORE, SIGNERS
from tests.town import case_by_number

APPLICANT, CONTENT = "某某公司", "2026年村集体资金使用情况"
SENT = "return performance.getEntriesByType('resource').map(one => decodeURIComponent(one.name)).join(' ')"


@played(Keyboard, 1280)
def test_a_request_is_registered_answered_signed_closed_and_archived(app: OfficeApp, hands: Hands) -> None:
    page = hands.page
    with serving(app) as where:
        hands.come_in(app, where, "clerk")
        _register(hands)
        assert f"{app.office.short_name}公开〔2026〕1号" in page.text()
        assert APPLICANT not in page.text()
        hands.choose("#answer-outcome", "granted")
        hands.press("form[action$=answer] button", "答复全文")
        assert CONTENT in page.text()
        hands.press("button[value=lay]", "保密审查")
        for who in SIGNERS:
            hands.come_in(app, where, who)
            hands.press(".tasks h2 a", "内容指纹")
            hands.press("#sign .act button", "已记录 №")
        hands.come_in(app, where, "clerk")
        hands.press(".tasks h2 a")
        assert (
            page.run("return document.querySelector('#close-outcome').value") == "granted"
        )  # what was signed
        hands.choose("[id='close-then.delivered.how']", "post")
        hands.tick("[id='close-then.archived.']")
        hands.press("#close .act button", "已办结")
    with app.log() as log:
        kinds = [type(entry.record) for entry in log.read(cases=[1])]
    assert kinds == [Opened, Drafted, Signed, Signed, Signed, Closed, Stepped, Stepped]
    assert [step.step for step in case_by_number(app, 1).steps] == ["delivered", "archived"]
    assert hands.presses <= MOST_PRESSES < PRESSES_BEFORE


def _register(hands: Hands) -> None:
    """The form says what a day moves before anything is recorded, and tells no address a name."""
    hands.press(".act a[href='/new/request']")
    hands.fill("[id='open-private.name']", APPLICANT)
    hands.fill("#open-day", "11月20日")
    hands.choose("[id='open-fact.applicant_kind']", "business")
    assert hands.page.says("答复（办理）期限：2026-12-18（周五）")
    assert APPLICANT not in hands.page.run(SENT)
    hands.choose("[id='open-fact.channel']", "courier")
    hands.choose("[id='open-fact.provided_as']", "electronic")
    hands.fill("[id='open-fact.content']", CONTENT)
    hands.press("#open-form button:not([type])", "已记录 №")

"""A request from its registration to the archive on the page, with every press counted."""

from datetime import date

from bot.services.app import OfficeApp
from storage.events.events import Closed, Drafted, Opened, Signed, Stepped
from tests.bot.channels.web.case_steps.presses import Presses
from tests.bot.channels.web.visitor import Visitor
from tests.town import case_by_number

MOST_PRESSES = 12
PRESSES_BEFORE = 21
"""Counted by ``Presses`` on the page as it was before its stages: with an answer written by hand, not from its letter."""
SIGNERS = ("secrecy_officer", "office_director", "deputy_mayor")
CONTENT = "2026年村集体资金使用情况"


def test_a_request_takes_twelve_presses_from_registration_to_archive(app: OfficeApp) -> None:
    clerk, presses = Visitor(app).join("clerk"), Presses()
    clerk.go("/")
    presses.follow(clerk, "/new/request")
    presses.send(
        clerk,
        "open",
        fact__applicant_kind="business",
        fact__channel="courier",
        fact__content=CONTENT,
        fact__provided_as="electronic",
        private__name="某某公司",
    )
    presses.choose(clerk, "/cases/1/answer", outcome="granted")
    assert CONTENT in clerk.text
    assert "某某公司" in clerk.text  # the letter names whom it answers; the log does not
    presses.send(clerk, "check", press="lay")
    for who in SIGNERS:
        signer = Visitor(app).join(who)
        signer.go("/")
        presses.follow(signer, "/texts/1")
        presses.send(signer, "sign")
    clerk.go("/")
    presses.follow(clerk, "/cases/1")
    assert clerk.forms()["close"].fields["outcome"] == "granted"  # what was signed
    presses.send(clerk, "close", then__delivered__how="post", then__archived__="1")

    kinds = [type(record) for record in _records(app)]
    assert kinds == [Opened, Drafted, Signed, Signed, Signed, Closed, Stepped, Stepped]
    case = case_by_number(app, 1)
    assert [step.step for step in case.steps] == ["delivered", "archived"]
    assert case.facts["content"] == CONTENT
    assert case.opening.reference == f"{app.office.short_name}公开〔2026〕1号"
    assert case.opening.happened_on == date(2026, 11, 23)
    assert "某某公司" not in str(list(_records(app)))
    assert presses.count <= MOST_PRESSES < PRESSES_BEFORE, presses.said
    listed = clerk.go("/texts").split("<tbody")[1].split("</tbody>")[0]
    assert ("已送达" in listed, "已发布" in listed) == (True, False)  # it went to its applicant


def _records(app: OfficeApp) -> list[object]:
    with app.log() as log:
        return [entry.record for entry in log.read()]

"""What may not be: the reason stands beside the form, what was typed stays, and the log gains nothing."""

import tomllib
from datetime import date, timedelta

import pytest

from bot.channels.web.request.forms import MAX_LINE_LENGTH
from bot.channels.web.request.security import MAX_BODY_BYTES
from bot.services.app import OfficeApp
from tests.bot.channels.web.visitor import Visitor

REFUSED = tomllib.loads("""
[[form]]
act = "step.extended"
typed = { day = "2026-11-20", fact__days = "21", fact__reason = "查阅档案", fact__notified_on = "2026-11-20", fact__consent_evidence = "签批单 12 号" }
says = ["不得超过20个工作日", "条例第三十三条"]
[[form]]
act = "step.extended"
typed = { day = "2026-11-20", fact__days = "5", fact__consented_by = "clerk", fact__reason = "某", fact__notified_on = "2026-11-20" }
says = ["政府信息公开工作机构负责人", "条例第三十三条"]
[[form]]
act = "close"
typed = { day = "2026-11-20", outcome = "correction_overdue" }
says = ["补正告知", "条例第三十条"]
[[form]]
act = "step.correction_asked"
typed = { day = "2026-11-05", fact__items = "信息名称", fact__until = "" }
says = ["补正期限"]
[[form]]
act = "step.examined"
typed = { day = "2026-12-01" }
says = ["还没有到"]
[[form]]
act = "step.examined"
typed = { day = "那天" }
says = ["“那天”不是日期"]
[[form]]
act = "close"
typed = { day = "2026-11-20" }
says = ["“办理结果”还没有填"]
""")["form"]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["says"][0])
def test_a_refusal_stands_beside_its_form_and_keeps_what_was_typed(
    clerk: Visitor, request_case: int, row: dict
) -> None:
    clerk.go(f"/cases/{request_case}")
    assert clerk.send(row["act"], **row["typed"]) == []
    assert clerk.status == 422
    for words in row["says"]:
        assert words in clerk.text
    form = clerk.forms()[row["act"]]
    for name, value in row["typed"].items():
        assert form.fields[name.replace("__", ".")] == value or value not in form.choices.get(
            name.replace("__", "."), [value]
        )
    folded = clerk.shown.text.split(f'id="{row["act"]}"')[1]
    assert folded.startswith(" open>")
    assert 'role="alert"' in folded.split("</form>")[0]


def test_a_refused_registration_keeps_everything_and_writes_nothing(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/new/request")
    typed = {"reference": "7", "day": "2026-11-30", "private__name": "某某申请人", "fact__note": "加急"}
    assert clerk.send("open", **typed) == []
    form = clerk.forms()["open"].fields
    assert {name: form[name.replace("__", ".")] for name in typed} == typed
    with app.store.reading() as connection:
        assert connection.exec_driver_sql("select count(*) from particular").scalar() == 0


def test_one_reference_is_one_case(clerk: Visitor, request_case: int) -> None:
    clerk.go("/new/request")
    typed = {"day": "2026-11-05", "fact__applicant_kind": "business"}
    assert clerk.send("open", reference="召公开〔2026〕1号", **typed) == []
    assert f"已经是案件 {request_case}" in clerk.text
    assert len(clerk.send("open", reference="召公开〔2026〕2号")) == 1
    clerk.go("/entries/2")
    assert clerk.send("mend", reference="召公开〔2026〕1号", reason="试") == []
    assert f"已经是案件 {request_case}" in clerk.text


@pytest.mark.parametrize("quantity", ["0", "-1", "三", "1.5", "9" * 30, "", "²"])
def test_a_count_is_a_number_of_things(clerk: Visitor, quantity: str) -> None:
    clerk.go("/registers")
    assert clerk.send("licence", quantity=quantity) == []
    assert clerk.status == 422
    assert clerk.forms()["licence"].fields["quantity"] == quantity


@pytest.mark.parametrize("amount", ["-1", "1.234", "NaN", "Infinity", "1e99", "1_000", "1，23", ""])
def test_an_amount_is_exact_to_the_fen(clerk: Visitor, amount: str) -> None:
    clerk.go("/registers")
    assert clerk.send("information_fee", amount=amount) == []
    assert clerk.status == 422


def test_a_count_of_tomorrow_is_refused(clerk: Visitor) -> None:
    clerk.go("/registers")
    assert clerk.send("licence", day="2026-11-24", quantity="1") == []
    assert "还没有到" in clerk.text


def test_a_text_beyond_measure_is_refused(clerk: Visitor, request_case: int) -> None:
    clerk.go(f"/cases/{request_case}")
    typed = {"fact__items": "字" * (MAX_LINE_LENGTH + 1), "fact__until": "2026-11-20"}
    assert clerk.send("step.correction_asked", day="2026-11-05", **typed) == []
    assert f"超过了 {MAX_LINE_LENGTH} 个字" in clerk.text


@pytest.mark.parametrize("token", ["", "forged", None])
def test_a_form_without_our_token_records_nothing(
    clerk: Visitor, request_case: int, token: str | None
) -> None:
    clerk.go(f"/cases/{request_case}")
    fields = clerk.forms()["step.examined"].fields | ({"token": token} if token is not None else {})
    if token is None:
        del fields["token"]
    assert clerk.client.post(f"/cases/{request_case}", data=fields).status_code == 403
    assert clerk.end() == 1


def test_a_token_of_another_session_is_worth_nothing(
    app: OfficeApp, clerk: Visitor, request_case: int
) -> None:
    other = Visitor(app).join("office_director")
    other.go(f"/cases/{request_case}")
    fields = other.forms()["step.examined"].fields
    assert clerk.client.post(f"/cases/{request_case}", data=fields).status_code == 403
    assert clerk.end() == 1


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:9999"])
def test_a_form_from_elsewhere_records_nothing(clerk: Visitor, request_case: int, origin: str) -> None:
    clerk.go(f"/cases/{request_case}")
    fields = clerk.forms()["step.examined"].fields
    answer = clerk.client.post(f"/cases/{request_case}", data=fields, headers={"Origin": origin})
    assert answer.status_code == 403
    assert clerk.end() == 1


def test_a_link_cannot_be_used_from_elsewhere(app: OfficeApp) -> None:
    visitor = Visitor(app)
    link = f"/join/{visitor.invite('clerk')}"
    assert visitor.client.post(link, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert visitor.client.post(link).status_code == 303


def test_a_village_person_is_told_kindly_and_records_nothing(app: OfficeApp, request_case: int) -> None:
    reporter = Visitor(app).join("jia_reporter")
    for path in (
        "/open",
        "/cases",
        "/new/request",
        "/registers",
        "/activities",
        "/years/2026",
        "/entries/1",
    ):
        assert "这里暂时没有您要办的事" in reporter.go(path, 403)
        assert "召公开" not in reporter.shown.text
    assert "召公开" not in reporter.go(f"/cases/{request_case}", 404)
    assert "没有待办" in reporter.go("/")
    token = reporter.forms()["/leave"].fields["token"]
    sent = {"token": token, "act": "step.examined", "day": "2026-11-20", "seen": "1"}
    assert reporter.client.post(f"/cases/{request_case}", data=sent).status_code == 403
    assert reporter.end() == 1


def test_a_leader_looks_and_does_not_record(app: OfficeApp, request_case: int) -> None:
    leader = Visitor(app).join("deputy_mayor")
    leader.go(f"/cases/{request_case}")
    assert set(leader.forms()) == {"/leave", "/chat"}  # reminding its holder is no recording
    leader.go("/new/request", 403)
    token = leader.forms()["/leave"].fields["token"]
    for path in (
        f"/cases/{request_case}",
        "/entries/1",
        "/registers",
        "/activities",
        "/new/request",
        f"/cases/{request_case}/personal",
    ):
        assert leader.client.post(path, data={"token": token}).status_code == 403
    assert leader.end() == 1


def test_the_head_consents_in_their_own_name(app: OfficeApp, request_case: int) -> None:
    head = Visitor(app).join("office_director")
    head.go(f"/cases/{request_case}")
    typed = {"fact__days": "10", "fact__reason": "查阅档案", "fact__notified_on": "2026-11-20"}
    (entry,) = head.send("step.extended", day="2026-11-20", **typed)
    assert (entry.actor, entry.record.facts["consented_by"]) == ("office_director", "office_director")


def test_nobody_without_a_session_sees_anything(app: OfficeApp, request_case: int) -> None:
    stranger = Visitor(app)
    for path in ("/", f"/cases/{request_case}", "/years/2026/report.docx", "/no/such/page"):
        assert "召公开" not in stranger.go(path, 401)
    assert stranger.client.post(f"/cases/{request_case}", data={"act": "close"}).status_code == 401


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "127.0.0.1.elsewhere.example", "", "localhost.evil:8686"]
)
def test_a_foreign_name_pointing_here_is_not_answered(clerk: Visitor, host: str) -> None:
    assert clerk.client.get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8686", "localhost:8686", "[::1]:8686", "192.168.1.10"])
def test_our_own_names_are_answered(clerk: Visitor, host: str) -> None:
    assert clerk.client.get("/", headers={"Host": host}).status_code in {200, 401}


def test_more_than_a_form_can_hold_is_not_read(clerk: Visitor, request_case: int) -> None:
    clerk.go(f"/cases/{request_case}")
    fields = clerk.forms()["step.examined"].fields | {"fact.note": "x" * MAX_BODY_BYTES}
    assert clerk.client.post(f"/cases/{request_case}", data=fields).status_code == 413

    def in_pieces():
        yield from (b"x" * 1024 for _ in range(MAX_BODY_BYTES // 1024 + 1))

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (
        clerk.client.post(f"/cases/{request_case}", content=in_pieces(), headers=headers).status_code == 413
    )
    assert clerk.end() == 1


def test_addresses_that_are_none_end_in_a_page(clerk: Visitor) -> None:
    for path in (
        "/cases/0",
        "/cases/99",
        f"/cases/{2**70}",
        "/entries/1",
        "/new/kite",
        "/years/1999",
        "/years/2027",
        "/years/2026/cells/no.such.cell",
        "/years/2026/report.exe",
        "/nowhere",
    ):
        assert "没有这一页" in clerk.go(path, 404)


def test_a_count_cannot_be_mended_into_the_future(clerk: Visitor) -> None:
    clerk.go("/registers")
    clerk.send("licence", day="2026-11-20", quantity="1")
    clerk.go("/entries/1")
    assert clerk.send("mend", day=(date(2026, 11, 23) + timedelta(days=1)).isoformat(), reason="试") == []
    assert "还没有到" in clerk.text

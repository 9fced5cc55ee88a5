"""Lists that people read: searched, filtered, ordered, paged, saved and taken away, each exactly as it is shown."""

import csv
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook

from bot.channels.web.lists import list_file, list_page
from bot.services.app import OfficeApp
from bot.services.lists import export
from bot.services.records.register_files import ImportKind, import_file
from config.duties.request import DUTY
from storage.register_import.columns import LAYOUTS
from tests.bot.channels.web.visitor import Visitor
from tests.town import log_end, record


def rows(visitor: Visitor, path: str) -> list[list[str]]:
    """The cells of every row that a page shows, without those that only choose."""
    visitor.go(path)
    body = visitor.shown.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [_cells(row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)]


def _cells(row: str) -> list[str]:
    found = re.findall(r'<t[dh](?! class="chooser")[^>]*>(.*?)</t[dh]>', row, re.DOTALL)
    return ["" if "none" in cell else re.sub(r"<[^>]+>", "", cell).strip() for cell in found]


def heads(visitor: Visitor) -> list[str]:
    head = visitor.shown.text.partition("<thead>")[2].partition("</thead>")[0]
    found = re.findall(r'<th scope="col"(?! class="chooser")[^>]*>(.*?)</th>', head, re.DOTALL)
    return [re.sub(r"<[^>]+>| [▲▼]", "", cell).strip() for cell in found]


def link(visitor: Visitor, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', visitor.shown.text)
    return found[1].replace("&amp;", "&") if found else ""


def csv_of(visitor: Visitor, path: str) -> list[list[str]]:
    answer = visitor.client.get(path)
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


def test_the_filter_stands_in_the_address_and_says_what_is_left_out(reader: Visitor) -> None:
    asked = reader.client.get(
        "/requests?go=1&q=&state=closed&outcome=partly_granted&applicant=&year=2025&from=&to=&sort=-opened_on"
    )
    assert asked.headers["location"] == "/requests?state=closed&outcome=partly_granted&year=2025"
    found = rows(reader, asked.headers["location"])
    assert {row[8] for row in found} == {"部分公开"}
    assert all(row[2].startswith("2025") for row in found)
    assert len(found) == 6
    assert "只列：已办结、部分公开、2025 年。" in reader.text
    assert "共 6 行" in reader.text
    assert '<option value="partly_granted" selected>' in reader.shown.text
    narrower = rows(reader, "/requests?state=closed&outcome=partly_granted&from=2025-10-01&to=2025-12-31")
    assert [row[2] for row in narrower] == ["2025-12-08", "2025-11-03"]
    typed = reader.client.get("/requests?go=1&from=2025年10月1日")
    assert typed.headers["location"] == "/requests?from=2025-10-01"


def test_what_nobody_can_have_chosen_asks_for_nothing(reader: Visitor) -> None:
    whole = rows(reader, "/requests")
    for odd in (
        "state=x",
        "outcome=x",
        "year=abcd",
        "from=%E6%98%A8",
        "sort=x",
        "columns=x",
        "after=99999",
        "due=x",
        "age=3",
    ):
        assert rows(reader, f"/requests?{odd}") == whole, odd


def test_a_column_is_ordered_by_its_head_and_back(reader: Visitor) -> None:
    days = [row[2] for row in rows(reader, "/requests")]
    assert days == sorted(days, reverse=True)
    head = re.search(r'aria-sort="descending"><a href="([^"]+)">收到日期', reader.shown.text)
    assert rows(reader, head[1].replace("&amp;", "&"))[0][2] == "2025-03-10"
    closed = [row[7] for row in rows(reader, "/requests?sort=closed_on")]
    answered = [day for day in closed if day]
    assert answered == sorted(answered)
    assert closed[: len(answered)] == answered  # those that are open stand at the end


def test_open_cases_are_ordered_by_a_date_that_is_never_stored(reader: Visitor) -> None:
    due = re.search(r'<a href="(/requests\?sort=due)">答复期限', reader.go("/requests"))
    found = rows(reader, due[1].replace("&amp;", "&"))
    assert "只列：在办。" in reader.text
    assert len(found) == 20
    assert {row[4] for row in found} == {"2026-11-30（周一）"}
    assert {row[5] for row in found} == {"还剩 5 个工作日"}
    assert rows(reader, "/requests?due=late&state=closed") == []  # what is closed is not late
    assert "只列：在办、已逾期。" in reader.text


def test_a_long_list_is_paged_by_key_there_and_back(reader: Visitor) -> None:
    first = rows(reader, "/requests?sort=reference&view=register")
    assert [row[0] for row in first] == [str(number) for number in range(1, 51)]
    assert link(reader, "prev") == ""
    second = rows(reader, link(reader, "next"))
    assert [row[0] for row in second] == [str(number) for number in range(51, 61)]
    assert link(reader, "next") == ""
    assert rows(reader, link(reader, "prev")) == first
    references = [row[1] for row in first + second]
    assert references == sorted(references)
    assert len(set(references)) == 60


def test_columns_are_chosen_and_kept_in_the_address(reader: Visitor) -> None:
    chosen = reader.client.get("/cases?go=1&q=&column=title&column=holders&column=due")
    assert chosen.headers["location"] == "/cases?columns=title~holders~due"
    rows(reader, chosen.headers["location"])
    assert heads(reader) == ["名称", "到期日", "等谁办"]  # in the order of the list
    as_usual = [
        f"column={key}" for key in ("number", "title", "kind", "opened_on", "state", "closed_on", "outcome")
    ]
    assert reader.client.get(f"/cases?go=1&{'&'.join(as_usual)}").headers["location"] == "/cases"


def test_a_request_is_found_by_what_it_asks_for_and_the_list_says_it(app: OfficeApp) -> None:
    wanted = {"applicant_kind": "natural_person", "content": "进村道路硬化工程的预算"}
    case = record(app, lambda uow: uow.cases.open("request", "召公开〔2026〕91号", app.today, wanted))
    clerk = Visitor(app).join("clerk")
    (row,) = rows(clerk, "/requests?q=道路硬化")
    assert row[:2] == ["召公开〔2026〕91号", "进村道路硬化工程的预算"]
    assert rows(clerk, "/requests?q=２０２６〕91") == [row]
    assert [one[0] for one in rows(clerk, f"/cases?q=案件{case}")] == [str(case)]


def test_the_search_finds_by_reference_village_and_title(reader: Visitor) -> None:
    assert [row[0] for row in rows(reader, "/requests?q=〔2025〕07")] == ["召公开〔2025〕07号"]
    assert [row[2] for row in rows(reader, "/items?q=乙村")] == ["yi村修渠公示"]
    assert [row[0] for row in rows(reader, "/texts?q=预算")] == ["2026年预算公开"] * 2
    assert [row[0] for row in rows(reader, "/people/list?q=保密")] == ["保密审查员"]
    number = re.search(r'href="/cases/(\d+)">召公开〔2025〕07号', reader.go("/requests?q=〔2025〕07"))[1]
    reader.go(f"/cases?q={number}")
    assert (
        f'<a href="/cases/{number}">案件 {number}</a>' in reader.shown.text
    )  # however many hold this number
    assert ">案件 999999<" not in reader.go("/cases?q=999999")
    assert rows(reader, "/cases?q=没有的") == []
    assert "“案件”里没有符合的" in reader.text


@pytest.mark.parametrize(
    "path", ["/requests?view=register", "/cases?state=open&sort=opened_on", "/people/list", "/items"]
)
def test_a_file_has_exactly_what_is_shown(
    reader: Visitor, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 7)
    shown = rows(reader, path)
    titles = heads(reader)
    while following := link(reader, "next"):
        shown += rows(reader, following)
    reader.go(path)
    files = dict(re.findall(r'href="(/lists/[a-z]+\.(?:xlsx|csv)[^"]*)">导出 (Excel|CSV)', reader.shown.text))
    places = {kind: where.replace("&amp;", "&") for where, kind in files.items()}
    plain = [[cell.partition("（周")[0] for cell in row] for row in shown]
    assert csv_of(reader, places["CSV"]) == [titles, *plain]
    answer = reader.client.get(places["Excel"])
    sheet = load_workbook(BytesIO(answer.content)).active
    read = [[_text(cell.value) for cell in row] for row in sheet.iter_rows()]
    assert read == [titles, *plain]
    assert sheet.freeze_panes == "A2"
    assert sheet.title in unquote(answer.headers["content-disposition"])


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.date().isoformat() if hasattr(value, "date") else str(value)


def test_dates_and_numbers_of_a_workbook_stay_such(reader: Visitor) -> None:
    sheet = load_workbook(BytesIO(reader.client.get("/lists/requests.xlsx?view=register").content)).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == (1, "n")
    assert sheet["C2"].is_date
    assert sheet["C2"].number_format == "yyyy-mm-dd"


def test_the_register_of_requests_read_in_again_changes_nothing(
    town: OfficeApp, reader: Visitor, tmp_path
) -> None:
    head, *written = csv_of(reader, "/lists/requests.csv?view=register")
    assert {column.chinese for column in LAYOUTS["requests"]} <= set(head)
    results = {row[head.index("办理结果")] for row in written} - {""}
    assert results == {outcome.label for outcome in DUTY.outcomes if not outcome.needs}
    before = log_end(town)
    for kind in ("csv", "xlsx"):
        file = tmp_path / f"台账.{kind}"
        file.write_bytes(reader.client.get(f"/lists/requests.{kind}?view=register").content)
        result, _ = import_file(town, ImportKind.REQUESTS, file, dry_run=False)
        assert (result.rows, result.unchanged, result.opened, result.advanced) == (60, 60, 0, 0)
    assert log_end(town) == before


def test_the_register_of_items_tells_what_became_of_each(reader: Visitor) -> None:
    found = rows(reader, "/items?view=register")
    assert heads(reader)[:7] == ["序号", "报送日期", "报送单位", "标题", "报送方式", "收下日期", "办理情况"]
    assert found[0][:7] == ["1", "2026-11-07", "丙村", "bing村修渠公示", "纸质（代录）", "", "待收"]
    assert "信息报送台账" in reader.text


def test_the_register_of_sign_offs_has_a_column_for_each_stage(reader: Visitor) -> None:
    out, under_way = rows(reader, "/texts?view=register")
    titles = heads(reader)
    stages = titles[titles.index("保密审查") : titles.index("终审·三校") + 1]
    assert stages == ["保密审查", "初审·一校", "复审·二校", "终审·三校"]
    signed = dict(zip(titles, out, strict=True))
    assert [signed[stage] for stage in stages] == [
        "保密审查员 2026-11-23",
        "财政所所长 2026-11-23",
        "党政办主任 2026-11-23",
        "分管政务公开的副镇长 2026-11-23",
    ]
    assert (signed["发布日期"], signed["审签情况"]) == ("2026-11-23", "已发布")
    waiting = dict(zip(titles, under_way, strict=True))
    assert (waiting["保密审查"], waiting["审签情况"]) == ("", "等“保密审查”")


def test_a_view_is_saved_opened_and_deleted_by_its_person_alone(town: OfficeApp, reader: Visitor) -> None:
    before = log_end(town)
    path = "/requests?state=open&sort=reference"
    reader.go(path)
    reader.send("save_view", name="在办按编号")
    assert f'href="{path.replace("&", "&amp;")}" aria-current="true">在办按编号</a>' in reader.shown.text
    reader.go("/requests")
    assert ">在办按编号</a>" in reader.shown.text
    other = Visitor(town).join("deputy_mayor")
    assert "在办按编号" not in other.go("/requests")
    reader.send("save_view", name="名" * 31)
    assert reader.status == 422
    assert "名字要写 1 到 30 个字" in reader.text
    reader.go("/requests")
    reader.send("/lists/requests", press="delete_view")
    assert "在办按编号" not in reader.go("/requests")
    assert log_end(town) == before  # a view is no fact


def test_whoever_reads_not_everything_finds_what_is_theirs(town: OfficeApp) -> None:
    village, signer = Visitor(town).join("yi_reporter"), Visitor(town).join("secrecy_officer")
    assert [row[2] for row in rows(village, "/items")] == ["yi村修渠公示"]
    assert "导出" in village.text
    assert not re.search(r"共 \d+ 行", village.text)  # how many there are would tell of those of others
    assert csv_of(village, "/lists/items.csv")[1][2] == "yi村修渠公示"
    assert len(csv_of(village, "/lists/items.csv")) == 2
    assert 'type="checkbox" name="row.' not in village.shown.text
    assert rows(village, "/texts") == []
    assert len(rows(signer, "/texts")) == 2
    assert [row[0] for row in rows(village, "/people/list")] == ["乙村信息员"]
    for path in ("/cases", "/open", "/requests", "/deliveries"):
        village.go(path, 403)
    for name in ("cases", "agenda", "requests", "deliveries", "none"):
        village.go(f"/lists/{name}.csv", 404)


def test_a_list_without_rows_says_what_to_do(app: OfficeApp) -> None:
    clerk = Visitor(app).join("clerk")
    for path, words in (
        ("/requests", "还没有收到申请"),
        ("/items", "还没有村级信息"),
        ("/texts", "还没有送审的文稿"),
        ("/deliveries", "还没有发过消息"),
        ("/open", "没有在办的案件"),
        ("/cases", "还没有案件"),
    ):
        assert words in clerk.go(path), path
        assert "导出" not in clerk.text


def test_a_file_that_breaks_off_is_logged_and_not_taken_for_whole(
    town: OfficeApp, reader: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Iterator[list[str]]:
        yield ["1"]
        raise RuntimeError("the disk went away")

    monkeypatch.setattr(list_file, "all_rows", broken)
    with pytest.raises(RuntimeError):
        reader.client.get("/lists/items.csv")
    assert "the disk went away" in (town.home.path / "gongkai.log").read_text("utf-8")


def test_lists_page_alike_on_both_engines(both_apps: OfficeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_page, "PAGE_ROWS", 4)
    with both_apps.recorder.transaction(actor="clerk", means="test") as uow:
        for number in range(1, 11):
            day, facts = date(2026, 11, 10 + number), {"applicant_kind": "business"}
            case = uow.cases.open("request", f"召公开〔2026〕{number:02}号", day, facts)
            if number > 8:
                uow.cases.close(case, "granted", day)
    clerk = Visitor(both_apps).join("clerk")
    for query, order in (
        ("sort=reference", range(1, 11)),
        ("sort=-closed_on", [10, 9, *range(8, 0, -1)]),
        ("state=open&sort=-opened_on", range(8, 0, -1)),
        ("state=open&sort=reference", range(1, 9)),
        ("sort=due", range(1, 9)),
    ):
        path, shown = f"/requests?{query}", []
        while path:
            shown += [row[0] for row in rows(clerk, path)]
            path = link(clerk, "next")
        assert shown == [f"召公开〔2026〕{number:02}号" for number in order], query
        last = len(shown) - (len(shown) % 4 or 4)
        assert [row[0] for row in rows(clerk, link(clerk, "prev"))] == shown[last - 4 : last], query
    assert len(csv_of(clerk, "/lists/requests.csv")) == 11
    clerk.go("/requests?q=召公开")
    assert "共 10 行" in clerk.text

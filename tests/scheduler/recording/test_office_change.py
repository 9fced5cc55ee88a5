"""A change of the office says what it moves, and is refused where it would leave work to nobody."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.services.app import OfficeApp
from bot.services.office.changes import (
    AsksFirst,
    change_office,
    record_first_version,
    undo_edit,
    versions_of,
    written_office,
)
from config.errors import BadInput
from config.office.document import ChangedSince
from scheduler.worklist.office_change import (
    EntryInFuture,
    NotYourOffice,
    OfficeChange,
    OfficeEdit,
    OfficeMovedOn,
    OfficeUnchanged,
    OtherOffice,
    VillageTakenOut,
    WorkStranded,
)
from scheduler.worklist.pending import WaitKind
from storage.events.office_events import OfficeChanged
from tests.scheduler.signoff.town import draft, open_text, waiting
from tests.town import log_end


@pytest.fixture
def app(app: OfficeApp) -> OfficeApp:
    record_first_version(app)
    return app


def change(
    app: OfficeApp,
    *swaps: tuple[str, str],
    actor: str = "clerk",
    holds_from: date | None = None,
    **how: object,
) -> OfficeChange:
    """Replace parts of the document of today and record it."""
    written = written_office(app)
    document = written.document
    for old, new in swaps:
        assert old in document
        document = document.replace(old, new, 1)
    expected = how.pop("expected", written.position)
    edit = OfficeEdit(
        document=document, files=written.files, holds_from=holds_from or app.today, expected=expected
    )
    return change_office(app, edit, actor=actor, means="test", **how)


def test_a_dry_run_says_everything_and_records_nothing(app: OfficeApp) -> None:
    told = change(app, ("党政办文书", "信息公开专员"), dry_run=True)
    assert [(one.table, one.row, one.values[0].after) for one in told.differences] == [
        ("person", "clerk", "信息公开专员")
    ]
    assert log_end(app) == 1
    assert app.office.post_of("clerk") == "党政办文书"


def test_a_bad_file_changes_nothing_and_names_its_lines(app: OfficeApp) -> None:
    with pytest.raises(BadInput) as refused:
        change(app, ('roles = ["clerk"]', 'roles = ["clark"]'))
    assert {one.rule for one in refused.value.findings} == {
        "office.unknown_role",
        "office.role_unheld",
        "office.id_is_role",
    }
    assert log_end(app) == 1


def test_of_two_who_change_it_at_once_one_is_told(app: OfficeApp) -> None:
    seen = written_office(app).position
    change(app, ("党政办文书", "信息公开专员"), actor="office_director")
    with pytest.raises(OfficeMovedOn, match="党政办主任"):
        change(app, ("信息公开专员", "文书"), expected=seen)
    assert app.office.post_of("clerk") == "信息公开专员"
    assert log_end(app) == 2


def test_an_open_case_that_would_wait_for_nobody_stops_the_change(app: OfficeApp) -> None:
    case = open_text(app)
    swaps = [
        ('[[department]]\nid = "finance"\nname = "财政所"\nhead = "finance_director"\n\n', ""),
        ('department = "finance"\n', ""),
    ]
    with pytest.raises(WorkStranded, match=str(case)):
        change(app, *swaps)
    assert app.office.department("finance").name == "财政所"


def test_another_holder_of_a_post_only_moves_what_waits(app: OfficeApp) -> None:
    case = open_text(app)
    draft(app, case)
    told = change(
        app,
        (
            'post = "党政办档案员"\ndepartment = "party_office"',
            'post = "党政办档案员"\nroles = ["secrecy_reviewer"]',
        ),
        ('roles = ["secrecy_reviewer"]\ndeputies = ["archivist"]', 'deputies = ["archivist"]'),
        ('roles = ["clerk"]\ndeputies = ["archivist"]', 'roles = ["clerk"]'),
    )
    assert [(one.case, one.before, one.after) for one in told.impact.moved] == [
        (case, ("保密审查员", "党政办文书"), ("党政办档案员", "党政办文书"))
    ]
    assert told.impact.stranded == told.impact.restarted == ()


def test_a_chain_with_other_stages_is_asked_about_while_a_text_runs_in_it(app: OfficeApp) -> None:
    case = open_text(app)
    draft(app, case)
    shorter = ("复审·二校", "复审")
    told = change(app, shorter, dry_run=True)
    assert [one.case for one in told.impact.restarted] == [case]
    with pytest.raises(AsksFirst):
        change(app, shorter)
    change(app, shorter, accepted=True)
    assert app.office.chain("publication").stages[2].name == "复审"


@pytest.mark.parametrize(
    ("second", "waits"),  # of two who may override; who wrote the text is none of them
    [
        ("secretary", (WaitKind.OVERRIDE, ("mayor", "secretary"))),
        ("secrecy_officer", (WaitKind.VACANT, ("clerk",))),
    ],
)
def test_a_signer_can_be_named_for_a_stage_that_nobody_could_sign(
    app: OfficeApp, second: str, waits: tuple[WaitKind, tuple[str, ...]]
) -> None:
    of_sample = 'by = ["group_head", "secretary", "executive_deputy_mayor"]'
    change(app, (of_sample, f'by = ["mayor", "{second}"]'))
    case = open_text(app)
    draft(app, case, by="secrecy_officer")
    assert waiting(app, case)[0][:2] == waits
    archivist = 'post = "党政办档案员"\n'
    told = change(app, (archivist, f'{archivist}roles = ["secrecy_reviewer"]\n'))
    assert [one.case for one in told.impact.moved] == [case]
    assert waiting(app, case)[0][:2] == (WaitKind.SIGN, ("archivist",))


def test_a_village_is_ended_and_never_taken_out(app: OfficeApp) -> None:
    ji = '[[village]]\nid = "ji"\nname = "己村"\nreporter = "ji_reporter"\nleader = "ji_leader"\n'
    with pytest.raises(VillageTakenOut, match="己村"):
        change(app, (ji, ""))
    change(app, (ji, ji + 'until = "2026-11-30"\n'))
    assert not app.office.village("ji").exists_on(date(2026, 12, 1))


def test_a_columns_newest_entry_is_not_of_a_day_to_come(app: OfficeApp) -> None:
    home = '[[column]]\nid = "home"\n'
    tomorrow = app.today + timedelta(days=1)
    with pytest.raises(
        EntryInFuture, match=f"首页 {tomorrow}"
    ):  # its term would begin then, unseen by anybody
        change(app, (home, f'{home}updated = "{tomorrow}"\n'), holds_from=tomorrow)
    change(app, (home, f'{home}updated = "{app.today}"\n'))
    assert [row.updated for row in app.office.columns if row.id == "home"] == [f"{app.today}"]


def test_a_later_version_that_would_be_replaced_is_asked_about(app: OfficeApp) -> None:
    change(app, ("党政办文书", "信息公开专员"), holds_from=date(2026, 12, 1))
    with pytest.raises(AsksFirst):
        change(app, ("党政办档案员", "档案员"))
    told = change(app, ("党政办档案员", "档案员"), accepted=True)
    assert [one.holds_from for one in told.replaced] == [date(2026, 12, 1)]


def test_what_was_changed_can_be_brought_back_by_another_change(app: OfficeApp) -> None:
    before = written_office(app).document
    change(app, ("党政办文书", "信息公开专员"))
    versions = versions_of(app)
    edit = undo_edit(versions, versions.last.position, app.today, "改错了")
    change_office(app, edit, actor="clerk", means="test")
    assert written_office(app).document == before
    assert [one.reason for one in versions_of(app).versions] == ["", "", "改错了"]


def undo(app: OfficeApp, position: int) -> None:
    edit = undo_edit(versions_of(app), position, app.today, "改错了")
    change_office(app, edit, actor="clerk", means="test", accepted=True)


def test_an_earlier_change_is_taken_back_alone(app: OfficeApp) -> None:
    ji = '[[village]]\nid = "ji"\nname = "己村"\nreporter = "ji_reporter"\nleader = "ji_leader"\n'
    geng = ji.replace('"ji"', '"geng"').replace("己村", "庚村") + 'since = "2027-01-01"\n'
    hours = '[hours]\ndigest = "09:00"\n'
    before = app.office
    change(
        app,
        ("党政办文书", "信息公开专员"),
        (ji, f'{ji}until = "2026-12-31"\n\n{geng}'),
        ("[months]", f"{hours}\n[months]"),
    )
    change(app, ("党政办档案员", "档案管理员"))
    undo(app, 2)
    assert app.office == replace(before, people=app.office.people)
    assert {one.post for one in app.office.people} - {one.post for one in before.people} == {"档案管理员"}


def test_a_text_beside_the_document_is_taken_back_alone(app: OfficeApp) -> None:
    first = written_office(app)
    path = "prose/other.txt"
    for text in ("没有其他事项。", "有一件其他事项。"):
        written = written_office(app).with_file(path, text.encode())
        edit = OfficeEdit(document=written.document, files=written.files, holds_from=app.today)
        change_office(app, edit, actor="clerk", means="test")
    with pytest.raises(ChangedSince, match=path):
        undo(app, 2)
    change(app, ("党政办档案员", "档案管理员"))
    undo(app, 3)
    undo(app, 2)
    assert written_office(app).files == first.files
    assert app.office.post_of("archivist") == "档案管理员"


def test_a_village_that_has_begun_stays(app: OfficeApp) -> None:
    ji = '[[village]]\nid = "ji"\nname = "己村"\nreporter = "ji_reporter"\nleader = "ji_leader"\n'
    change(app, (ji, ji + ji.replace('"ji"', '"geng"').replace("己村", "庚村")))
    change(app, ("党政办档案员", "档案管理员"))
    with pytest.raises(VillageTakenOut, match="庚村"):
        undo(app, 2)


def test_what_was_changed_again_since_is_not_taken_back(app: OfficeApp) -> None:
    change(app, ("党政办文书", "信息公开专员"))
    change(app, ("党政办档案员", "档案管理员"))
    change(app, ("档案管理员", "综合岗"))
    with pytest.raises(ChangedSince, match="档案管理员"):
        undo(app, 3)
    undo(app, 2)
    office = app.office
    assert (office.post_of("clerk"), office.post_of("archivist")) == ("党政办文书", "综合岗")
    assert log_end(app) == 5


@pytest.mark.parametrize(
    ("swaps", "actor", "refusal"),
    [
        ((("党政办文书", "文书"),), "finance_director", NotYourOffice),
        ((('slug = "zhaoduba" ', 'slug = "another" '),), "clerk", OtherOffice),
        ((), "clerk", OfficeUnchanged),
    ],
)
def test_what_may_not_be(app: OfficeApp, swaps, actor, refusal) -> None:
    with pytest.raises(refusal):
        change(app, *swaps, actor=actor)
    assert log_end(app) == 1


def test_the_first_version_is_the_folder_as_it_stands(app: OfficeApp) -> None:
    with app.log() as log:
        (entry,) = log.read()
    assert isinstance(entry.record, OfficeChanged)
    assert entry.record.document == app.home.office_file.read_text("utf-8")
    assert dict(entry.record.files) == app.home.office_files().files
    assert not record_first_version(app)

"""村务公开: the board of one village for one quarter, from the photograph to the town's look at it, item by item.

At least once a quarter; finances monthly where the office says so; major matters at once: a person opens that board,
and it is due at once. The village files the photographs of its board and the sheet of its items; the town looks at
them item by item, asks for correction where one is missing or does not agree, and investigates what is complained of
(村民委员会组织法). While an item was found so at the last look, the board is not whole. The law was amended with
effect from 2026-01-01 and its new numbering was not read: no article is cited, and the list of items is each office's
own [practice], as is the last working day of the quarter's last month. It counts in no cell of the form: section
one's prose tells of it.
"""

from dataclasses import replace

from config.declarations.annual_dates import ANNUAL_TERM_FACTS, ANNUAL_TERM_FIELDS, AnnualTerm
from config.declarations.duty import CaseOutcome, Duty, Field, FieldType, Step
from config.declarations.keys import NAME_FIELD, VILLAGE_FIELD, VILLAGE_REPORTER, YEAR_FIELD
from config.declarations.recurrence import Yearly
from config.declarations.reminder_ladders import Assignee, parse_policy
from config.declarations.requirements import Condition, OutcomeRequirement, notice_for_each
from config.declarations.terms import Fulfil, SendBack

LAW = "村民委员会组织法"
FILED, FILED_AGAIN, RETURNED = "filed", "filed_again", "board_returned"
LOOKED, CHECKED = "looked", "checked"
COMPLAINED, INVESTIGATED = "complained", "investigated"
REPORTER = Assignee(field=VILLAGE_FIELD, place=VILLAGE_REPORTER)
DAYS_AHEAD = 20  # calendar days: the board is prepared in the quarter's last weeks [practice]
BOARD_FIELDS = (
    Field(key="photo", label="公开栏照片", type=FieldType.FILE, required=True),
    Field(key="sheet", label="公开事项清单", type=FieldType.FILE, required=True),
)
COMPLAINT = Field(key="about", label="反映的事项（不写姓名）", required=True)
COVERS = {"all": "各项村务", "finances": "财务", "major": "重大事项"}
FAULTS = ("missing", "differs")
FINDINGS = {"agrees": "已公开，一致", "missing": "缺少", "differs": "不一致", "none": "本期没有"}
ITEMS = {
    "decisions": "村民会议和村民代表会议的决定、实施情况",
    "finances": "财务收支",
    "funds": "救灾救助、补贴补助资金和物资",
    "levies": "一事一议筹资筹劳",
    "land": "土地承包、征收补偿和宅基地",
    "assistance": "协助政府开展的工作",
    "others": "村民关心的其他事项",
}
"""What is looked at on the board of a quarter [practice]."""
NOTE = Field(key="items", label="说明")

STEPS = (
    Step(
        key=FILED,
        label="报送公开栏照片",
        article=LAW,
        effect=Fulfil(state="board_filed"),
        fields=BOARD_FIELDS,
        main_field="photo",
    ),
    Step(
        key=RETURNED,
        label="退村补充",
        article=LAW,
        effect=SendBack(to=REPORTER, until=FILED_AGAIN),
        office_only=True,
        fields=(Field(key="items", label="哪些事项缺少或者不一致", required=True),),
        main_field="items",
        prerequisites=(FILED,),
    ),
    Step(
        key=FILED_AGAIN,
        label="再次公开",
        article=LAW,
        fields=BOARD_FIELDS,
        main_field="photo",
        prerequisites=(RETURNED,),
    ),
    Step(
        key=LOOKED,
        label="镇里逐项核对",
        article=LAW,
        office_only=True,
        fields=(
            *(
                Field(key=key, label=label, type=FieldType.CHOICE, choices=FINDINGS, required=True)
                for key, label in ITEMS.items()
            ),
            NOTE,
        ),
        prerequisites=(FILED,),
    ),
    Step(
        key=CHECKED,
        label="镇里核对",
        article=LAW,
        office_only=True,
        fields=(
            Field(key="finding", label="核对结果", type=FieldType.CHOICE, choices=FINDINGS, required=True),
            NOTE,
        ),
        main_field="finding",
        prerequisites=(FILED,),
    ),
    Step(
        key=COMPLAINED,
        label="收到村民反映",
        article=LAW,
        office_only=True,
        fields=(COMPLAINT,),
        main_field="about",
        after_close=True,
    ),
    Step(
        key=INVESTIGATED,
        label="调查核实",
        article=LAW,
        office_only=True,
        fields=(COMPLAINT, Field(key="finding", label="核实和处理情况", required=True)),
        main_field="about",
        prerequisites=(COMPLAINED,),
        after_close=True,
    ),
)
EVERY_COMPLAINT = notice_for_each(COMPLAINED, INVESTIGATED, LAW)

DUTY = Duty(
    kind="village_affairs",
    label="村务公开",
    article=LAW,
    term=AnnualTerm(key="board", label="村务公开期限", article=LAW, year=YEAR_FIELD),
    fields=(
        Field(key=VILLAGE_FIELD, label="村", required=True),
        Field(key=NAME_FIELD, label="公开的内容", required=True),
        Field(key="covers", label="公开哪些", type=FieldType.CHOICE, choices=COVERS, required=True),
        Field(key=YEAR_FIELD, label="年度", type=FieldType.NUMBER, filled_in=True),
        *(replace(field, required=False, filled_in=True) for field in ANNUAL_TERM_FIELDS),
    ),
    conditions=(
        Condition(article=LAW, field="covers", values=("all",), forbidden=(CHECKED,)),
        Condition(article=LAW, field="covers", values=("finances", "major"), forbidden=(LOOKED,)),
        *(
            Condition(article=LAW, step=step, facts={key: fault}, forbidden=("whole",), until_next=True)
            for step, keys in ((LOOKED, tuple(ITEMS)), (CHECKED, ("finding",)))
            for key in keys
            for fault in FAULTS
        ),
    ),
    steps=STEPS,
    outcomes=(
        CaseOutcome(
            key="whole",
            label="已公开，核对无误",
            article=LAW,
            cell="prose.boards_whole",
            needs=(OutcomeRequirement(steps=(LOOKED, CHECKED)),),
            notices=(EVERY_COMPLAINT,),
        ),
        CaseOutcome(key="missing", label="没有公开", article=LAW, cell="prose.boards_missing"),
    ),
    recurrence=Yearly(
        rows="village_boards",
        facts={VILLAGE_FIELD: "village", NAME_FIELD: "name", "covers": "covers", **ANNUAL_TERM_FACTS},
        year=YEAR_FIELD,
        ahead=DAYS_AHEAD,
    ),
    default_assignee=REPORTER,
    buttons=(FILED,),
    kept_years=10,
    ladder=parse_policy("-5 holder; 0 holder deputy; +2 holder deputy head; +5 head clerk"),
)

"""村务公开: the board of one village for one quarter, from the photograph to the town's look at it, item by item.

At least once a quarter; finances monthly where the office says so; major matters at once, which a person opens. The
village files the photographs of its board and the sheet of its items; the town looks, asks for correction where an
item is missing or does not agree, and investigates what is complained of (村民委员会组织法). The law was amended with
effect from 2026-01-01 and its new numbering was not read: no article is cited. The last working day of the quarter's
last month is each office's own [practice]. It counts in no cell of the form: section one's prose tells of it.
"""

from config.declarations.annual_dates import ANNUAL_TERM_FACTS, ANNUAL_TERM_FIELDS, AnnualTerm
from config.declarations.duty import CaseOutcome, Duty, Field, FieldType, Step
from config.declarations.keys import NAME_FIELD, VILLAGE_FIELD, VILLAGE_REPORTER, YEAR_FIELD
from config.declarations.outcomes import OutcomeRequirement, RequiredNotice
from config.declarations.recurrence import Yearly
from config.declarations.reminder_ladder import Assignee, parse_policy
from config.declarations.terms import Fulfil, SendBack

LAW = "村民委员会组织法"
FILED, FILED_AGAIN, LOOKED, RETURNED = "filed", "filed_again", "looked", "board_returned"
COMPLAINED, INVESTIGATED = "complained", "investigated"
REPORTER = Assignee(field=VILLAGE_FIELD, place=VILLAGE_REPORTER)
DAYS_AHEAD = 20  # calendar days: the board is prepared in the quarter's last weeks [practice]
BOARD_FIELDS = (
    Field(key="photo", label="公开栏照片的SHA-256，或存放位置", type=FieldType.FILE, required=True),
    Field(key="sheet", label="公开事项清单的SHA-256，或存放位置", type=FieldType.FILE, required=True),
)
COMPLAINT = Field(key="about", label="反映的事项（不写姓名）", required=True)
FINDINGS = {"whole": "逐项核对无误", "partly": "有事项缺少或者不一致"}

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
        label="镇里核对",
        article=LAW,
        office_only=True,
        fields=(
            Field(key="finding", label="核对结果", type=FieldType.CHOICE, choices=FINDINGS, required=True),
            Field(key="items", label="逐项说明"),
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
EVERY_COMPLAINT = RequiredNotice(
    step=INVESTIGATED,
    article=LAW,
    question=COMPLAINED,
    question_facts={},
    answer=COMPLAINED,
    answer_facts={},
    pair="about",
)

DUTY = Duty(
    kind="village_affairs",
    label="村务公开",
    article=LAW,
    term=AnnualTerm(key="board", label="村务公开期限", article=LAW, year=YEAR_FIELD),
    fields=(
        Field(key=VILLAGE_FIELD, label="村", required=True),
        Field(key=NAME_FIELD, label="公开的内容", required=True),
        Field(key=YEAR_FIELD, label="年度", type=FieldType.NUMBER, required=True),
        *ANNUAL_TERM_FIELDS,
    ),
    steps=STEPS,
    outcomes=(
        CaseOutcome(
            key="whole",
            label="已公开，核对无误",
            article=LAW,
            cell="prose.boards_whole",
            needs=(OutcomeRequirement(steps=(LOOKED,)),),
            notices=(EVERY_COMPLAINT,),
        ),
        CaseOutcome(key="missing", label="没有公开", article=LAW, cell="prose.boards_missing"),
    ),
    recurrence=Yearly(
        rows="village_boards",
        facts={VILLAGE_FIELD: "village", NAME_FIELD: "name", **ANNUAL_TERM_FACTS},
        year=YEAR_FIELD,
        ahead=DAYS_AHEAD,
    ),
    default_assignee=REPORTER,
    buttons=(FILED,),
    ladder=parse_policy("-5 holder; 0 holder deputy; +2 holder deputy head; +5 head clerk"),
)

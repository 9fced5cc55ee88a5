"""村级信息报送: one village's month, from the roster of its first day to what was in by its last.

What is asked (how many items, by when, with how much grace, scored by which scheme) stands in the office's
file and is written into the opening, so that a change holds from the next month on. 零报送 is a report;
silence is none. A village is judged on the day it reported itself, whoever then sat on it. [practice]

The month counts the items of the village, each a case of its own (``village_item.py``): what happens to an item is a
step here by itself, and nobody can record such a step or a number of items. A month counts in no cell of the
year's form.
"""

from config.declarations.duty import CaseOutcome, Duty, Field, FieldType, Step
from config.declarations.keys import (
    ITEM_FIELD,
    MONTH_FIELD,
    TITLE_FIELD,
    VILLAGE_FIELD,
    VILLAGE_ITEM_KIND,
    VILLAGE_REPORT_KIND,
    VILLAGE_REPORTER,
)
from config.declarations.reminder_ladders import Assignee, parse_policy
from config.declarations.terms import Effect, Fulfil, MonthDay, MonthTerm
from config.declarations.villages.item_fields import (
    ADOPTED,
    ADOPTION_FIELDS,
    COMMISSIONED,
    MISTAKEN,
    REASON,
    REJECTED,
    RESUBMITTED,
    RETURNED,
    RULES,
)
from config.declarations.villages.item_fields import WITHDRAWN as WITHDRAWN_OUTCOME
from config.declarations.villages.month import CaseParts, VillageRound

SUBMITTED, SUPERSEDED, ZERO_DECLARED = "submitted", "superseded", "zero_declared"  # steps
WITHDRAWN = "withdrawn"
DUE_RULES = {
    MonthDay.DAY.value: "固定日期",
    MonthDay.WORKDAY.value: "第几个工作日",
    MonthDay.LAST_WORKDAY.value: "最后一个工作日",
}

DUE_TERM = MonthTerm(key="report", label="报送期限", article=RULES, rule="due_rule", number="due_number")
REPORTED_EFFECT = Fulfil(state="reported")


def _number_field(key: str, label: str, *, required: bool = False) -> Field:
    return Field(key=key, label=label, type=FieldType.NUMBER, required=required)


ITEM_FIELDS = (_number_field(ITEM_FIELD, "第几号信息", required=True), Field(key=TITLE_FIELD, label="标题"))


def _step_of_items(
    key: str, label: str, fields: tuple[Field, ...] = (), effect: Effect | None = None
) -> Step:
    """Declare a step that the month has by one of its items: nobody records it."""
    declared = {field.key: field for field in (*fields, *ITEM_FIELDS)}
    return Step(
        key=key,
        label=label,
        article=RULES,
        effect=effect or Effect(),
        fields=tuple(declared.values()),
        standalone=False,
        after_close=True,
    )


STEPS = (
    _step_of_items(RETURNED, "退回修改", (REASON,)),  # on one day an item comes back before it is sent again
    _step_of_items(SUPERSEDED, "报送信息（已退回）"),
    _step_of_items(SUBMITTED, "报送信息", effect=REPORTED_EFFECT),
    Step(key=ZERO_DECLARED, label="零报送", article=RULES, effect=REPORTED_EFFECT),
    _step_of_items(WITHDRAWN, "撤回信息"),
    _step_of_items(COMMISSIONED, "完成约稿"),
    _step_of_items(ADOPTED, "采用", ADOPTION_FIELDS),
    _step_of_items(REJECTED, "不予采用", (REASON,)),
    _step_of_items(MISTAKEN, "严重差错", (REASON,)),
)


def _outcome(key: str, label: str) -> CaseOutcome:
    # Rests on no step: a report entered for the wrong village must be struck out even after the close, whose
    # word the sweep then mends.
    return CaseOutcome(key=key, label=label, article=RULES)


DUTY = Duty(
    kind=VILLAGE_REPORT_KIND,
    label="村级信息报送",
    article=RULES,
    term=DUE_TERM,
    fields=(
        Field(key=VILLAGE_FIELD, label="村", required=True),
        Field(key=MONTH_FIELD, label="月份", required=True),
        Field(key="due_rule", label="截止日怎么定", type=FieldType.CHOICE, choices=DUE_RULES, required=True),
        _number_field("due_number", "几日，或第几个工作日"),
        _number_field("grace", "宽限工作日数"),
        _number_field("minimum", "最低条数"),
        Field(key="scheme", label="计分办法"),
    ),
    default_assignee=Assignee(field=VILLAGE_FIELD, place=VILLAGE_REPORTER),
    buttons=(ZERO_DECLARED,),
    kept_years=10,
    ladder=parse_policy("-5 holder; -2 holder deputy; 0 holder deputy; +1 holder deputy head; +2 head clerk"),
    steps=STEPS,
    outcomes=(
        _outcome("reported_on_time", "按时报送"),
        _outcome("reported_late", "迟报"),
        _outcome("zero_declared", "零报送"),
        _outcome("not_reported", "未报送"),
    ),
    parts=CaseParts(
        kind=VILLAGE_ITEM_KIND,
        fields=(MONTH_FIELD, VILLAGE_FIELD),
        number=ITEM_FIELD,
        copied=(TITLE_FIELD,),
        handed_in=SUBMITTED,
        superseded=SUPERSEDED,
        again=RESUBMITTED,
        sent_back=RETURNED,
        steps=(
            COMMISSIONED,
            ADOPTED,
            REJECTED,
            MISTAKEN,
        ),
        outcomes={WITHDRAWN_OUTCOME: WITHDRAWN},
    ),
    village_round=VillageRound(
        village=VILLAGE_FIELD,
        month=MONTH_FIELD,
        minimum="minimum",
        grace="grace",
        scheme="scheme",
        item=ITEM_FIELD,
        submitted=SUBMITTED,
        superseded=SUPERSEDED,
        nothing=ZERO_DECLARED,
        returned=RETURNED,
        withdrawn=WITHDRAWN,
        adopted=ADOPTED,
        rejected=REJECTED,
        commissioned=COMMISSIONED,
        mistaken=MISTAKEN,
        on_time="reported_on_time",
        late="reported_late",
        declared="zero_declared",
        missing="not_reported",
    ),
)

"""行政复议与行政诉讼: a dispute about a disclosure answer, counted in table 4 of the year's report.

It opens on the day it was accepted (受理日期); the office's reply runs from the day it received the copy of the
application or of the complaint, and from the opening only as long as that day is not entered [practice]. Once
the reply is filed, in time or late, no date is the office's: it waits for the decision.

- Reconsideration since 2024: 10 working days (行政复议法 48, 88), 5 in the summary procedure, which is open to
  disclosure cases (53(4), 54). Where nobody says which procedure it is, the earlier day is shown: the notice of
  the reviewing organ names it. Before 2024: 10 calendar days, as 23 and 40 then had it; that the law of the opening
  day governs the reply is [unconfirmed].
- Lawsuit: 15 days (行政诉讼法 67), every day counting; a last day off moves on (法释〔2018〕1号 art. 48). A shorter
  day that a court sets itself in its summary procedure is not modelled.

Concluded ones count by their result in the year they are concluded; those open at its end are 尚未审结.
"""

from datetime import date

from config.declarations.duty import FOR_EVER, CaseOutcome, CellCount, Duty, Field, FieldType, Moment, Step
from config.declarations.keys import DISPUTE_KIND, REOPENED_STEP, REQUEST_KIND, ROUTE_FIELD
from config.declarations.requirements import RequiredFollowUp
from config.declarations.terms import ConditionalTerm, Effect, Fulfil, Term, TermUnit

ROUTES = {
    "reconsideration": "行政复议",
    "litigation_direct": "未经复议直接起诉",
    "litigation_after_reconsideration": "复议后起诉",
}
PROCEDURES = {"ordinary": "普通程序", "summary": "简易程序"}
FORM = "国办公开办函〔2021〕30号"
UNTIL_2023, SINCE_2024 = date(2023, 12, 31), date(2024, 1, 1)
CIVIL_PERIODS = "民事诉讼法第八十五条"
BOTH_LAWS = "行政复议法，行政诉讼法"

DEFENCE_TERM = Term(
    key="defence",
    label="答辩期限",
    days=15,
    article="行政诉讼法第六十七条",
    unit=TermUnit.CALENDAR,
    roll_article="法释〔2018〕1号第四十八条",
)
REPLY_TERM_UNTIL_2023 = Term(
    key="reply",
    label="复议答复期限",
    days=10,
    article="行政复议法（2017修正）第二十三条（2023年底以前受理的适用修订前的法，待核实）",
    unit=TermUnit.CALENDAR,
    roll_article=f"行政复议法（2017修正）第四十条，{CIVIL_PERIODS}",
)
REPLY_TERM = Term(key="reply", label="复议答复期限", days=10, article="行政复议法第四十八条、第八十八条")
SUMMARY_REPLY_TERM = Term(
    key="reply", label="复议答复期限（简易程序）", days=5, article="行政复议法第五十四条、第八十八条"
)
EARLIER_REPLY_TERM = Term(
    key="reply",
    label="复议答复期限（没有写明程序，先按简易程序）",
    days=5,
    article="行政复议法第五十四条、第八十八条（没有写明程序，先按较早的日期）",
)
RECONSIDERATION_ROUTE = {ROUTE_FIELD: "reconsideration"}
TERMS = (
    ConditionalTerm(term=REPLY_TERM_UNTIL_2023, when=RECONSIDERATION_ROUTE, until=UNTIL_2023),
    ConditionalTerm(
        term=SUMMARY_REPLY_TERM, when={**RECONSIDERATION_ROUTE, "procedure": "summary"}, since=SINCE_2024
    ),
    ConditionalTerm(
        term=REPLY_TERM, when={**RECONSIDERATION_ROUTE, "procedure": "ordinary"}, since=SINCE_2024
    ),
    ConditionalTerm(term=EARLIER_REPLY_TERM, when=RECONSIDERATION_ROUTE, since=SINCE_2024),
)


def _outcome(key: str, label: str, follow: RequiredFollowUp | None = None) -> CaseOutcome:
    return CaseOutcome(key=key, label=label, article=FORM, cell=f"table4.{{column}}.{key}", follow_up=follow)


def _choice_field(key: str, label: str, choices: dict[str, str], *, required: bool = False) -> Field:
    return Field(key=key, label=label, type=FieldType.CHOICE, choices=choices, required=required)


FIELDS = (
    _choice_field(ROUTE_FIELD, "途径", ROUTES, required=True),
    Field(key="request", label="涉及的申请编号", linked_kind=REQUEST_KIND),
    Field(key="authority", label="复议机关或人民法院"),
    Field(key="matter", label="争议事项（不写个人信息）"),
    Field(
        key="copy_received_on",
        label="收到申请书或起诉状副本日期",
        type=FieldType.DAY,
        min_days=0,
        past_only=True,
    ),
    _choice_field("procedure", "复议审理程序", PROCEDURES),
)
STEPS = (
    Step(
        key="reply_filed",
        label="提交答复或者答辩状",
        article="行政复议法第四十八条、第五十四条，行政诉讼法第六十七条",
        effect=Fulfil(state="waiting_decision"),
        once=True,  # what is filed in addition stands in the file [practice]
    ),
    Step(key="hearing", label="听证或者开庭", article=BOTH_LAWS, effect=Effect()),
    Step(key="archived", label="归档", article="条例第四十五条", effect=Effect(), after_close=True),
)

DUTY = Duty(
    kind=DISPUTE_KIND,
    label="行政复议、行政诉讼",
    article="条例第五十一条",
    term=DEFENCE_TERM,
    terms=TERMS,
    since="copy_received_on",
    column=ROUTE_FIELD,
    fields=FIELDS,
    steps=STEPS,
    outcomes=(
        _outcome("upheld", "结果维持"),
        # Not every correction orders a new answer: the step is offered, and a person takes it or not.
        _outcome("corrected", "结果纠正", RequiredFollowUp(field="request", step=REOPENED_STEP)),
        _outcome("other", "其他结果"),
    ),
    counts=(CellCount(moment=Moment.OPEN_AT_END, cell="table4.{column}.pending"),),
    kept_years=FOR_EVER,
)

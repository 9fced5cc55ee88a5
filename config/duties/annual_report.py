"""政府信息公开工作年度报告: the report itself, from gathering what it says to the page on which it stands.

Departments hand theirs to the office in charge of disclosure, and publish it, by 31 January; a government's own
departments' by 31 March (条例 49). Townships are not named: the county's notice sets the day, so it stands in the
office's file ([report] due). It must say what the law lists (条例 50; 国办公开办函〔2021〕30号).

``checked`` is recorded by the desk alone, and only when the check finds no error in the report as it stands then;
what was checked is named by the file's fingerprint. The file is laid before the office's chain and goes out
(``submitted``, ``published``) only when every stage has signed it, and only the very file that was checked: another
one, however small the change, is checked anew. Where it is sent up, or the office's list says that the county reads
it first, it is published only once the county approved it; a return is kept with its reason, and the county's reply
is filed. It counts in no cell: it *is* the form.
"""

from config.declarations.annual_dates import ANNUAL_TERM_FACTS, ANNUAL_TERM_FIELDS, AnnualTerm
from config.declarations.duty import FOR_EVER, CaseOutcome, Duty, Field, FieldType, Step, county_first_field
from config.declarations.keys import (
    ANNUAL_REPORT_CHAIN,
    ANNUAL_REPORT_KIND,
    COUNTY_FIRST_FIELD,
    PUBLISHED_STEP,
    YEAR_FIELD,
)
from config.declarations.recurrence import Yearly
from config.declarations.reminder_ladders import parse_policy
from config.declarations.requirements import Condition, OutcomeRequirement, RequiredNotice
from config.declarations.terms import Effect, Fulfil

DUE_BY = "条例第四十九条"
CONTENT = "条例第五十条"
FORM = "国办公开办函〔2021〕30号"
DAYS_AHEAD = 31  # days: gathering begins as the year ends [practice]
CHECKED, SEEN_LIVE, APPROVED = "checked", "seen_live", "county_approved"

# The county reads the report before it is published where it is sent up: each county's own notice [practice].
COUNTY_READS = "县级政务公开工作安排"
TO = Field(key="to", label="报送给", required=True)
COUNTY_REPLY = Field(key="file", label="县里的答复（或者存放位置）", type=FieldType.FILE, required=True)
COUNTY_FIRST = RequiredNotice(
    step=APPROVED,
    article=COUNTY_READS,
    question="submitted",
    question_facts={},
    answer="submitted",
    answer_facts={},
    pair="to",
)

STEPS = (
    Step(key="collected", label="收集材料", article=CONTENT, fields=(Field(key="note", label="说明"),)),
    Step(
        key=CHECKED,
        label="检查无误",
        article=FORM,
        fields=(
            Field(key="report", label="报告的指纹", required=True),
            Field(key="figures", label="数字和文字的指纹"),
        ),
        main_field="report",
        standalone=False,  # the desk's own word: never somebody's claim
        attested_field="report",
        figures="figures",
    ),
    Step(
        key="drafted",
        label="报告成稿",
        article=CONTENT,
        prerequisites=(CHECKED,),
        fields=(Field(key="note", label="说明"),),
    ),
    Step(
        key="submitted",
        label="报审",
        article=DUE_BY,
        prerequisites=(CHECKED,),
        fields=(TO,),
        main_field="to",
        requires_approval=True,
    ),
    Step(
        key="county_returned",
        label="县里退回",
        article=COUNTY_READS,
        fields=(TO, Field(key="reason", label="退回的理由", required=True), COUNTY_REPLY),
        main_field="reason",
        prerequisites=("submitted",),
    ),
    Step(
        key=APPROVED,
        label="县里同意",
        article=COUNTY_READS,
        fields=(TO, COUNTY_REPLY),
        main_field="to",
        prerequisites=("submitted",),
    ),
    Step(
        key=PUBLISHED_STEP,
        label="公布",
        article=DUE_BY,
        effect=Fulfil(state="report_published"),
        prerequisites=(CHECKED,),
        fields=(Field(key="address", label="网页地址", type=FieldType.WEB, required=True),),
        main_field="address",
        notices=(COUNTY_FIRST,),
        requires_approval=True,
    ),
    Step(
        key=SEEN_LIVE,
        label="查看网页",
        article=FORM,
        effect=Effect(),
        prerequisites=(PUBLISHED_STEP,),
        fields=(Field(key="note", label="所见"),),
    ),
)

DUTY = Duty(
    kind=ANNUAL_REPORT_KIND,
    label="年度报告",
    article=DUE_BY,
    term=AnnualTerm(key="report", label="公布期限", article=DUE_BY, year=YEAR_FIELD, years_later=1),
    fields=(
        Field(key=YEAR_FIELD, label="报告年度", type=FieldType.NUMBER, required=True),
        *ANNUAL_TERM_FIELDS,
        county_first_field("county_reads_report"),
    ),
    conditions=(
        Condition(
            article=COUNTY_READS,
            field=COUNTY_FIRST_FIELD,
            values=("yes",),
            before={PUBLISHED_STEP: APPROVED},
        ),
    ),
    steps=STEPS,
    outcomes=(
        CaseOutcome(
            key="published", label="已公布", article=DUE_BY, needs=(OutcomeRequirement(steps=(SEEN_LIVE,)),)
        ),
    ),
    chain=ANNUAL_REPORT_CHAIN,
    closes_with={SEEN_LIVE: "published"},
    recurrence=Yearly(rows="report_dates", facts=ANNUAL_TERM_FACTS, year=YEAR_FIELD, ahead=DAYS_AHEAD),
    kept_years=FOR_EVER,
    ladder=parse_policy(
        "-20 holder; -10 holder; -5 holder office_head; -1 holder deputy head; 0! holder leader; "
        "+1! leader group_head"
    ),
)

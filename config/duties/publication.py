"""信息发布: one text on its way to the website, from the day it was made until it is seen there (条例 art. 19–26).

Every document is classed when it is made (主动公开, 依申请公开, 不予公开 with its article): the opening says so, and
the text that is signed says the same. What is disclosed of our own accord is out within 20 working days of being made
or changed (26). Secrecy review comes first, item by item (保密法实施条例 art. 42), then three reviews and three
proofs by three different people [practice]; the stages stand in the office's file. ``published`` is taken only when
all have signed that very text. Whether it stands on the website the program looks and records; where it does not, the
case waits for whoever has it until it does, also once it is closed. A case whose text was found there is closed by
that finding; one whose page the program cannot see waits for whoever has it to close it.

Where the office's list says that the county reads texts on its matter first, it is sent up, returned with the reason
or approved, and only then published; the days of art. 26 run on meanwhile.

A text of another class owes no date: it is closed as not published. It counts in no cell of the year's form.
"""

from config.declarations.annual_dates import UNITS
from config.declarations.disclosure_topics import SUBJECTS
from config.declarations.duty import (
    CaseOutcome,
    Duty,
    Field,
    FieldType,
    Step,
    county_first_field,
    hand_on_step,
    withheld_review_step,
)
from config.declarations.keys import (
    ADDRESS_FIELD,
    ARTICLE_FIELD,
    BASIS_FIELD,
    CHECK_FAILED_STEP,
    CHECK_PASSED_STEP,
    COUNTY_FIRST_FIELD,
    DAYS_FIELD,
    DISCLOSURE_FIELD,
    FED_STEP,
    ITEM_FIELD,
    MADE_ON_FIELD,
    MATTER_FIELD,
    MATTER_KIND,
    ORIGIN_FIELD,
    PUBLICATION_CHAIN,
    PUBLICATION_KIND,
    PUBLISHED_STEP,
    REJECTED_OUTCOME,
    SUBJECT_FIELD,
    TITLE_FIELD,
    WITHHELD,
    WITHHELD_REVIEWED_STEP,
)
from config.declarations.reminder_ladders import parse_policy
from config.declarations.requirements import Condition, ForwardedStep, OutcomeRequirement
from config.declarations.terms import ConditionalTerm, Defect, Fulfil, Term

ARTICLE_26 = "条例第二十六条"
ARTICLE_19 = "条例第十九条"
ARTICLES_14_TO_16 = "条例第十四条至第十六条"
REVIEW_PRACTICE = "三审三校"  # no article: how offices do it [practice]
COUNTY_LIST = "本单位报审清单"  # what the county reads first: each office's own list [practice]
SITE_RULES = "国办秘函〔2019〕19号"

PROACTIVE, ON_REQUEST, NOT_DISCLOSED = "proactive", "on_request", WITHHELD
DISCLOSURE = {PROACTIVE: "主动公开", ON_REQUEST: "依申请公开", NOT_DISCLOSED: "不予公开"}
PUBLISHED_OUTCOME, NOT_PUBLISHED, WITHDRAWN = "adopted", "not_published", "withdrawn"  # outcomes
# Its matter in the office's catalogue may set other days, by another law: art. 26 leaves those terms alone.
PUBLISH_TERM = Term(
    key="publish",
    label="公开期限",
    days=20,
    article=ARTICLE_26,
    days_field="publish_days",
    unit_field="publish_unit",
    article_field="publish_basis",
)
FROM_CATALOGUE = {
    "publish_days": DAYS_FIELD,
    "publish_unit": "unit",
    "publish_basis": BASIS_FIELD,
    "place": "channel",
    "posted": "posted",
    "posted_basis": "posted_basis",
    SUBJECT_FIELD: SUBJECT_FIELD,
}
"""What a text takes over from its matter: the term, the channel, how long a notice stays, and the subject."""

FIELDS = (
    Field(key=TITLE_FIELD, label="标题", required=True),
    Field(key=ORIGIN_FIELD, label="起草部门或者村", required=True),
    Field(key=DISCLOSURE_FIELD, label="公开属性", type=FieldType.CHOICE, choices=DISCLOSURE, required=True),
    Field(key=ARTICLE_FIELD, label="不予公开的依据"),
    Field(key=SUBJECT_FIELD, label="公开事项", type=FieldType.CHOICE, choices=SUBJECTS),
    Field(key=MADE_ON_FIELD, label="形成或者变更日期", type=FieldType.DAY, required=True, past_only=True),
    Field(key=MATTER_FIELD, label="目录事项", linked_kind=MATTER_KIND, copied=FROM_CATALOGUE),
    Field(key="publish_days", label="公开期限（天）", type=FieldType.NUMBER, filled_in=True),
    Field(key="publish_unit", label="期限按什么天数", type=FieldType.CHOICE, choices=UNITS, filled_in=True),
    Field(key="publish_basis", label="期限的依据", filled_in=True),
    Field(key="place", label="公开渠道", filled_in=True),
    Field(key="posted", label="公示工作日数", type=FieldType.NUMBER, filled_in=True),
    Field(key="posted_basis", label="公示的依据", filled_in=True),
    county_first_field("county_reads_text"),
    Field(key=ITEM_FIELD, label="来自第几号村级信息", type=FieldType.NUMBER, filled_in=True),
)
WEB_ADDRESS = Field(key=ADDRESS_FIELD, label="网页地址", type=FieldType.WEB, required=True)
COUNTY_REPLY = Field(key="file", label="县里的答复（或者存放位置）", type=FieldType.FILE, required=True)
SENT_UP, APPROVED = "sent_up", "county_approved"
CHECK_FAULTS = {
    "title_changed": "标题不一致",
    "changed": "正文不一致",
    "vanished": "网页不存在",
    "unreachable": "看不到",
}
UNREACHABLE_REASONS = {
    "bad_url": "网址不能访问",
    "host_not_allowed": "不在单位文件列出的网站上",
    "private_address": "网址指向内部网络",
    "redirected_away": "转到了别的网站",
    "redirect_loop": "来回跳转",
    "too_many_redirects": "跳转次数太多",
    "unresolved": "找不到网站",
    "no_connection": "连不上网站",
    "untrusted": "网站的安全证书有问题",
    "slow": "等不到答复",
    "broken": "答复中途断开",
    "too_large": "网页太大",
    "status": "网站答复不正常",
    "no_page": "不是网页",
    "no_encoding": "文字编码认不出来",
}

STEPS = (
    Step(
        key=SENT_UP,
        label="报县里审核",
        article=COUNTY_LIST,
        fields=(Field(key="to", label="报送给", required=True),),
        main_field="to",
        occasional=True,
    ),
    Step(
        key="county_returned",
        label="县里退回",
        article=COUNTY_LIST,
        fields=(Field(key="reason", label="退回的理由", required=True), COUNTY_REPLY),
        main_field="reason",
        prerequisites=(SENT_UP,),
        occasional=True,
    ),
    Step(
        key=APPROVED,
        label="县里同意",
        article=COUNTY_LIST,
        fields=(COUNTY_REPLY,),
        main_field="file",
        prerequisites=(SENT_UP,),
        occasional=True,
    ),
    Step(
        key=PUBLISHED_STEP,
        label="发布",
        article=ARTICLE_26,
        effect=Fulfil(state="published"),
        fields=(WEB_ADDRESS,),
        main_field=ADDRESS_FIELD,
        requires_approval=True,
        forwarded=ForwardedStep(
            field=MATTER_FIELD,
            step=FED_STEP,
            copied={TITLE_FIELD: TITLE_FIELD, ADDRESS_FIELD: ADDRESS_FIELD},
        ),
    ),
    Step(
        key=CHECK_PASSED_STEP,
        label="上网核对一致",
        article=SITE_RULES,
        fields=(WEB_ADDRESS, Field(key="added", label="段落之间多出")),
        prerequisites=(PUBLISHED_STEP,),
        standalone=False,
        after_close=True,
    ),
    Step(
        key=CHECK_FAILED_STEP,
        label="上网核对有问题",
        article=SITE_RULES,
        effect=Defect(until=(PUBLISHED_STEP, CHECK_PASSED_STEP)),
        fields=(
            WEB_ADDRESS,
            Field(key="state", label="核对结果", type=FieldType.CHOICE, choices=CHECK_FAULTS, required=True),
            Field(key="reason", label="原因", type=FieldType.CHOICE, choices=UNREACHABLE_REASONS),
            Field(key="why", label="说明"),
        ),
        prerequisites=(PUBLISHED_STEP,),
        standalone=False,
        after_close=True,
    ),
    hand_on_step(REVIEW_PRACTICE, with_reason=True),
    withheld_review_step(),
)
PUBLISHED_CELL = "prose.published_in_{column}"
NEEDS_PUBLISHED = (OutcomeRequirement(steps=(PUBLISHED_STEP,)),)

DUTY = Duty(
    kind=PUBLICATION_KIND,
    label="信息发布",
    article="条例第十九条至第二十六条",
    terms=(ConditionalTerm(term=PUBLISH_TERM, when={DISCLOSURE_FIELD: PROACTIVE}),),
    since=MADE_ON_FIELD,
    column=SUBJECT_FIELD,
    fields=FIELDS,
    conditions=(
        Condition(
            article=ARTICLES_14_TO_16, field=DISCLOSURE_FIELD, values=(NOT_DISCLOSED,), needs=(ARTICLE_FIELD,)
        ),
        Condition(
            article=ARTICLE_19,
            field=DISCLOSURE_FIELD,
            values=(ON_REQUEST, NOT_DISCLOSED),
            forbidden=(PUBLISHED_STEP,),
        ),
        Condition(
            article=ARTICLE_19, field=DISCLOSURE_FIELD, values=(PROACTIVE,), forbidden=(NOT_PUBLISHED,)
        ),
        Condition(
            article="条例第十八条",
            field=DISCLOSURE_FIELD,
            values=(PROACTIVE, ON_REQUEST),
            forbidden=(WITHHELD_REVIEWED_STEP,),
        ),
        Condition(
            article=COUNTY_LIST, field=COUNTY_FIRST_FIELD, values=("yes",), before={PUBLISHED_STEP: APPROVED}
        ),
        Condition(
            article=ARTICLE_26, step=PUBLISHED_STEP, forbidden=(NOT_PUBLISHED, REJECTED_OUTCOME, WITHDRAWN)
        ),
    ),
    steps=STEPS,
    outcomes=(
        CaseOutcome(
            key=PUBLISHED_OUTCOME,
            label="已发布",
            article=ARTICLE_26,
            cell=PUBLISHED_CELL,
            needs=NEEDS_PUBLISHED,
        ),
        CaseOutcome(
            key="archived",
            label="已发布并归档",
            article=ARTICLE_26,
            cell=PUBLISHED_CELL,
            needs=NEEDS_PUBLISHED,
        ),
        CaseOutcome(
            key=NOT_PUBLISHED, label="不发布（依申请公开或者不予公开）", article=ARTICLE_19, withholds=True
        ),
        CaseOutcome(key=REJECTED_OUTCOME, label="审核不予通过", article=REVIEW_PRACTICE),
        CaseOutcome(key=WITHDRAWN, label="撤稿", article=REVIEW_PRACTICE),
    ),
    chain=PUBLICATION_CHAIN,
    closes_with={CHECK_PASSED_STEP: PUBLISHED_OUTCOME},
    rejected=REJECTED_OUTCOME,
    kept_years=10,
    ladder=parse_policy(
        "-10 holder; -5 holder deputy; -2 holder head; 0! holder leader; +1! leader group_head"
    ),
)

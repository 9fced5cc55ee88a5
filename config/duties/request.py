"""依申请公开: a request for disclosure, from receipt to answer (条例 art. 27–45).

The answer is due within 20 working days of receipt (33); a correction or a paid fee starts the term again
(30, 42); the time a third party or another organ is asked is not counted (33); an extension adds at most 20
in all (33). Nothing here happens by silence: an overdue correction, an unpaid fee and a consent by silence
(34) are each recorded by a person, as what they are. Whether an answer was in time is judged by its sending, and not
by the close (国办公开办函〔2016〕235号): a closed case waits until its answer is sent.

What the law leaves open and this file decides is marked [practice]; what is believed but was not read in
the source is marked [unconfirmed].
"""

from functools import partial
from typing import Any

from config.declarations import keys
from config.declarations.duty import (
    CellCount,
    Duty,
    Field,
    FieldType,
    Moment,
    ProposedDay,
    Step,
    withheld_review_step,
)
from config.declarations.reminder_ladders import parse_policy
from config.declarations.requests.consultation import ANSWERED, OPINION_LABELS, OPINION_LIMIT, PARTIES
from config.declarations.requests.outcomes import (
    ALREADY_PUBLIC,
    CONSULTATION_ENDED,
    CONSULTED,
    CORRECTED,
    CORRECTION_ASKED,
    FEE_NOTICED,
    OUTCOMES,
    REASONS_ASKED,
    REASONS_GIVEN,
    THIRD_PARTY_TOLD,
)
from config.declarations.requests.ways import (
    ANNOUNCED,
    ARRIVED,
    BY_NOTICE,
    CHANNELS,
    CONTACT_STEPS,
    DELIVERY,
    PROVIDED_AS,
    RECEIPT,
    SENDING,
    UNASKED_CHANNELS,
    UNCONFIRMED_RECEIPT,
    UNWRITTEN,
    WAY_FIELD,
    WAYS_OUT,
)
from config.declarations.requirements import Condition
from config.declarations.terms import (
    Effect,
    Extend,
    Reassign,
    Reopen,
    ResponseLimit,
    Restart,
    SetDate,
    Term,
    Wait,
)

FEE_RULES = "条例第四十二条，国办函〔2020〕109号"
FEE_RESTART = f"{FEE_RULES}（自缴清次日起重新计算，待核实）"
REGISTERED = "条例第四十五条"
FEE_PAID = "fee_paid"

APPLICANT_KINDS = {
    "natural_person": "自然人",
    "business": "商业企业",
    "research": "科研机构",
    "social_org": "社会公益组织",
    "legal_service": "法律服务机构",
    "other_org": "其他",
}

ANSWER_TERM = Term(key="answer", label="答复期限", days=20, article="条例第三十三条")
CORRECTION_NOTICE_TERM = Term(key="correction_notice", label="补正告知期限", days=7, article="条例第三十条")
# The 20 days run from the day after the notice is received (国办函〔2020〕109号); that payment starts the term again
# from the day after it is [unconfirmed], and says so beside the days.
PAYMENT_TERM = Term(key="payment", label="缴费期限", days=20, article=FEE_RULES)
CORRECTED_MATTERS = {"content": "申请内容不明确", "identity": "没有提供身份证明"}
FEE_BASES = {"item": "按件计收", "page": "按量计收"}


def _day_field(key: str, label: str, **rules: bool | int | ProposedDay) -> Field:
    return Field(key=key, label=label, type=FieldType.DAY, **rules)  # type: ignore[arg-type]


def _step_without_effect(key: str, label: str, article: str, *fields: Field, **rules: Any) -> Step:
    return Step(key=key, label=label, article=article, effect=Effect(), fields=fields, **rules)


def _number_field(key: str, label: str) -> Field:
    return Field(key=key, label=label, type=FieldType.NUMBER, required=True)


NOTIFIED_FIELD = "notified_on"
_deciding_head = partial(Field, required=True, role=keys.DISCLOSURE_HEAD, consent=True)
REASON_FIELD = Field(key="reason", label="理由", required=True)
EVIDENCE_FIELD = Field(key=keys.CONSENT_EVIDENCE_FIELD, label="书面意见的凭据", type=FieldType.FILE)
CONSENT_FIELDS = (
    _deciding_head(key="consented_by", label="同意的信息公开工作机构负责人"),
    REASON_FIELD,
    EVIDENCE_FIELD,
    _day_field(NOTIFIED_FIELD, "告知申请人日期", required=True, before_due=True, proposed=ProposedDay()),
)
CONSULTED_FIELD = Field(key="with", label="征求对象", required=True)
# The day of this step is the one that counts: the day handed to the postal enterprise, else the day signed for.
DELIVERY_FIELD = Field(
    key=WAY_FIELD,
    label="送达方式（邮寄记交邮当日，其他记签收当日）",
    type=FieldType.CHOICE,
    choices=WAYS_OUT,
    required=True,
)

STEPS = (
    _step_without_effect("examined", "审核", REGISTERED),
    Step(
        key=CORRECTION_ASKED,
        label="补正告知",
        article="条例第三十条",
        effect=Wait(state="waiting_correction", until=CORRECTED, limit=ResponseLimit(day="until")),
        fields=(
            Field(key="items", label="需补正的内容", required=True),
            # The law asks for a reasonable term (art. 30); 15 working days is what many offices give [practice].
            _day_field("until", "补正期限", required=True, min_days=1, proposed=ProposedDay(working_days=15)),
            Field(key="about", label="补正事由", type=FieldType.CHOICE, choices=CORRECTED_MATTERS),
        ),
        main_field="until",
        once=True,
        own_term=CORRECTION_NOTICE_TERM,
        before_due=True,
    ),
    Step(
        key=CORRECTED,
        label="收到补正",
        article="条例第三十条",
        effect=Restart(),
        prerequisites=(CORRECTION_ASKED,),
    ),
    Step(
        key=CONSULTED,
        label="征求意见",
        article="条例第三十三条",
        effect=Wait(
            state="waiting_consultation",
            until=CONSULTATION_ENDED,
            pair="with",
            limit=OPINION_LIMIT,
        ),
        fields=(
            CONSULTED_FIELD,
            Field(key="party", label="对象类别", type=FieldType.CHOICE, choices=PARTIES, required=True),
            _day_field("received_on", "对方收到征求意见书日期", min_days=0),
        ),
        main_field="with",
        before_due=True,
    ),
    Step(
        key=CONSULTATION_ENDED,
        label="征求意见结束",
        article="条例第三十三条",
        effect=ANSWERED,
        fields=(
            CONSULTED_FIELD,
            Field(key="opinion", label="意见", type=FieldType.CHOICE, choices=OPINION_LABELS, required=True),
        ),
        main_field="with",
        prerequisites=(CONSULTED,),
    ),
    _step_without_effect("applicant_told", "征求意见告知申请人", "条例第三十三条", CONSULTED_FIELD),
    Step(
        key=THIRD_PARTY_TOLD,
        label="告知第三方决定公开",
        article="条例第三十二条",
        fields=(CONSULTED_FIELD, Field(key="disclosed", label="决定公开的内容", required=True), REASON_FIELD),
        main_field="with",
        prerequisites=(CONSULTATION_ENDED,),
    ),
    _step_without_effect(
        "assistance_asked",
        "请求协办",
        REGISTERED,
        Field(key="assisting_unit", label="协办单位", required=True),
        Field(key="matter", label="协办事项", required=True),
        _day_field(
            "assist_until", "协办期限", required=True, min_days=0, proposed=ProposedDay(working_days=5)
        ),
    ),
    *CONTACT_STEPS,
    _step_without_effect(REASONS_ASKED, "要求说明理由", "条例第三十五条"),
    _step_without_effect(REASONS_GIVEN, "申请人说明理由", "条例第三十五条"),
    _step_without_effect(
        "extension_asked",
        "申请延期",
        "条例第三十三条",
        _number_field(keys.DAYS_FIELD, "拟延长工作日数"),
        REASON_FIELD,
        # Whoever asks says when they will tell the applicant: whoever consents does not tell them.
        _day_field(
            NOTIFIED_FIELD,
            "拟告知申请人日期",
            min_days=0,
            before_due=True,
            proposed=ProposedDay(working_days=1),
        ),
        consent_steps=(keys.EXTENDED_STEP, "extension_refused"),
    ),
    _step_without_effect(
        "extension_refused",
        "不同意延期",
        "条例第三十三条",
        _deciding_head(key="refused_by", label="不同意的负责人"),
        REASON_FIELD,
        EVIDENCE_FIELD,
    ),
    Step(
        key=keys.EXTENDED_STEP,
        label="延期",
        article="条例第三十三条",
        effect=Extend(max_days=20),
        fields=(_number_field(keys.DAYS_FIELD, "延长工作日数"), *CONSENT_FIELDS),
        main_field=keys.DAYS_FIELD,
        before_due=True,
        refused_when_late=True,
    ),
    Step(
        key="later_date_set",
        label="确定延迟答复日期",
        article="条例第三十五条",
        effect=SetDate(),
        fields=(
            _day_field("until", "答复日期", required=True, min_days=1, proposed=ProposedDay(due=True)),
            *CONSENT_FIELDS,
        ),
        main_field="until",
        before_due=True,
        refused_when_late=True,
    ),
    Step(
        key=FEE_NOTICED,
        label="收费告知",
        article=FEE_RULES,
        effect=Wait(
            state="waiting_fee", until=FEE_PAID, limit=ResponseLimit(term=PAYMENT_TERM, since="received_on")
        ),
        fields=(
            Field(key="amount_yuan", label="金额（元）", required=True),
            Field(key="basis", label="计收方式", type=FieldType.CHOICE, choices=FEE_BASES),
            _day_field("received_on", "申请人收到收费通知日期", min_days=0),
        ),
        main_field="received_on",
        once=True,  # one basis and one sum for a request [practice]; a wrong sum is corrected, not repeated
        before_due=True,
    ),
    Step(key=FEE_PAID, label="缴清费用", article=FEE_RESTART, effect=Restart(), prerequisites=(FEE_NOTICED,)),
    _step_without_effect("handled", "办理", REGISTERED),
    Step(
        key="handed_on",
        label="转交",
        article=REGISTERED,
        effect=Reassign(),
        fields=(
            Field(key="to", label="转交给", required=True, role=keys.ANYONE),
            Field(key="reason", label="理由"),
        ),
    ),
    Step(
        key=keys.MERGED_IN_STEP,
        label="并入重复登记",
        article=REGISTERED,
        fields=(_number_field(keys.DUPLICATE_FIELD, "重复登记的案件号"),),
        after_close=True,
        standalone=False,
    ),
    Step(
        key=keys.DELIVERED_STEP,
        label="送达",
        article=SENDING,
        effect=DELIVERY,
        fields=(DELIVERY_FIELD,),
        main_field=WAY_FIELD,
        after_close=True,
    ),
    Step(
        key=keys.REOPENED_STEP,
        label="按复议决定或判决重新答复",
        article="行政复议法，行政诉讼法",
        # The decision names the date; where it names none, the legal term runs again (复议法实施条例 art. 49).
        effect=Reopen(),
        fields=(
            Field(key="decision", label="决定书或判决书文号", required=True),
            _day_field("until", "决定的答复日期", min_days=1),
        ),
        main_field="until",
        after_close=True,
    ),
    withheld_review_step(),
    _step_without_effect(
        "made_proactive",
        "转为主动公开",
        "条例第四十四条",
        Field(key="text", label="信息发布编号", linked_kind=keys.PUBLICATION_KIND, required=True),
        after_close=True,
    ),
    _step_without_effect("archived", "归档", REGISTERED, after_close=True),
)

DUTY = Duty(
    kind=keys.REQUEST_KIND,
    label="依申请公开",
    article="条例第二十七条至第四十五条",
    term=ANSWER_TERM,
    receipt=RECEIPT,
    has_applicant=True,
    column=keys.APPLICANT_KIND_FIELD,
    fields=(
        Field(
            key=keys.APPLICANT_KIND_FIELD,
            label="申请人类型",
            type=FieldType.CHOICE,
            choices=APPLICANT_KINDS,
            required=True,
        ),
        Field(key=keys.CHANNEL_FIELD, label="收到方式", type=FieldType.CHOICE, choices=CHANNELS),
        Field(key=keys.CONTENT_FIELD, label="申请内容", long=True),
        Field(key=keys.PROVIDED_AS_FIELD, label="提供方式", type=FieldType.CHOICE, choices=PROVIDED_AS),
        _day_field(ARRIVED, "平信到达日期", past_only=True, max_days=0),
        Field(key=keys.NOTE_FIELD, label="备注"),
    ),
    conditions=(
        Condition(
            article="条例第三十一条",
            field=keys.CHANNEL_FIELD,
            values=UNASKED_CHANNELS,
            forbidden=(UNCONFIRMED_RECEIPT,),
        ),
        Condition(article=UNWRITTEN, step=keys.DELIVERED_STEP, facts={WAY_FIELD: BY_NOTICE}, after=ANNOUNCED),
        Condition(  # a fee by page is for what is provided, not for what is public already
            article="国办函〔2020〕109号第五条",
            step=FEE_NOTICED,
            facts={"basis": "page"},
            forbidden=(ALREADY_PUBLIC,),
        ),
    ),
    chain=keys.REQUEST_REPLY_CHAIN,
    kept_years=30,
    ladder=parse_policy(
        "-10 holder; -5 holder deputy; -2 holder deputy head; 0! holder deputy leader; +1! leader group_head"
    ),
    steps=STEPS,
    outcomes=OUTCOMES,
    counts=(
        CellCount(moment=Moment.OPENED, cell="table3.received.{column}"),
        CellCount(moment=Moment.CARRIED_IN, cell="table3.carried_in.{column}"),
        CellCount(moment=Moment.OPEN_AT_END, cell="table3.carried_out.{column}"),
    ),
)

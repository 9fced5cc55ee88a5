"""依申请公开: a request for disclosure, from receipt to answer (条例 art. 27–45).

The answer is due within 20 working days of receipt (33); a correction or a paid fee starts the term again
(30, 42); the time a third party or another organ is asked is not counted (33); an extension adds at most 20
in all (33). Nothing here happens by silence: an overdue correction, an unpaid fee and a consent by silence
(34) are each recorded by a person, as what they are.

What the law leaves open and this file decides is marked [practice]; what is believed but was not read in
the source is marked [unconfirmed].
"""

from functools import partial
from typing import Any

from config.declarations import answer_paragraphs as texts
from config.declarations import keys
from config.declarations.duty import (
    CaseOutcome,
    CellCount,
    Duty,
    Effect,
    Extend,
    Field,
    FieldType,
    Moment,
    Reassign,
    Reopen,
    ResponseLimit,
    Restart,
    Resume,
    SetDate,
    Step,
    Term,
    Wait,
)
from config.declarations.outcomes import OutcomeRequirement, RequiredParagraph
from config.declarations.receipt import ReceiptRule
from config.declarations.reminder_ladder import parse_policy

FORM = "国办公开办函〔2021〕30号"
FEE_RULES = "条例第四十二条，国办函〔2020〕109号"

CORRECTION_ASKED, CORRECTED = "correction_asked", "corrected"
CONSULTED, CONSULTATION_ENDED = "consulted", "consultation_ended"
REASONS_ASKED, REASONS_GIVEN = "reasons_asked", "reasons_given"
FEE_NOTICED, FEE_PAID = "fee_noticed", "fee_paid"

CHANNELS = {
    "in_person": "当面提交",
    "post_registered": "挂号信",
    "courier": "快递",
    "post_ordinary": "平信",
    "web": "网络",
    "fax": "传真",
    "email": "电子邮件",
}
RECEIPT = ReceiptRule(
    by=keys.CHANNEL_FIELD,
    days={
        "in_person": "handed_in",
        "post_registered": "signed_for",
        "courier": "signed_for",
        "post_ordinary": "confirmed",
        "web": "confirmed",
        "fax": "confirmed",
        "email": "confirmed",  # an Internet channel in the sense of (3) [unconfirmed]
    },
    article="条例第三十一条",
)
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
# That the 20 days run from the day after the notice is received, and that payment starts the term again
# from the day after it, is [unconfirmed].
PAYMENT_TERM = Term(key="payment", label="缴费期限", days=20, article=FEE_RULES)
PARTIES = {"third_party": "第三方", "other_organ": "共同制作机关"}
OPINION_TERMS = {
    "third_party": Term(key="opinion", label="第三方意见期限", days=15, article="条例第三十二条"),
    "other_organ": Term(key="opinion", label="机关意见期限", days=15, article="条例第三十四条"),
}
DEFAULT_OPINION_TERM = Term(
    key="opinion", label="征求意见期限", days=15, article="条例第三十二条、第三十四条"
)
# The same silence means opposite things: the office decides (32), or the organ has consented (34).
SILENCE_OPINIONS = {"third_party": "silent_office_decides", "other_organ": "silent_consent"}
OPINION_LABELS = {
    "agreed": "同意公开",
    "refused": "不同意公开",
    "silent_office_decides": "第三方逾期未提出意见，由本机关决定",
    "silent_consent": "机关逾期未提出意见，视为同意公开",
}


def _outcome(
    key: str,
    label: str,
    article: str,
    says: tuple[RequiredParagraph, ...],
    *,
    needs: tuple[OutcomeRequirement, ...] = (),
    settled: tuple[str, ...] = (),
) -> CaseOutcome:
    cell = f"table3.{key}.{{column}}"
    return CaseOutcome(
        key=key,
        label=label,
        article=article,
        cell=cell,
        required_paragraphs=says,
        needs=needs,
        answered_steps=settled,
    )


CONSULTATION_STEPS = (CONSULTED,)
"""Whoever was asked about disclosure must have answered, or let the term pass, before such an answer."""

OUTCOMES = (
    _outcome(
        "granted", "予以公开", "条例第三十六条第（一）、（二）项", texts.ACCESS, settled=CONSULTATION_STEPS
    ),
    _outcome(
        "partly_granted",
        "部分公开",
        "条例第三十七条",
        texts.ACCESS + texts.REFUSAL,
        settled=CONSULTATION_STEPS,
    ),
    _outcome("state_secret", "属于国家秘密", "条例第十四条", texts.REFUSAL),
    _outcome("forbidden_by_law", "其他法律行政法规禁止公开", "条例第十四条", texts.REFUSAL),
    _outcome("three_securities_one_stability", "危及“三安全一稳定”", "条例第十四条", texts.REFUSAL),
    _outcome(
        "third_party_rights", "保护第三方合法权益", "条例第十五条", texts.REFUSAL, settled=CONSULTATION_STEPS
    ),
    _outcome("internal_affairs", "属于三类内部事务信息", "条例第十六条第一款", texts.REFUSAL),
    _outcome("process_information", "属于四类过程性信息", "条例第十六条第二款", texts.REFUSAL),
    _outcome("enforcement_file", "属于行政执法案卷", "条例第十六条第二款", texts.REFUSAL),
    _outcome(
        "inquiry_matter", "属于行政查询事项", "条例第三十六条第（七）项", texts.SPECIAL_RULES + texts.REFUSAL
    ),
    _outcome(
        "not_held",
        "本机关不掌握相关政府信息",
        "条例第三十六条第（四）、（五）项",
        texts.OTHER_AGENCY + texts.DECLINED,
    ),
    _outcome("needs_creation", "没有现成信息需要另行制作", "条例第三十八条", texts.DECLINED),
    _outcome(
        "still_unclear",
        "补正后申请内容仍不明确",
        "条例第三十条",
        texts.DECLINED,
        needs=(OutcomeRequirement(steps=(CORRECTED,)),),
    ),
    _outcome("petition", "信访举报投诉类申请", "条例第三十九条第一款", texts.OTHER_CHANNEL + texts.DECLINED),
    _outcome("repeated", "重复申请", "条例第三十六条第（六）项", texts.DECLINED),
    _outcome(
        "public_publication",
        "要求提供公开出版物",
        "条例第三十九条第二款",
        texts.OTHER_CHANNEL + texts.DECLINED,
    ),
    _outcome(
        "excessive",
        "无正当理由大量反复申请",
        "条例第三十五条",
        texts.DECLINED,
        needs=(OutcomeRequirement(steps=(REASONS_ASKED, REASONS_GIVEN)),),  # none can be unreasonable unheard
    ),
    _outcome("confirm_or_reissue", "要求行政机关确认或重新出具已获取信息", FORM, texts.DECLINED),
    _outcome(
        "correction_overdue",
        "申请人无正当理由逾期不补正",
        "条例第三十条",
        texts.REASON,
        needs=(OutcomeRequirement(steps=(CORRECTION_ASKED,), unanswered=True),),
    ),
    _outcome(
        "fee_unpaid",
        "申请人逾期未缴纳费用",
        "条例第四十二条",
        texts.REASON,
        needs=(OutcomeRequirement(steps=(FEE_NOTICED,), unanswered=True),),
    ),
    _outcome("other_result", "其他", FORM, ()),
)


def _day_field(key: str, label: str, **rules: bool | int) -> Field:
    return Field(key=key, label=label, type=FieldType.DAY, **rules)  # type: ignore[arg-type]


def _step_without_effect(key: str, label: str, article: str, *fields: Field, **rules: Any) -> Step:
    return Step(key=key, label=label, article=article, effect=Effect(), fields=fields, **rules)


def _number_field(key: str, label: str) -> Field:
    return Field(key=key, label=label, type=FieldType.NUMBER, required=True)


_deciding_head = partial(Field, required=True, role=keys.DISCLOSURE_HEAD, consent=True)
REASON_FIELD = Field(key="reason", label="理由", required=True)
EVIDENCE_FIELD = Field(key=keys.CONSENT_EVIDENCE_FIELD, label="书面意见的凭据", type=FieldType.FILE)
CONSENT_FIELDS = (
    _deciding_head(key="consented_by", label="同意的信息公开工作机构负责人"),
    REASON_FIELD,
    EVIDENCE_FIELD,
    _day_field("notified_on", "告知申请人日期", required=True, before_due=True),
)
CONSULTED_FIELD = Field(key="with", label="征求对象", required=True)
DELIVERY_FIELD = Field(key="how", label="送达方式", required=True)

STEPS = (
    _step_without_effect("examined", "审核", "条例第四十五条"),
    Step(
        key=CORRECTION_ASKED,
        label="补正告知",
        article="条例第三十条",
        effect=Wait(state="waiting_correction", until=CORRECTED, limit=ResponseLimit(day="until")),
        fields=(
            Field(key="items", label="需补正的内容", required=True),
            _day_field("until", "补正期限", required=True, min_days=1),
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
            limit=ResponseLimit(
                term=DEFAULT_OPINION_TERM, terms=OPINION_TERMS, by="party", since="received_on"
            ),
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
        effect=Resume(silence=SILENCE_OPINIONS),
        fields=(
            CONSULTED_FIELD,
            Field(key="opinion", label="意见", type=FieldType.CHOICE, choices=OPINION_LABELS, required=True),
        ),
        main_field="with",
        prerequisites=(CONSULTED,),
    ),
    _step_without_effect(REASONS_ASKED, "要求说明理由", "条例第三十五条"),
    _step_without_effect(REASONS_GIVEN, "申请人说明理由", "条例第三十五条"),
    _step_without_effect(
        "extension_asked",
        "申请延期",
        "条例第三十三条",
        _number_field(keys.DAYS_FIELD, "拟延长工作日数"),
        REASON_FIELD,
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
        fields=(_day_field("until", "答复日期", required=True, min_days=1), *CONSENT_FIELDS),
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
            _day_field("received_on", "申请人收到收费通知日期", min_days=0),
        ),
        main_field="received_on",
        once=True,  # one basis and one sum for a request [practice]; a wrong sum is corrected, not repeated
        before_due=True,
    ),
    Step(key=FEE_PAID, label="缴清费用", article=FEE_RULES, effect=Restart(), prerequisites=(FEE_NOTICED,)),
    _step_without_effect("handled", "办理", "条例第四十五条"),
    Step(
        key="handed_on",
        label="转交",
        article="条例第四十五条",
        effect=Reassign(),
        fields=(
            Field(key="to", label="转交给", required=True, role=keys.ANYONE),
            Field(key="reason", label="理由"),
        ),
    ),
    Step(
        key=keys.MERGED_IN_STEP,
        label="并入重复登记",
        article="条例第四十五条",
        fields=(_number_field(keys.DUPLICATE_FIELD, "重复登记的案件号"),),
        after_close=True,
        standalone=False,
    ),
    _step_without_effect("delivered", "送达", "条例第四十条", DELIVERY_FIELD, after_close=True),
    Step(
        key=keys.REOPENED_STEP,
        label="按复议决定或判决重新答复",
        article="行政复议法，行政诉讼法",
        # The decision names the date; that the whole term runs again where it names none is [unconfirmed].
        effect=Reopen(),
        fields=(
            Field(key="decision", label="决定书或判决书文号", required=True),
            _day_field("until", "决定的答复日期", min_days=1),
        ),
        main_field="until",
        after_close=True,
    ),
    _step_without_effect("archived", "归档", "条例第四十五条", after_close=True),
)

DUTY = Duty(
    kind=keys.REQUEST_KIND,
    label="依申请公开",
    article="条例第二十七条至第四十五条",
    term=ANSWER_TERM,
    receipt=RECEIPT,
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
        Field(key=keys.NOTE_FIELD, label="备注"),
    ),
    chain=keys.REQUEST_REPLY_CHAIN,
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

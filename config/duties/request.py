"""依申请公开: a request for disclosure, from receipt to answer (条例 art. 27–45).

The answer is due within 20 working days of receipt (33); a correction or a paid fee starts the term again
(30, 42); asking a third party or another organ stops the count (33); an extension adds at most 20 (33).
Nothing here happens by silence: even an overdue correction is closed by a person.
"""

from config.duty import (
    Count,
    Duty,
    Extend,
    Field,
    FieldType,
    Moment,
    Outcome,
    Pause,
    Restart,
    Resume,
    SetDate,
    Step,
    Term,
    Wait,
)

CHANNELS = {
    "in_person": "当面提交",
    "post_registered": "挂号信",
    "courier": "快递",
    "post_ordinary": "平信",
    "web": "网络",
    "fax": "传真",
    "email": "电子邮件",
}
APPLICANT_KINDS = {
    "natural_person": "自然人",
    "business": "商业企业",
    "research": "科研机构",
    "social_org": "社会公益组织",
    "legal_service": "法律服务机构",
    "other_org": "其他",
}
PARTIES = {"third_party": "第三方", "other_organ": "共同制作机关"}

ANSWER = Term(key="answer", label="答复期限", days=20, article="条例第三十三条")
CORRECTION_NOTICE = Term(key="correction_notice", label="补正告知期限", days=7, article="条例第三十条")
# 国办函〔2020〕109号; that the term runs from the day after receipt of the notice is [unconfirmed].
PAYMENT = Term(key="payment", label="缴费期限", days=20, article="条例第四十二条，国办函〔2020〕109号")
OPINION = Term(key="opinion", label="征求意见期限", days=15, article="条例第三十二条、第三十四条")


def _result(key: str, label: str, article: str, needs: tuple[str, ...] = ()) -> Outcome:
    return Outcome(key=key, label=label, article=article, cell=f"table3.{key}.{{column}}", needs=needs)


OUTCOMES = (
    _result("granted", "予以公开", "条例第三十六条第（一）、（二）项"),
    _result("partly_granted", "部分公开", "条例第三十七条"),
    _result("state_secret", "属于国家秘密", "条例第十四条"),
    _result("forbidden_by_law", "其他法律行政法规禁止公开", "条例第十四条"),
    _result("three_securities_one_stability", "危及“三安全一稳定”", "条例第十四条"),
    _result("third_party_rights", "保护第三方合法权益", "条例第十五条"),
    _result("internal_affairs", "属于三类内部事务信息", "条例第十六条第一款"),
    _result("process_information", "属于四类过程性信息", "条例第十六条第二款"),
    _result("enforcement_file", "属于行政执法案卷", "条例第十六条第二款"),
    _result("inquiry_matter", "属于行政查询事项", "条例第三十六条第（七）项"),
    _result("not_held", "本机关不掌握相关政府信息", "条例第三十六条第（四）、（五）项"),
    _result("needs_creation", "没有现成信息需要另行制作", "条例第三十八条"),
    _result("still_unclear", "补正后申请内容仍不明确", "条例第三十条", needs=("corrected",)),
    _result("petition", "信访举报投诉类申请", "条例第三十九条第一款"),
    _result("repeated", "重复申请", "条例第三十六条第（六）项"),
    _result("public_publication", "要求提供公开出版物", "条例第三十九条第二款"),
    _result("excessive", "无正当理由大量反复申请", "条例第三十五条"),
    _result("confirm_or_reissue", "要求行政机关确认或重新出具已获取信息", "国办公开办函〔2021〕30号"),
    _result("correction_overdue", "申请人无正当理由逾期不补正", "条例第三十条", needs=("correction_asked",)),
    _result("fee_unpaid", "申请人逾期未缴纳费用", "条例第四十二条", needs=("fee_noticed",)),
    _result("other_result", "其他", "国办公开办函〔2021〕30号"),
)

STEPS = (
    Step(
        key="correction_asked",
        label="补正告知",
        article="条例第三十条",
        effect=Wait(state="waiting_correction", until="corrected"),
        fields=(
            Field(key="items", label="需补正的内容", required=True),
            Field(key="until", label="补正期限", type=FieldType.DAY, required=True),
        ),
        once=True,
        within=CORRECTION_NOTICE,
    ),
    Step(
        key="corrected",
        label="收到补正",
        article="条例第三十条",
        effect=Restart(),
        after=("correction_asked",),
    ),
    Step(
        key="consulted",
        label="征求意见",
        article="条例第三十二条、第三十三条、第三十四条",
        effect=Pause(state="waiting_consultation", until="consultation_ended"),
        fields=(
            Field(key="with", label="征求对象", required=True),
            Field(key="party", label="对象类别", type=FieldType.CHOICE, choices=PARTIES, required=True),
        ),
        in_term=True,
    ),
    Step(
        key="consultation_ended",
        label="征求意见结束",
        article="条例第三十三条",
        effect=Resume(),
        fields=(Field(key="with", label="征求对象", required=True), Field(key="opinion", label="意见")),
        after=("consulted",),
    ),
    Step(
        key="extended",
        label="延期",
        article="条例第三十三条",
        effect=Extend(most=20),
        fields=(
            Field(key="days", label="延长工作日数", type=FieldType.NUMBER, required=True),
            Field(key="consented_by", label="同意人", required=True),
            Field(key="reason", label="理由", required=True),
        ),
        in_term=True,
    ),
    Step(
        key="later_date_set",
        label="确定延迟答复日期",
        article="条例第三十五条",
        effect=SetDate(),
        fields=(
            Field(key="until", label="答复日期", type=FieldType.DAY, required=True),
            Field(key="reason", label="理由", required=True),
        ),
        in_term=True,
    ),
    Step(
        key="fee_noticed",
        label="收费告知",
        article="条例第四十二条",
        effect=Wait(state="waiting_fee", until="fee_paid", latest=PAYMENT),
        fields=(Field(key="amount_yuan", label="金额（元）", required=True),),
        in_term=True,
    ),
    Step(
        key="fee_paid",
        label="缴清费用",
        article="条例第四十二条，国办函〔2020〕109号",
        effect=Restart(),
        after=("fee_noticed",),
    ),
)

DUTY = Duty(
    kind="request",
    label="依申请公开",
    article="条例第二十七条至第四十五条",
    term=ANSWER,
    column="applicant_kind",
    fields=(
        Field(
            key="applicant_kind",
            label="申请人类型",
            type=FieldType.CHOICE,
            choices=APPLICANT_KINDS,
            required=True,
        ),
        Field(key="channel", label="收到方式", type=FieldType.CHOICE, choices=CHANNELS),
        Field(key="note", label="备注"),
    ),
    steps=STEPS,
    outcomes=OUTCOMES,
    counts=(
        Count(moment=Moment.OPENED, cell="table3.received.{column}"),
        Count(moment=Moment.CARRIED_IN, cell="table3.carried_in.{column}"),
        Count(moment=Moment.OPEN_AT_END, cell="table3.carried_out.{column}"),
    ),
)

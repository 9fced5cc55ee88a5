"""How a request ends: each answer with the one item it rests on, its row of table 3, and what it must say.

The form counts two items of art. 36 in one row (已公开 and 提供; 不存在 and 不属于本机关), but an answer cites one:
so two outcomes count in one row. A register that knows only the row is read as the outcome that bears its key; one
that names the outcome by the label of the page is read as that.

The paragraphs are those that art. 36, 37 and 39 require; the text of each stands under its key in
``config/data/letters/request/answers.toml``. What is believed but was not read in the source is marked [unconfirmed].
"""

from __future__ import annotations

from datetime import date

from config.declarations.duty import CaseOutcome
from config.declarations.requests.consultation import REFUSED
from config.declarations.requirements import OutcomeRequirement, RequiredNotice, RequiredParagraph

FORM = "国办公开办函〔2021〕30号"
CORRECTION_ASKED, CORRECTED = "correction_asked", "corrected"
CONSULTED, CONSULTATION_ENDED = "consulted", "consultation_ended"
REASONS_ASKED, REASONS_GIVEN = "reasons_asked", "reasons_given"
FEE_NOTICED = "fee_noticed"
THIRD_PARTY_TOLD = "third_party_told"
ALREADY_PUBLIC = "already_public"
UNTIL_2023, SINCE_2024 = date(2023, 12, 31), date(2024, 1, 1)

REASON = (
    RequiredParagraph(key="legal_basis", article="条例第三十六条"),
    RequiredParagraph(key="reason", article="条例第三十六条"),
)
REMEDY = (RequiredParagraph(key="remedy", article="行政复议法，行政诉讼法"),)
RECONSIDERATION = (
    RequiredParagraph(key="remedy", article="行政复议法，行政诉讼法", until=UNTIL_2023),
    RequiredParagraph(
        key="reconsideration_first", article="行政复议法第二十三条第一款第四项", since=SINCE_2024
    ),
)
PROVISION = (RequiredParagraph(key="how_to_get", article="条例第三十六条第（二）项"),)
WHERE_PUBLIC = (RequiredParagraph(key="where_public", article="条例第三十六条第（一）项"),)
NO_OTHER_ORGAN = (RequiredParagraph(key="search_result", article="条例第三十六条第（四）项"),)
OTHER_ORGAN = (RequiredParagraph(key="responsible_organ", article="条例第三十六条第（五）项"),)
OTHER_CHANNEL = (RequiredParagraph(key="other_channel", article="条例第三十九条"),)
SPECIAL_RULES = (RequiredParagraph(key="special_rules", article="条例第三十六条第（七）项"),)

# 不予公开 under articles 14, 15 and 16, partly disclosed included (国办函〔2021〕132号): reconsideration comes first
# (法释〔2025〕8号 art. 1). 无法提供 and 不予处理 name both ways; that the referral to another law (36(7)) is one of
# them is [unconfirmed], though the form counts it among the refusals.
REFUSAL = REASON + RECONSIDERATION
DECLINED = REASON + REMEDY

CONSULTATION_STEPS = (CONSULTED,)
"""Whoever was asked about disclosure must have answered, or let the term pass, before such an answer."""
OVERRIDDEN = RequiredNotice(
    step=THIRD_PARTY_TOLD,
    article="条例第三十二条",
    question=CONSULTED,
    question_facts={"party": "third_party"},
    answer=CONSULTATION_ENDED,
    answer_facts={"opinion": REFUSED},
    pair="with",
)
"""A third party that refused is told in writing what is disclosed nevertheless, and why (32)."""


def _outcome(
    key: str,
    label: str,
    article: str,
    says: tuple[RequiredParagraph, ...],
    *,
    row: str = "",
    needs: tuple[OutcomeRequirement, ...] = (),
    settled: tuple[str, ...] = (),
    notices: tuple[RequiredNotice, ...] = (),
) -> CaseOutcome:
    return CaseOutcome(
        key=key,
        label=label,
        article=article,
        cell=f"table3.{row or key}.{{column}}",
        required_paragraphs=says,
        needs=needs,
        answered_steps=settled,
        notices=notices,
        withholds=set(RECONSIDERATION) <= set(says),
    )


OUTCOMES = (
    _outcome(
        "granted",
        "予以公开",
        "条例第三十六条第（二）项",
        PROVISION,
        settled=CONSULTATION_STEPS,
        notices=(OVERRIDDEN,),
    ),
    _outcome(
        ALREADY_PUBLIC,
        "已主动公开，告知获取途径",
        "条例第三十六条第（一）项",
        WHERE_PUBLIC,
        row="granted",
    ),
    _outcome(
        "partly_granted",
        "部分公开",
        "条例第三十七条",
        PROVISION + REFUSAL,
        settled=CONSULTATION_STEPS,
    ),
    _outcome("state_secret", "属于国家秘密", "条例第十四条", REFUSAL),
    _outcome("forbidden_by_law", "其他法律行政法规禁止公开", "条例第十四条", REFUSAL),
    _outcome("three_securities_one_stability", "危及“三安全一稳定”", "条例第十四条", REFUSAL),
    _outcome("third_party_rights", "保护第三方合法权益", "条例第十五条", REFUSAL, settled=CONSULTATION_STEPS),
    _outcome("internal_affairs", "属于三类内部事务信息", "条例第十六条第一款", REFUSAL),
    _outcome("process_information", "属于四类过程性信息", "条例第十六条第二款", REFUSAL),
    _outcome("enforcement_file", "属于行政执法案卷", "条例第十六条第二款", REFUSAL),
    _outcome("inquiry_matter", "属于行政查询事项", "条例第三十六条第（七）项", SPECIAL_RULES + DECLINED),
    _outcome(
        "not_held",
        "不属于本机关负责公开",
        "条例第三十六条第（五）项",
        OTHER_ORGAN + DECLINED,
    ),
    _outcome(
        "not_existing",
        "经检索，信息不存在",
        "条例第三十六条第（四）项",
        NO_OTHER_ORGAN + DECLINED,
        row="not_held",
    ),
    _outcome("needs_creation", "没有现成信息需要另行制作", "条例第三十八条", DECLINED),
    _outcome(
        "still_unclear",
        "补正后申请内容仍不明确",
        "条例第三十条",
        DECLINED,
        needs=(OutcomeRequirement(steps=(CORRECTED,)),),
    ),
    _outcome("petition", "信访举报投诉类申请", "条例第三十九条第一款", OTHER_CHANNEL + DECLINED),
    _outcome("repeated", "重复申请", "条例第三十六条第（六）项", DECLINED),
    _outcome(
        "public_publication",
        "要求提供公开出版物",
        "条例第三十九条第二款",
        OTHER_CHANNEL + DECLINED,
    ),
    _outcome(
        "excessive",
        "无正当理由大量反复申请",
        "条例第三十五条",
        DECLINED,
        needs=(OutcomeRequirement(steps=(REASONS_ASKED, REASONS_GIVEN)),),  # none can be unreasonable unheard
    ),
    _outcome("confirm_or_reissue", "要求行政机关确认或重新出具已获取信息", FORM, DECLINED),
    _outcome(
        "correction_overdue",
        "申请人无正当理由逾期不补正",
        "条例第三十条",
        REASON,
        needs=(OutcomeRequirement(steps=(CORRECTION_ASKED,), unanswered=True),),
    ),
    _outcome(
        "fee_unpaid",
        "申请人逾期未缴纳费用",
        "条例第四十二条",
        REASON,
        needs=(OutcomeRequirement(steps=(FEE_NOTICED,), unanswered=True),),
    ),
    _outcome("other_result", "其他", FORM, ()),
)

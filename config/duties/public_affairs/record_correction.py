"""更正申请: somebody shows that information about themselves is recorded wrongly, and asks to have it corrected (41).

An office that has the authority examines it and, where it is so, corrects it and tells the applicant. One that has
not passes it on and tells the applicant, or tells the applicant whom to ask. The article sets no term: twenty working
days, as for an answer, are the office's own rule and can be fewer [practice]. The particulars of who asks stand apart
and are never written here; its letters (``config/data/letters/record_correction``) name them. It counts in no cell
of the form: section one's prose tells of it.
"""

from config.declarations.duty import (
    CaseOutcome,
    CellCount,
    Duty,
    Field,
    FieldType,
    Moment,
    Step,
    hand_on_step,
)
from config.declarations.keys import CHANNEL_FIELD, DAYS_FIELD
from config.declarations.reminder_ladders import parse_policy
from config.declarations.requests.outcomes import REMEDY
from config.declarations.requests.ways import CHANNELS
from config.declarations.requirements import OutcomeRequirement, RequiredParagraph
from config.declarations.terms import Fulfil, Restart, Term, Wait

ARTICLE_41 = "条例第四十一条"
OWN_TERM = f"{ARTICLE_41}（没有规定期限，本机关自定）"
EVIDENCE_ASKED, EVIDENCE_GIVEN, EXAMINED, TRANSFERRED, TOLD = (
    "evidence_asked",
    "evidence_given",
    "examined",
    "transferred",
    "result_told",
)

STEPS = (
    Step(
        key=EVIDENCE_ASKED,
        label="请补充证据",
        article=ARTICLE_41,
        effect=Wait(state="waiting_evidence", until=EVIDENCE_GIVEN),
        fields=(Field(key="items", label="需补充的证据", required=True),),
        main_field="items",
    ),
    Step(
        key=EVIDENCE_GIVEN,
        label="收到证据",
        article=ARTICLE_41,
        effect=Restart(),
        prerequisites=(EVIDENCE_ASKED,),
    ),
    Step(
        key=EXAMINED,
        label="审核",
        article=ARTICLE_41,
        fields=(Field(key="finding", label="审核情况", required=True),),
        main_field="finding",
    ),
    Step(
        key=TRANSFERRED,
        label="转送有权更正的机关",
        article=ARTICLE_41,
        fields=(
            Field(key="organ", label="转送给哪个机关", required=True),
            Field(key="transfer_basis", label="为什么由它更正", required=True),
        ),
        main_field="organ",
        prerequisites=(EXAMINED,),
    ),
    hand_on_step(ARTICLE_41),
    Step(
        key=TOLD,
        label="告知申请人",
        article=ARTICLE_41,
        effect=Fulfil(state="applicant_told"),
        fields=(Field(key="how", label="告知方式", required=True),),
        main_field="how",
        prerequisites=(EXAMINED,),
    ),
)


def _outcome(
    key: str,
    label: str,
    cell: str = "",
    *,
    says: tuple[RequiredParagraph, ...] = (),
    after: tuple[str, ...] = (),
) -> CaseOutcome:
    needs = tuple(OutcomeRequirement(steps=(step,)) for step in (*after, TOLD))
    return CaseOutcome(
        key=key, label=label, article=ARTICLE_41, cell=cell, needs=needs, required_paragraphs=says
    )


DUTY = Duty(
    kind="record_correction",
    label="更正申请",
    article=ARTICLE_41,
    has_applicant=True,
    term=Term(key="correct", label="更正办理期限", days=20, article=OWN_TERM, shorter_days_field=DAYS_FIELD),
    fields=(
        Field(key="matter", label="要求更正的记录（不写个人信息）", required=True),
        Field(key=CHANNEL_FIELD, label="收到方式", type=FieldType.CHOICE, choices=CHANNELS),
        Field(key=DAYS_FIELD, label="本机关定的工作日数（可以更短）", type=FieldType.NUMBER),
    ),
    steps=STEPS,
    outcomes=(
        _outcome("record_corrected", "已更正", "prose.records_corrected"),
        # That a refusal can be taken to reconsideration or to court is our reading of art. 51 [unconfirmed].
        _outcome("unfounded", "经审核不属实，不予更正", says=REMEDY),
        _outcome("passed_on", "不属本机关职能，已转送有权机关", after=(TRANSFERRED,)),
        _outcome("referred", "不属本机关职能，已告知向有权机关提出"),
        CaseOutcome(key="withdrawn", label="申请人撤回", article=ARTICLE_41),
    ),
    counts=(CellCount(moment=Moment.OPENED, cell="prose.corrections_asked"),),
    kept_years=30,
    ladder=parse_policy("-5 holder; -2 holder deputy; 0 holder deputy; +1 holder head"),
)

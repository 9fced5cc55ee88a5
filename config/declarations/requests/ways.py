"""The ways by which a request comes in (条例 art. 31) and its answer goes out (国办公开办函〔2016〕235号).

An applicant may be out of reach. Where receipt is the day both sides confirm, the term begins once there is contact:
an explanation of 2015, to the older regulation. Whoever cannot be reached later stops no term, and nothing is deemed
served by the program: no text on a public notice to an applicant was read. Both say so where a person reads them.
In the report such a request counts as received in the year in which it arrived, whenever there was contact: no text
that says which year it belongs to was read, and so a year that was reported does not move [practice].
"""

from __future__ import annotations

from collections.abc import Mapping

from config.declarations.duty import Field, FieldType, Step
from config.declarations.keys import CHANNEL_FIELD
from config.declarations.terms import Deliver, ReceiptRule, Restart, Wait

CHANNELS: Mapping[str, str] = {
    "in_person": "当面提交",
    "post_registered": "挂号信",
    "courier": "快递",
    "post_ordinary": "平信",
    "web": "网络",
    "fax": "传真",
    "email": "电子邮件",
}
RECEIPT = ReceiptRule(
    by=CHANNEL_FIELD,
    days={
        "in_person": "handed_in",
        "post_registered": "signed_for",
        "courier": "signed_for",
        "post_ordinary": "confirmed",  # on the day it arrives; both days are kept (``ARRIVED``)
        "web": "confirmed",
        "fax": "confirmed",
        "email": "confirmed",  # an Internet channel in the sense of (3)
    },
    article="条例第三十一条",
)
UNASKED_CHANNELS = ("in_person", "post_registered", "courier")
"""The ways whose day of receipt needs no word with the applicant."""
ARRIVED = "arrived_on"
"""The day a letter by ordinary post arrived, beside the day on which it was confirmed with the applicant."""

PROVIDED_AS: Mapping[str, str] = {
    "paper": "纸质",
    "electronic": "电子文件",
    "copy_on_disk": "光盘",
    "reading": "当场查阅、抄录",
}
"""The forms in which an applicant may ask for the information (条例 art. 29, 40) [practice]."""

SENDING = "国办公开办函〔2016〕235号"
WAYS_OUT: Mapping[str, str] = {
    "post": "邮政寄送",
    "in_person": "当面送达",
    "other_organ": "其他机关转送",
    "electronic": "电子送达（按发出当日计，待核实）",
    "courier": "商业快递（按签收当日计，待核实）",
    "public_notice": "公告送达（按公告当日计，待核实）",
}
WAY_FIELD, BY_NOTICE = "how", "public_notice"
# Electronic sending and a public notice are not in the notice: that they count on the day they are sent, or put up,
# is [unconfirmed]. A courier is not allowed since 2016-12-07; that what was sent by one counts on the day it is
# signed for is [unconfirmed].
DELIVERY = Deliver(
    by=WAY_FIELD,
    unofficial={"courier": f"邮政法第五十五条，{SENDING}"},
    undelivered=("correction_overdue", "fee_unpaid", "other_result"),
)

UNCONFIRMED_RECEIPT, CONTACT_RESTORED = "receipt_unconfirmed", "contact_restored"
UNREACHABLE, ANNOUNCED = "unreachable", "announced"
NO_CONTACT = "国办公开办函〔2015〕207号（条例修订前的解释，待核实）"
UNWRITTEN = "条例第四十五条（联系不上怎么办没有查到规定，待核实）"
CONTACT_MATTERS: Mapping[str, str] = {
    "correction": "送补正告知书",
    "extension": "送延期、延迟答复告知书",
    "fee": "送收费通知书",
    "answer": "送答复书",
    "other": "其他",
}
ATTEMPT_FIELDS = (
    Field(key="tried", label="联系的方式、次数和时间（不写号码）", required=True),
    Field(key="evidence", label="记录的凭据", type=FieldType.FILE),
)
CONTACT_STEPS = (
    Step(
        key=UNCONFIRMED_RECEIPT,
        label="无法与申请人确认收到",
        article=NO_CONTACT,
        effect=Wait(state="waiting_contact", until=CONTACT_RESTORED),
        fields=ATTEMPT_FIELDS,
        once=True,
        occasional=True,
    ),
    Step(
        key=CONTACT_RESTORED,
        label="与申请人恢复联系",
        article=NO_CONTACT,
        effect=Restart(receipt=True),
        prerequisites=(UNCONFIRMED_RECEIPT,),
    ),
    Step(
        key=UNREACHABLE,
        label="联系不上申请人（期限照算）",
        article=UNWRITTEN,
        fields=(
            Field(
                key="about",
                label="联系申请人办什么",
                type=FieldType.CHOICE,
                choices=CONTACT_MATTERS,
                required=True,
            ),
            *ATTEMPT_FIELDS,
        ),
        main_field="about",
        after_close=True,
        occasional=True,
    ),
    Step(
        key=ANNOUNCED,
        label="公告",
        article=UNWRITTEN,
        fields=(
            Field(key="notice_matter", label="公告请申请人办什么（不写个人信息）", required=True),
            Field(key="place", label="公告张贴、刊登在哪里", required=True),
            Field(
                key="notice_until",
                label="公告到哪一天（天数待核实）",
                type=FieldType.DAY,
                required=True,
                min_days=1,
            ),
        ),
        main_field="notice_until",
        prerequisites=(UNCONFIRMED_RECEIPT, UNREACHABLE),
        after_close=True,
        occasional=True,
    ),
)
"""What is recorded of an applicant who is out of reach."""

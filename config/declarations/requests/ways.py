"""The ways by which a request comes in (条例 art. 31) and its answer goes out (国办公开办函〔2016〕235号)."""

from __future__ import annotations

from collections.abc import Mapping

from config.declarations.keys import CHANNEL_FIELD
from config.declarations.receipt import ReceiptRule
from config.declarations.terms import Deliver

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
    "courier": "商业快递",
}
WAY_FIELD = "how"
# Electronic sending is not in the notice: that it counts on the day it is sent is [unconfirmed]. A courier is not
# allowed since 2016-12-07; that what was sent so counts on the day it is signed for is [unconfirmed].
DELIVERY = Deliver(
    by=WAY_FIELD,
    unofficial={"courier": f"邮政法第五十五条，{SENDING}"},
    undelivered=("correction_overdue", "fee_unpaid", "other_result"),
)

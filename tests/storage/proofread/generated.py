"""Numbers made for the tests: a person's, in every disguise, and innocent ones that look like them.

No number is stored anywhere: each is drawn from a seed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date, timedelta

from storage.proofread.personal_data.id_numbers import PROVINCES, check_character

Chance = random.Random
FIRST_DAY, DAYS = date(1930, 1, 1), 33_000
WIDE = str.maketrans(
    "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ",
    "０１２３４５６７８９ＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＳＴＵＶＷＸＹＺ",
)
PLATE_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
AREAS = ("010", "021", "0535", "0531", "0755", "0991", "0470")


def drawn(seed: int) -> Chance:
    """What a seed draws."""
    return random.Random(seed)  # noqa: S311 - no secret


def digits(chance: Chance, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def day(chance: Chance) -> date:
    return FIRST_DAY + timedelta(days=chance.randrange(DAYS))


def identity(chance: Chance) -> str:
    body = chance.choice(sorted(PROVINCES)) + digits(chance, 4) + f"{day(chance):%Y%m%d}" + digits(chance, 3)
    return body + check_character(body)


def old_identity(chance: Chance) -> str:
    born = date(1920, 1, 1) + timedelta(days=chance.randrange(28_000))
    return chance.choice(sorted(PROVINCES)) + digits(chance, 4) + f"{born:%y%m%d}" + digits(chance, 3)


def mobile(chance: Chance) -> str:
    return "1" + chance.choice("3456789") + digits(chance, 9)


def landline(chance: Chance) -> str:
    area = chance.choice(AREAS)
    return f"{area}{chance.choice('2345678')}{digits(chance, 10 - len(area))}"


def luhn(body: str) -> str:
    total = 0
    for at, digit in enumerate(reversed(body)):
        value = int(digit) * (2 - at % 2)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def bank_card(chance: Chance) -> str:
    head, size = chance.choice(
        [("62", 16), ("62", 17), ("62", 18), ("62", 19), ("4", 16), ("5", 16), ("9558", 19)]
    )
    if head == "5":
        head += chance.choice("12345")
    return luhn(head + digits(chance, size - len(head) - 1))


def plate(chance: Chance) -> str:
    signs = chance.sample(range(5), k=chance.randrange(3))
    body = "".join(
        chance.choice(PLATE_LETTERS) if at in signs else chance.choice("0123456789") for at in range(5)
    )
    return chance.choice("鲁京沪粤苏浙皖豫新云川") + chance.choice(PLATE_LETTERS) + body


def green_plate(chance: Chance) -> str:
    head = chance.choice("鲁京沪粤苏") + chance.choice(PLATE_LETTERS)
    if chance.random() < 0.5:
        return head + chance.choice("DF") + chance.choice(PLATE_SIGNS) + digits(chance, 4)
    return head + digits(chance, 5) + chance.choice("DF")


def passport(chance: Chance) -> str:
    number = chance.choice(["E", "G"]) + digits(chance, 8)
    if chance.random() < 0.3:
        number = "E" + chance.choice(PLATE_LETTERS) + digits(chance, 7)
    # Unlabelled, E20230512 is a file's number and its day: the one form that is left out on purpose.
    return passport(chance) if re.fullmatch(r".(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d", number) else number


def credit_code(chance: Chance) -> str:
    region = f"37{chance.randrange(100):02}{chance.randrange(90):02}"
    body = chance.choice(["11", "12", "51", "54", "91", "92", "93"]) + region
    body += "".join(chance.choices("0123456789", k=8)) + chance.choice("0123456789X")
    total = sum(CODE_SIGNS.index(sign) * pow(3, at, 31) for at, sign in enumerate(body))
    return body + CODE_SIGNS[-total % 31]


MADE: dict[str, Callable[[Chance], str]] = {
    "identity": identity,
    "identity_old": old_identity,
    "mobile": mobile,
    "landline": landline,
    "bank_card": bank_card,
    "plate": plate,
    "green": green_plate,
    "passport": passport,
    "credit_code": credit_code,
}
KINDS = {"green": "plate"}
GROUPS = {
    "identity": [(6, 8, 4), (6, 4, 4, 4), (3, 3, 8, 4), (17, 1)],
    "identity_old": [(6, 6, 3), (6, 9)],
    "mobile": [(3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 4, 3)],
    "bank_card": [(4, 4, 4, 7), (6, 13), (4, 4, 4, 4, 3), (4, 4, 4, 4)],
    "plate": [(2, 5), (1, 6), (2, 6)],
    "green": [(2, 6), (2, 1, 5)],
    "passport": [(1, 8), (1, 4, 4)],
    "landline": [(4, 7), (4, 3, 4), (3, 8), (4, 4, 4)],
}
SPACES = (" ", "\u3000", "\u00a0", "-", "－", "—", " - ", "\u2009")
UNSEEN = ("\u200b", "\ufeff", "\u2060")


def parted(chance: Chance, kind: str, number: str) -> str:
    """In groups, as people write it."""
    sign, sizes = chance.choice(SPACES), chance.choice(GROUPS[kind])
    pieces, at = [], 0
    for size in sizes:
        pieces.append(number[at : at + size])
        at += size
    pieces.append(number[at:])
    return sign.join(piece for piece in pieces if piece)


def anywhere(chance: Chance, number: str, signs: tuple[str, ...]) -> str:
    """With signs at places nobody would choose."""
    places = set(chance.sample(range(1, len(number)), k=chance.randrange(1, 4)))
    sign = chance.choice(signs)
    return "".join((sign if at in places else "") + digit for at, digit in enumerate(number))


def disguised(chance: Chance, kind: str, number: str) -> str:
    """Plain, in full width, parted, or with signs nobody sees."""
    way = chance.randrange(6)
    if way == 1:
        return number.translate(WIDE)
    if way == 2:
        return parted(chance, kind, number)
    if way == 3:
        return anywhere(chance, number, UNSEEN)
    if way == 4 and kind == "identity":
        return anywhere(chance, number, (*SPACES, *UNSEEN))
    if way == 5 and kind == "identity":
        return number.lower() if chance.random() < 0.5 else number.replace("X", "×")
    return parted(chance, kind, number).translate(WIDE) if way == 5 else number


SENTENCES = (
    "申请人{n}已经受理。",
    "联系人某同志，{n}，请知悉。",
    "{n}",
    "号码：{n}；",
    "经核对{n}属实",
    "（{n}）",
    "名单如下：1.某某{n}，2.其他人。",
    "附件：名单_{n}_公示稿",
    "请与{n}联系\n",
    "No.{n},2023年5月12日",
    "金额500元，{n}，共3人",
)


def innocent(chance: Chance) -> str:
    """A number of the kinds that stand in every township's papers, in its sentence."""
    year, month = chance.randrange(1949, 2036), chance.randrange(1, 13)
    today = chance.randrange(1, 29)
    return chance.choice(INNOCENT)(chance, year, month, today)


def _row(chance: Chance, gap: str) -> str:
    """Figures side by side; not those that spell a telephone or a card: written so, they are one."""
    figures = [str(chance.randrange(1, 5000)) for _ in range(chance.randrange(2, 9))]
    sizes = tuple(map(len, figures))
    spelling = sizes[:3] in GROUPS["mobile"] or set(sizes[:-1]) == {4}
    return _row(chance, gap) if spelling else gap.join(figures)


INNOCENT: tuple[Callable[[Chance, int, int, int], str], ...] = (
    lambda _c, y, m, d: f"{y}年{m}月{d}日",
    lambda _c, y, m, d: f"{y}-{m:02}-{d:02} 08:30:00",
    lambda _c, y, m, d: f"{y}{m:02}{d:02}",
    lambda c, y, m, d: f"{y}.{m}.{d}—{y}.{m}.{c.randrange(d, 32)}",
    lambda c, y, _m, _d: f"召政发〔{y}〕{c.randrange(1, 400)}号",
    lambda c, y, _m, _d: f"国办公开办函〔{y}〕{c.randrange(1, 99)}号",
    lambda c, y, m, d: f"编号：{y}{m:02}{d:02}{digits(c, c.randrange(3, 12))}",
    lambda c, *_: f"{c.randrange(1, 10 ** c.randrange(1, 13)):,}元",
    lambda c, *_: f"{c.randrange(1, 10 ** c.randrange(1, 13))}元",
    lambda c, *_: f"{c.randrange(1, 10**9)}.{c.randrange(100):02}万元",
    lambda c, *_: f"¥{c.randrange(1, 10**12)}.{c.randrange(100):02}",
    lambda c, *_: f"同比增长{c.randrange(100)}.{c.randrange(100)}%",
    lambda c, *_: f"第{c.randrange(1, 500)}页，共{c.randrange(1, 900)}页",
    lambda c, *_: f"{c.randrange(10**8)}人次、{c.randrange(10**6)}户、{c.randrange(10**7)}亩",
    lambda c, *_: _row(c, " "),
    lambda c, *_: _row(c, "\t"),
    lambda c, y, m, d: f"https://www.laishan.gov.cn/art/{y}/{m}/{d}/art_{digits(c, 5)}_{digits(c, 11)}.html",
    lambda c, *_: f"统一社会信用代码{credit_code(c)}",
    lambda c, *_: credit_code(c),
    lambda c, *_: f"注册号{digits(c, 15)}",
    lambda c, *_: f"订单号：{digits(c, c.randrange(10, 20))}",
    lambda c, *_: f"条形码69{digits(c, 11)}",
    lambda c, *_: (
        f"热线{c.choice(['12345', '12388', '110', '119', '120', '95598', '96166', '12333', '400-658-1234'])}"
    ),
    lambda c, *_: f"东经121.{digits(c, 6)}，北纬37.{digits(c, 6)}",
    lambda c, *_: f"GB/T {digits(c, 5)}-20{c.randrange(10, 24)}",
    lambda c, *_: f"2301-370613-04-01-{digits(c, 6)}",
    lambda c, *_: f"不动产权第{digits(c, 7)}号",
    lambda c, *_: (
        f"G{c.randrange(10, 9999)}次列车、S{c.randrange(10, 999)}省道、K{c.randrange(1, 99)}+{digits(c, 3)}"
    ),
    lambda c, y, *_: f"鲁ICP备{digits(c, 8)}号-{c.randrange(1, 9)} 鲁公网安备{y}",
    lambda c, *_: f"邮编264003，面积{c.randrange(10**6)}.{digits(c, 2)}平方米",
    lambda c, *_: f"370602********{digits(c, 4)}",
    lambda c, *_: f"138****{digits(c, 4)}",
    lambda c, *_: (
        f"版本{c.randrange(9)}.{c.randrange(99)}.{c.randrange(9999)}，IP 10.{c.randrange(255)}.{c.randrange(255)}.1"
    ),
)

"""A hundred ways to say an item lead to its card, and none records anything unasked."""

import tomllib

from tests.bot.dispatch.utterances.tables import FOLDER

WAYS = tomllib.loads((FOLDER / "village_words.toml").read_text("utf-8"))["way"]
NOBODYS = (
    "收到",
    "好的",
    "谢谢",
    "👌",
    "知道了",
    "辛苦了",
    "在吗",
    "嗯嗯",
    "？",
    "。",
    "哈哈",
    "早上好",
    "好的，谢谢领导",
)


def led_to_the_card(heard, way: dict) -> bool:
    if "count" in way:
        return f"分成 {way['count']} 条" in heard.labels
    return heard.shown.startswith(f"报送一条：《{way['title']}》") and "报送" in heard.labels


def test_nine_of_ten_ways_lead_to_the_right_card_and_none_records(stage):
    lost = []
    for way in WAYS:
        heard = stage.hear("丙报", way["says"])
        assert heard.recorded == (), way
        if not led_to_the_card(heard, way):
            lost.append((way["says"], heard.shown[:60], heard.labels))
    assert len(WAYS) >= 100
    assert len(lost) <= len(WAYS) // 10, lost


def test_the_same_where_there_are_only_words(words_only):
    for way in WAYS[::3]:
        heard = words_only.hear("丙报", way["says"])
        assert heard.recorded == (), way
        assert "可以回复" in heard.shown, way


def test_what_is_nobodys_item_begins_none(stage):
    for said in NOBODYS:
        heard = stage.hear("丙报", said)
        assert heard.recorded == ()
        assert "报送一条" not in heard.shown, said

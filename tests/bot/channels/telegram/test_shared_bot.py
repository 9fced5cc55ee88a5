"""Two towns on one bot, over the real channel: each hears its own, and neither learns anything of the other."""

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.delivery.shared_bot import NotOfTheBot, NotTogether, SameName, offices_received_here
from bot.runtime.office_channels import create_outbox_sender, open_channels
from bot.services.app import OfficeApp, create_office, open_app
from config.settings import Settings
from storage.database.tables_messaging import INBOX
from storage.events.account_events import AccountJoined
from storage.events.events import Signed
from storage.events.office_events import Counted
from storage.messaging.accounts import Accounts, ChatGroups
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox
from storage.messaging.sessions import SessionStore
from tests.bot.channels.stream.lines import eventually
from tests.bot.channels.telegram.stand_in.server import TOKEN
from tests.bot.channels.telegram.test_conversation import buttons
from tests.scheduler.signoff.town import draft, open_text
from tests.town import with_office

BOTH, THERE, STRANGER, GROUP = 7, 8, 10, -5
HOUR = timedelta(hours=1)
INVITED = ("user", "invite", "jia_reporter", "--hours", 1)


OWN = {"verb.search": "翻一翻"}
"""What the neighbours call things."""


def neighbour(app: OfficeApp, folder) -> OfficeApp:
    """Another town in the same database."""
    home = create_office(folder, sample=True)
    said = home.office_file.read_text("utf-8").replace('slug = "zhaoduba"', 'slug = "neighbour"')
    home.office_file.write_text(said.replace(app.office.name, "邻镇人民政府"), "utf-8")
    return open_app(folder, clock=app.clock)


class County:
    """The two towns, the bot they share, and what went wrong."""

    def __init__(self, here, there, server):
        self.here, self.there, self.server, self.told, self.channels = here, there, server, [], {}

    def settings(self) -> Settings:
        homes = f"{self.here.home.path}:{self.there.home.path}"
        return Settings(
            telegram_token=SecretStr(TOKEN), telegram_server=self.server.url, telegram_offices=homes
        )

    @contextmanager
    def running(self):
        with open_channels(self.here, self.settings(), self.told.append) as channels:
            yield channels

    def bind(self, app, person: str, number: int) -> None:
        self.server._place(number, 0)  # they have opened the chat once
        with app.store.writing(app.office.slug) as connection:
            accounts = Accounts(connection, app.office.slug)
            accounts.bind(person, "telegram", str(number), at=app.clock.now(), confirmed_by="terminal")

    def link(self, app, person: str) -> str:
        with app.store.writing(app.office.slug) as connection:
            people = SessionStore(connection, app.office.slug)
            return people.invite(person, at=app.clock.now(), lasts=HOUR)

    def says(self, user: int, text: str, **more) -> str:
        self.server.say(user, text, **more)
        return self.server.heard(more.get("chat") or user)["text"]

    def places(self) -> list[list[str]]:
        with self.here.store.reading() as connection:
            offices = (self.here.office.slug, self.there.office.slug)
            return [[one.address for one in ChatGroups(connection, office).all()] for office in offices]


def menu(server, chat: int) -> dict[str, str]:
    """The commands that stand in one chat."""
    scope = json.dumps({"chat_id": chat, "type": "chat"})
    return {one["command"]: one["description"] for one in server.commands.get(scope, ())}


def records(app):
    """What was recorded of the town's work: who joined stands beside it."""
    with app.log() as log:
        return [entry.record for entry in log.read() if not isinstance(entry.record, AccountJoined)]


@pytest.fixture
def county(app, tmp_path, server, monkeypatch) -> Iterator[County]:
    """One file serves as the database of both here: what is said does not know which engine it is kept on."""
    there = neighbour(app, tmp_path / "there")
    office = dataclasses.replace(there.office, phrases={"zh": OWN})
    there = dataclasses.replace(with_office(there, office), store=app.store)
    monkeypatch.setattr("bot.delivery.shared_bot.open_app", lambda *_asked: there)
    county = County(app, there, server)
    server.seconds = lambda: app.clock.now().timestamp()
    with county.running() as channels:
        county.channels = channels
        yield county
    assert county.told == []


def test_each_press_and_link_and_word_goes_to_its_own_town(county, server):
    for app in (county.here, county.there):
        draft(app, open_text(app))
    county.bind(county.here, "secrecy_officer", BOTH)
    county.bind(county.there, "secrecy_officer", THERE)
    server.say(BOTH, "待办")
    ours = server.heard(BOTH)
    server.say(THERE, "待办")
    theirs = server.heard(THERE)
    assert "【" not in ours["text"] + theirs["text"]  # whoever is in one town is told of no other
    before = len(records(county.here))
    server.press(THERE, theirs["message_id"], "同意")
    assert server.heard(THERE)["text"].startswith("已记录")
    assert (len(records(county.here)), isinstance(records(county.there)[-1], Signed)) == (before, True)

    data = ours["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    server.press(THERE, theirs["message_id"], data=data)
    assert server.heard(THERE)["text"].startswith("这个按钮不是本单位发出的")  # and not whose it is
    assert len(records(county.here)) == before
    server.say(BOTH, "同意", reply_to=ours["message_id"])
    assert server.heard(BOTH)["text"].startswith("已记录")
    assert isinstance(records(county.here)[-1], Signed)
    server.heard(BOTH)  # the card that was replied to loses its buttons

    server.start(STRANGER, county.link(county.there, "jia_reporter"))
    assert "邻镇人民政府" in server.heard(STRANGER)["text"]
    with county.here.store.reading() as connection:
        assert Accounts(connection, "zhaoduba").at("telegram", str(STRANGER)) is None


def test_whoever_is_in_two_towns_is_asked_once_and_can_change(county, server):
    name = county.here.office.name
    county.bind(county.here, "clerk", BOTH)
    server.start(BOTH, county.link(county.there, "jia_reporter"))
    joined = server.heard(BOTH)
    assert joined["text"].startswith("【邻镇人民政府】\n甲村信息员，欢迎")
    assert buttons(joined) == ["邻镇人民政府", name]
    assert "您写的话说给哪一家" in county.says(BOTH, "许可 3")
    asked = county.says(BOTH, "许可 4")
    assert asked.splitlines()[-1] == "选好就办您刚才写的：许可 4"
    assert records(county.here) + records(county.there) == []
    server.press(BOTH, joined["message_id"], name)
    done = server.heard(BOTH)["text"].splitlines()
    assert done[:2] == [f"【{name}】", f"好，现在您的话说给{name}。"]
    assert done[2].startswith("已记录 №1")
    assert [one.quantity for one in records(county.here)] == [4]
    server.press(BOTH, joined["message_id"], data="@zhaoduba")  # said once, it is done once
    assert "已记录" not in server.heard(BOTH)["text"]
    assert county.says(BOTH, "切换单位 邻镇") == "好，现在您的话说给邻镇人民政府。"
    eventually(lambda: menu(server, BOTH).get("search") == "翻一翻")
    assert menu(server, BOTH)["office"] == "切换单位"
    server.group(GROUP)
    server.add_bot(GROUP, BOTH)
    eventually(lambda: menu(server, GROUP).get("search") == "翻一翻")
    assert "office" not in menu(server, GROUP)  # a group is of one town and no other
    assert county.says(BOTH, "待办").startswith("【邻镇人民政府】\n甲村信息员，您现在没有待办")
    assert [type(record) for record in records(county.here)] == [Counted]
    server.say(BOTH, "/office")
    assert buttons(server.heard(BOTH)) == ["邻镇人民政府", name]
    server.press(BOTH, joined["message_id"], data="@nowhere")
    assert "说给哪一家" in server.heard(BOTH)["text"]
    assert records(county.there) == []


def test_what_was_said_before_the_choice_lasts_an_hour_and_a_file_is_sent_again(county, server):
    county.bind(county.here, "clerk", BOTH)
    county.bind(county.there, "clerk", BOTH)
    server.upload(BOTH, "清单.pdf", b"%PDF", caption="许可 9")
    assert server.heard(BOTH)["text"].endswith("刚才发的文件没有收下，选好后请再发一次。")
    county.says(BOTH, "许可 3")
    county.here.clock.move(2 * HOUR)
    assert county.says(BOTH, "换单位 邻镇") == "好，现在您的话说给邻镇人民政府。"
    assert records(county.here) + records(county.there) == []


def test_a_town_that_has_not_let_somebody_in_yet_is_no_choice(county):
    county.bind(county.here, "clerk", BOTH)
    for person, number in (("secrecy_officer", BOTH), ("deputy_mayor", THERE)):
        county.server.start(number, county.link(county.there, person))
        assert "请把代码" in county.server.heard(number)["text"]
    assert "已记录 №1" in county.says(BOTH, "许可 3")
    assert "请把代码" in county.says(THERE, "待办")
    assert [type(record) for record in records(county.here)] == [Counted]


def test_a_switch_and_what_follows_it_keep_their_order(county, server):
    county.bind(county.here, "clerk", BOTH)
    county.bind(county.there, "clerk", BOTH)
    with server.lock:
        for text in ("换单位 邻镇", "许可 1", "换单位 zhaoduba", "许可 2"):
            server.say(BOTH, text)
    for _ in range(4):
        server.heard(BOTH)
    assert [one.quantity for one in records(county.there)] == [1]
    assert [one.quantity for one in records(county.here)] == [2]


def test_a_group_is_one_towns_until_it_sends_us_out(county, server):
    county.bind(county.here, "clerk", BOTH)
    county.bind(county.there, "clerk", THERE)
    server.group(GROUP)
    server.add_bot(GROUP, BOTH)
    assert "您可以这样说" in county.says(BOTH, "/help", chat=GROUP)
    server.add_bot(GROUP, THERE)
    assert server.say(THERE, "/help", chat=GROUP)  # in another town's group nobody of this one is heard
    refused = server.heard(THERE)
    assert refused["text"] == (
        f"这个群已经归{county.here.office.name}使用。请另建一个群，或者请他们先把我移出这个群。"
    )
    assert refused["chat"]["id"] == THERE
    eventually(lambda: not server.pending)
    assert county.places() == [[str(GROUP)], []]
    server.remove_bot(GROUP, BOTH)
    assert menu(server, GROUP)["search"] == "查"
    server.add_bot(GROUP, THERE)
    assert "您可以这样说" in county.says(THERE, "/help", chat=GROUP)
    eventually(lambda: menu(server, GROUP)["search"] == "翻一翻")
    new = server.migrate(GROUP, THERE)
    assert "没有找到" in county.says(THERE, "/search 信息发布", chat=new)
    assert county.places() == [[], [str(new)]]


def test_who_blocks_the_bot_is_marked_in_both_and_reached_again_in_both(county, server):
    for app in (county.here, county.there):
        county.bind(app, "jia_reporter", BOTH)

    def states() -> set[str]:
        with county.here.store.reading() as connection:
            found = (Accounts(connection, one).at("telegram", str(BOTH)) for one in ("zhaoduba", "neighbour"))
            return {str(one.state) for one in found if one}

    county.says(BOTH, "待办")
    server.block(BOTH)
    eventually(lambda: states() == {"blocked"})
    server.block(BOTH, blocked=False)
    assert "说给哪一家" in server.heard(BOTH)["text"]
    assert states() == {"ok"}


def test_a_stranger_learns_of_neither_town(county, server):
    assert county.says(STRANGER, "待办").startswith("还不认识您")
    server.say(STRANGER, "切换单位")  # and once is enough for a day
    server.start(STRANGER, "a" * 22)
    assert "用过" in server.heard(STRANGER)["text"]
    with county.here.store.reading() as connection:
        bodies = connection.execute(INBOX.select()).all()
    assert {row.office for row in bodies} == {"zhaoduba"}
    assert {row.body for row in bodies} == {""}  # nothing that was said is kept


def test_both_towns_speak_in_their_own_names_within_one_limit(county, server):
    """The other town's process only speaks: nobody asks a bot twice."""
    for app in (county.here, county.there):
        county.bind(app, "clerk", BOTH)
        now = app.clock.now()
        notice = OutboxNotice(
            person="clerk",
            case=0,
            what="silence",
            rung="",
            basis="",
            topic="notice.silence",
            created_at=now,
            not_before=now,
        )
        with app.store.writing(app.office.slug) as connection:
            Outbox(connection, app.office.slug).put([notice])
    eventually(lambda: server.polling >= 2)  # the short first question, and the long one that stands
    asked = server.polling
    with open_channels(county.there, county.settings(), county.told.append) as channels:
        theirs = create_outbox_sender(county.there, {"telegram": channels["telegram"]}, county.told.append)
        theirs.deliver()
        assert server.heard(BOTH)["text"].startswith("【邻镇人民政府】\n")
        ours = create_outbox_sender(
            county.here, {"telegram": county.channels["telegram"]}, county.told.append
        )
        ours.deliver()
        server.assert_nothing_else()  # one message a second for one person, whoever speaks
        county.here.clock.move(timedelta(seconds=2))
        ours.deliver()
    assert server.heard(BOTH)["text"].startswith(f"【{county.here.office.name}】\n")
    assert server.polling - asked <= 1


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_on_one_postgresql_an_update_takes_one_transaction_of_both(both_apps, tmp_path, server):
    there = neighbour(both_apps, tmp_path / "there")
    county = County(both_apps, there, server)
    county.bind(there, "clerk", THERE)
    with county.running():
        assert county.says(THERE, "许可 3").startswith("已记录 №1")
    assert county.told == []
    assert [type(record) for record in records(there)] == [Counted]
    assert records(both_apps) == []


def test_what_cannot_share_is_refused_at_the_start(app, tmp_path):
    apart = create_office(tmp_path / "apart", sample=True).path

    def settings(*homes) -> Settings:
        return Settings(telegram_offices=":".join(map(str, homes)))

    assert offices_received_here(app, settings()) == (app,)
    assert offices_received_here(app, settings(app.home.path)) == (app,)
    assert offices_received_here(app, settings(apart, app.home.path)) == ()
    with pytest.raises(NotOfTheBot):
        offices_received_here(app, settings(apart))
    with pytest.raises(NotTogether):
        offices_received_here(app, settings(app.home.path, apart))


def test_two_towns_of_one_name_are_refused(app, tmp_path, monkeypatch):
    twin = create_office(tmp_path / "twin", sample=True).path
    monkeypatch.setattr("bot.delivery.shared_bot.open_app", lambda *_asked: app)
    with pytest.raises(SameName):
        offices_received_here(app, Settings(telegram_offices=f"{app.home.path}:{twin}"))


def test_an_invitation_names_the_bot(gongkai, server, monkeypatch):
    monkeypatch.setenv("GONGKAI_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("GONGKAI_TELEGRAM_SERVER", server.url)
    page, telegram = gongkai(*INVITED).out.split("/join/")[1].split("https://t.me/town_bot?start=")
    assert page.split()[0] == telegram.strip()
    monkeypatch.setenv("GONGKAI_TELEGRAM_TOKEN", "1:wrong")
    again = gongkai(*INVITED)
    assert ("/join/" in again.out, "t.me" in again.out) == (True, False)

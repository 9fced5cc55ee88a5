"""A small strict Bot API server for tests: it refuses what Telegram refuses, and nothing it was told goes unseen.

    server = StandIn()
    server.user(7); server.say(7, "待办")          # an update waits for the bot
    server.fault("sendMessage", "flood", seconds=30)
    assert server.heard(7) == "…"                    # the oldest message of that chat nobody has looked at
    server.assert_nothing_else()

One bot, several users and groups, threads and 127.0.0.1 only. Its clock can be moved, its memory is bounded.
"""

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.telegram.stand_in_http import Answer, Refused, post, serve

TOKEN = "123456789:stand-in-secret-never-to-be-seen"  # noqa: S105
BOT = {"id": 123456789, "is_bot": True, "first_name": "公开", "username": "town_bot"}
TEXT_UNITS, CAPTION_UNITS, DATA_BYTES = 4096, 1024, 64
GROUP_MINUTE, QUERY_SECONDS, UPDATE_SECONDS = 20, 900, 24 * 3600
MOST = 20_000  # updates, messages and calls kept


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class Fault:
    """What goes wrong with the next calls of a method: ``flood``, ``error``, ``reset_before``, ``reset_after``,
    ``slow``, ``garbage``.
    """

    method: str
    kind: str
    times: int = 1
    seconds: float = 1
    status: int = 500


@dataclass
class Chat:
    id: int
    kind: str
    title: str = ""
    blocked: bool = False
    left: bool = False
    migrated_to: int = 0
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    unseen: deque = field(default_factory=deque)
    sent_at: deque = field(default_factory=deque)

    def shown(self) -> dict[str, Any]:
        return {"id": self.id, "type": self.kind, **({"title": self.title} if self.title else {})}


class StandIn:
    def __init__(self, *, per_chat_second: bool = False, first_update: int = 1000) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.users: dict[int, dict[str, Any]] = {}
        self.chats: dict[int, Chat] = {}
        self.pending: dict[int, dict[str, Any]] = {}
        self.queries: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.faults: list[Fault] = []
        self.calls: deque = deque(maxlen=MOST)
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.webhook: dict[str, Any] = {}
        self.allowed: list[str] | None = None
        self.per_chat_second = per_chat_second
        self.next_update, self.next_message, self.next_query = first_update, 1, 1
        self.offset_seconds = 0.0
        self.polling = 0
        self.greeted = 0  # questions begun and webhooks set: a listener is at work
        self.running = True
        self.server, self.url = serve(self)
        self.pusher = threading.Thread(target=self._push, daemon=True)
        self.pusher.start()

    def close(self) -> None:
        with self.changed:
            self.running = False
            self.changed.notify_all()
        self.server.shutdown()
        self.server.server_close()
        self.pusher.join()

    # --- what people do

    def now(self) -> float:
        return time.monotonic() + self.offset_seconds

    def pass_time(self, seconds: float) -> None:
        with self.changed:
            self.offset_seconds += seconds
            self._forget_old()

    def user(self, number: int) -> dict[str, Any]:
        return self.users.setdefault(number, {"id": number, "is_bot": False, "first_name": f"用户{number}"})

    def group(self, number: int, title: str = "信息员群", kind: str = "group") -> Chat:
        return self.chats.setdefault(number, Chat(number, kind, title))

    def say(self, user: int, text: str, *, chat: int = 0, reply_to: int = 0, **more: Any) -> int:
        with self.lock:
            place = self._place(user, chat)
            message = self._message(place, self.user(user), text=text, **more)
            if reply_to:
                message["reply_to_message"] = self._bare(place.messages[reply_to])
            return self.update("message", message)

    def start(self, user: int, payload: str = "") -> int:
        return self.say(user, f"/start {payload}".strip())

    def upload(self, user: int, name: str, content: bytes, caption: str = "") -> int:
        with self.lock:
            known = f"file{len(self.files)}"
            self.files[known] = content
            sent = {"file_id": known, "file_unique_id": known, "file_name": name, "file_size": len(content)}
            message = self._message(self._place(user, 0), self.user(user), document=sent, caption=caption)
            return self.update("message", message)

    def change(self, user: int, message: int, text: str) -> int:
        with self.lock:
            found = self.chats[user].messages[message]
            found |= {"text": text, "edit_date": int(time.time())}
            return self.update("edited_message", found)

    def press(self, user: int, message: int, label: str = "", *, data: str = "", chat: int = 0) -> int:
        """Press a button that stands on a message now, or send anything at all as ``data``."""
        with self.lock:
            place = self._place(user, chat)
            shown = place.messages[message]
            rows = shown.get("reply_markup", {}).get("inline_keyboard", [])
            buttons = {button["text"]: button.get("callback_data", "") for row in rows for button in row}
            query = str(self.next_query)
            self.next_query += 1
            self.queries[query] = {"at": self.now(), "answered": False}
            asked = {"id": query, "from": self.user(user), "message": self._bare(shown), "chat_instance": "1"}
            return self.update("callback_query", asked | {"data": data or buttons[label]})

    def block(self, user: int, *, blocked: bool = True) -> int:
        self._place(user, 0).blocked = blocked
        return self._member(self.chats[user], user, "kicked" if blocked else "member")

    def remove_bot(self, chat: int, by: int) -> int:
        self.chats[chat].left = True
        return self._member(self.chats[chat], by, "left")

    def add_bot(self, chat: int, by: int) -> int:
        self.chats[chat].left = False
        return self._member(self.chats[chat], by, "member")

    def migrate(self, chat: int, by: int) -> int:
        """A group becomes a supergroup: both of them say so."""
        with self.lock:
            old, new = (
                self.chats[chat],
                self.group(-1000000000000 + chat, self.chats[chat].title, "supergroup"),
            )
            old.migrated_to = new.id
            self.update("message", self._message(old, self.user(by), migrate_to_chat_id=new.id))
            self.update("message", self._message(new, self.user(by), migrate_from_chat_id=old.id))
            return new.id

    def update(self, kind: str, what: dict[str, Any], *, number: int = 0) -> int:
        """Any update at all."""
        with self.changed:
            number = number or self.next_update
            self.next_update = number + 1
            if self.allowed is None or kind in self.allowed:
                self.pending[number] = {
                    "update_id": number,
                    kind: json.loads(json.dumps(what)),
                    "_at": self.now(),
                }
                if len(self.pending) > MOST:
                    raise AssertionError("nobody takes the updates over")
            self.changed.notify_all()
            return number

    def again(self, raw: dict[str, Any]) -> None:
        """Hand an update over once more, though it was confirmed."""
        with self.changed:
            self.pending[raw["update_id"]] = {**raw, "_at": self.now()}
            self.changed.notify_all()

    def reverse(self) -> None:
        """What waits comes in the wrong order."""
        with self.lock:
            self.pending = dict(reversed(self.pending.items()))

    def fault(self, method: str, kind: str, *, times: int = 1, seconds: float = 1, status: int = 500) -> None:
        with self.lock:
            self.faults.append(Fault(method, kind, times, seconds, status))

    # --- what was heard

    def heard(self, chat: int, *, within: float = 5) -> dict[str, Any]:
        """The oldest message (or edit) of a chat nobody has looked at yet; waits for it."""
        with self.changed:
            there = self.chats[chat]
            assert self.changed.wait_for(lambda: there.unseen, within), f"nothing was said to {chat}"
            return there.unseen.popleft()

    def assert_nothing_else(self) -> None:
        with self.lock:
            left = {
                chat.id: [each["text"] for each in chat.unseen] for chat in self.chats.values() if chat.unseen
            }
        assert left == {}

    def assert_called(self, method: str, times: int) -> None:
        assert [name for name, _ in self.calls].count(method) == times

    # --- the Bot API

    def call(self, token: str, method: str, given: dict[str, Any]) -> Answer:
        fault = self._fault(method)
        if fault and fault.kind == "reset_before":
            return Answer(reset=True)
        if fault and fault.kind == "garbage":
            return Answer(raw=b"<html>")
        try:
            answer = self._answer(token, method, given, fault)
        except Refused as refused:
            answer = Answer(status=refused.status, json=refused.shown())
        if fault and fault.kind == "slow":
            time.sleep(fault.seconds)
        return Answer(reset=True) if fault and fault.kind == "reset_after" else answer

    def _answer(self, token: str, method: str, given: dict[str, Any], fault: Fault | None) -> Answer:
        if token != TOKEN:
            raise Refused(401, "Unauthorized")
        if fault and fault.kind == "flood":
            wait = int(fault.seconds)
            raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        if fault and fault.kind == "error":
            raise Refused(
                fault.status, "Internal Server Error" if fault.status > 499 else "Bad Request: simulated"
            )
        does = getattr(self, f"do_{method}", None)
        if does is None:
            raise Refused(404, "Not Found")
        if method == "getupdates":
            return Answer(json={"ok": True, "result": self.do_getupdates(given)})
        with self.changed:
            self.calls.append((method, given))
            result = does(given)
            self.changed.notify_all()
            return Answer(json={"ok": True, "result": result})

    def do_getme(self, _given: dict[str, Any]) -> dict[str, Any]:
        return BOT | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    def do_getupdates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        with self.changed:
            if self.webhook:
                raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
            self.greeted += 1
            if "allowed_updates" in given:
                self.allowed = given["allowed_updates"]
            offset, limit = int(given.get("offset", 0)), int(given.get("limit", 100))
            for number in [known for known in self.pending if known < offset]:
                del self.pending[number]  # confirmed: it never comes again
            self.polling += 1
            own = self.polling  # whoever asks later ends this one's question
            self.changed.notify_all()
            until = float(given.get("timeout", 0))
            self.changed.wait_for(lambda: self.pending or not self.running or self.polling != own, until)
            if self.polling != own:
                raise Refused(
                    409, "Conflict: terminated by other getUpdates request; make sure that only one runs"
                )
            self._forget_old()
            found = [self._clean(raw) for raw in list(self.pending.values())[:limit]]
            self.calls.append(("getupdates", given))
            return found

    def do_setwebhook(self, given: dict[str, Any]) -> bool:
        self.greeted += 1
        self.webhook, self.allowed = dict(given) if given.get("url") else {}, given.get("allowed_updates")
        return True

    def do_deletewebhook(self, _given: dict[str, Any]) -> bool:
        self.webhook = {}
        return True

    def do_sendmessage(self, given: dict[str, Any]) -> dict[str, Any]:
        chat, text = self._reachable(given), _text(given, "text", TEXT_UNITS, "message is too long")
        self._limits(chat)
        return self._said(chat, text=text, **_markup(given), **_silent(given))

    def do_senddocument(self, given: dict[str, Any]) -> dict[str, Any]:
        chat = self._reachable(given)
        if not given.get("document"):
            raise Refused(400, "Bad Request: there is no document in the request")
        caption = _text(given, "caption", CAPTION_UNITS, "message caption is too long", needed=False)
        self._limits(chat)
        name, content = given["document"]
        known = f"file{len(self.files)}"
        self.files[known] = content
        sent = {"file_id": known, "file_unique_id": known, "file_name": name, "file_size": len(content)}
        return self._said(
            chat, text=caption, caption=caption, document=sent, **_markup(given), **_silent(given)
        )

    def do_editmessagetext(self, given: dict[str, Any]) -> dict[str, Any]:
        chat, text = self._reachable(given), _text(given, "text", TEXT_UNITS, "MESSAGE_TOO_LONG")
        found = chat.messages.get(int(given.get("message_id", 0)))
        if found is None:
            raise Refused(400, "Bad Request: message to edit not found")
        if found["from"]["id"] != BOT["id"]:
            raise Refused(400, "Bad Request: message can't be edited")
        markup = _markup(given)
        if (text, markup.get("reply_markup")) == (found.get("text"), found.get("reply_markup")):
            raise Refused(
                400, "Bad Request: message is not modified: specified new message content is the same"
            )
        found.pop("reply_markup", None)
        found |= {"text": text, "edit_date": int(time.time()), **markup}
        chat.unseen.append(json.loads(json.dumps(found)))
        return found

    def do_answercallbackquery(self, given: dict[str, Any]) -> bool:
        query = self.queries.get(str(given.get("callback_query_id")))
        if query is None or query["answered"] or self.now() - query["at"] > QUERY_SECONDS:
            raise Refused(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        query["answered"] = True
        return True

    def do_setmycommands(self, given: dict[str, Any]) -> bool:
        for each in given["commands"]:
            if not (each["command"].isascii() and each["command"].islower() and len(each["command"]) <= 32):
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands[json.dumps(given.get("scope", {}), sort_keys=True)] = given["commands"]
        return True

    def do_getfile(self, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("file_id") not in self.files:
            raise Refused(400, "Bad Request: invalid file_id")
        known = given["file_id"]
        size = len(self.files[known])
        return {
            "file_id": known,
            "file_unique_id": known,
            "file_size": size,
            "file_path": f"documents/{known}",
        }

    # --- inside

    def _fault(self, method: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.method.lower() == method:
                    fault.times -= 1
                    if not fault.times:
                        self.faults.remove(fault)
                    return fault
        return None

    def _place(self, user: int, chat: int) -> Chat:
        self.user(user)
        if chat:
            return self.chats[chat]
        return self.chats.setdefault(user, Chat(user, "private"))

    def _reachable(self, given: dict[str, Any]) -> Chat:
        try:
            chat = self.chats.get(int(given.get("chat_id", "")))
        except ValueError:
            chat = None
        if chat is None:
            raise Refused(400, "Bad Request: chat not found")
        if chat.migrated_to:
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refused(400, text, migrate_to_chat_id=chat.migrated_to)
        if chat.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat.left:
            raise Refused(403, f"Forbidden: bot was kicked from the {chat.kind} chat")
        return chat

    def _limits(self, chat: Chat) -> None:
        window, most = (60, GROUP_MINUTE) if chat.kind != "private" else (1, 1)
        if chat.kind == "private" and not self.per_chat_second:
            return
        while chat.sent_at and chat.sent_at[0] <= self.now() - window:
            chat.sent_at.popleft()
        if len(chat.sent_at) >= most:
            wait = max(1, round(window - (self.now() - chat.sent_at[0])))
            raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        chat.sent_at.append(self.now())

    def _said(self, chat: Chat, **parts: Any) -> dict[str, Any]:
        message = self._message(chat, BOT, **parts)
        chat.unseen.append(json.loads(json.dumps(message)))
        return message

    def _message(self, chat: Chat, sender: dict[str, Any], **parts: Any) -> dict[str, Any]:
        own = chat.kind == "supergroup"  # there message ids count within the chat
        number = len(chat.messages) + 1 if own else self.next_message
        self.next_message += not own
        stated = {name: part for name, part in parts.items() if part not in ("", None)}
        message = {
            "message_id": number,
            "from": sender,
            "chat": chat.shown(),
            "date": int(time.time()),
            **stated,
        }
        chat.messages[number] = message
        if len(chat.messages) > MOST:
            del chat.messages[min(chat.messages)]
        return message

    def _member(self, chat: Chat, by: int, status: str) -> int:
        old = {"user": BOT, "status": "member" if status != "member" else "left"}
        new = {"user": BOT, "status": status, **({"until_date": 0} if status == "kicked" else {})}
        changed = {"chat": chat.shown(), "from": self.user(by), "date": int(time.time())}
        return self.update("my_chat_member", changed | {"old_chat_member": old, "new_chat_member": new})

    def _bare(self, message: dict[str, Any]) -> dict[str, Any]:
        return {name: part for name, part in message.items() if name != "reply_to_message"}

    def _clean(self, raw: dict[str, Any]) -> dict[str, Any]:
        return {name: part for name, part in raw.items() if name != "_at"}

    def _forget_old(self) -> None:
        limit = self.now() - UPDATE_SECONDS
        self.pending = {number: raw for number, raw in self.pending.items() if raw["_at"] > limit}

    def _push(self) -> None:
        """Calls the webhook, one update after the other, until it says 200."""
        while True:
            with self.changed:
                self.changed.wait_for(lambda: not self.running or (self.webhook and self.pending), 0.2)
                if not self.running:
                    return
                if not self.webhook or not self.pending:
                    continue
                raw, hook = next(iter(self.pending.values())), dict(self.webhook)
            if post(hook["url"], hook.get("secret_token", ""), self._clean(raw)):
                with self.lock:
                    if self.pending.get(raw["update_id"]) is raw:
                        del self.pending[raw["update_id"]]
            else:
                time.sleep(0.02)


def _text(given: dict[str, Any], name: str, most: int, words: str, *, needed: bool = True) -> str:
    text = str(given.get(name, "")).strip()
    if needed and not text:
        raise Refused(400, "Bad Request: message text is empty")
    if units(text) > most:
        raise Refused(400, f"Bad Request: {words}")
    return text


def _silent(given: dict[str, Any]) -> dict[str, Any]:
    return {"disable_notification": True} if given.get("disable_notification") else {}


def _markup(given: dict[str, Any]) -> dict[str, Any]:
    markup = given.get("reply_markup")
    if not markup:
        return {}
    for button in (each for row in markup["inline_keyboard"] for each in row):
        data, link = button.get("callback_data"), button.get("url")
        if (data is None) == (link is None) or not button.get("text", "").strip():
            raise Refused(400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed")
        if data is not None and not 1 <= len(data.encode()) <= DATA_BYTES:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if link is not None and urlsplit(link).scheme not in {"http", "https", "tg"}:
            raise Refused(400, "Bad Request: inline keyboard button URL is invalid: Wrong HTTP URL")
    return {"reply_markup": markup}

"""The night's proof: whoever writes past the program is found wherever anything outside the log knows better."""

import json
import shutil
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from bot.__main__ import app as cli
from bot.cli.common.context import CommandContext
from bot.runtime.proof import prove, prove_nightly
from bot.runtime.scheduled_jobs import back_up
from bot.services.accounts.accounts import AccountService
from storage.database.backup import MANIFEST
from storage.events.codec import GENESIS, fingerprint
from storage.messaging.accounts import Accounts
from storage.messaging.sessions import SessionStore
from tests.town import transaction

HOUR = timedelta(hours=1)


def count(app, number: int) -> None:
    with transaction(app, "clerk") as uow:
        uow.registers.count("licence", app.today, quantity=number)


def beside(app, *statements: str, keep_triggers: bool = True, **values: object) -> None:
    """What somebody does to the database file with another program; the triggers come back as they were."""
    with app.store.engine.connect() as connection:
        guards = connection.exec_driver_sql(
            "select name, sql from sqlite_master where type = 'trigger'"
        ).all()
        for name, _ in guards:
            connection.exec_driver_sql(f"drop trigger {name}")
        for statement in statements:
            connection.execute(
                text(statement), {name: values[name] for name in values if f":{name}" in statement}
            )
        for _, sql in guards if keep_triggers else ():
            connection.exec_driver_sql(sql)
        connection.commit()


def hash_at(app, position: int) -> str:
    with app.log() as log:
        return next(iter(log.read(after=position - 1, upto=position))).hash


def found(app) -> list[str]:
    return [one.what for one in prove_nightly(app).faults]


@pytest.fixture
def night(app):
    """Three entries, of which last night's backup knows two."""
    count(app, 1)
    count(app, 2)
    back_up(app)
    app.clock.move(timedelta(days=1))
    count(app, 3)
    assert found(app) == []
    return app


def cut_after(app, position: int) -> None:
    """Take the end of the log away, and mend what in the database itself would show it."""
    beside(
        app,
        "delete from event where position > :last",
        "update head set position = :last, hash = :digest",
        "delete from count_row where position > :last",
        last=position,
        digest=hash_at(app, position),
    )
    with app.log() as log:
        assert list(log.verify()) == []  # in itself the log is whole


def test_a_tail_that_was_cut_and_mended_is_found_by_the_backup(night):
    cut_after(night, 1)
    assert found(night) == ["backup"]


def test_of_what_no_backup_knows_the_proof_says_that_nothing_can(night):
    cut_after(night, 2)
    proof = prove_nightly(night)
    assert (proof.faults, proof.compared, proof.compared_upto) == ((), 1, 2)


def test_a_fingerprint_that_was_kept_elsewhere_knows_better(night):
    digest = hash_at(night, 3)
    assert prove(night, [digest.upper()]).faults == ()
    cut_after(night, 2)
    assert [one.what for one in prove(night, [digest]).faults] == ["fingerprint"]


def test_all_hashes_made_anew_are_found_by_the_backup(night):
    with night.log() as log:
        bodies = [body.replace('"quantity":2', '"quantity":9') for _, body, _ in log.entry_chain(0)]
    before = GENESIS
    for position, body in enumerate(bodies, 1):
        before = fingerprint(before, body)
        change = "update event set body = :body, hash = :digest where position = :place"
        beside(night, change, body=body, digest=before, place=position)
    beside(
        night,
        "update head set hash = :digest",
        "update count_row set quantity = 9 where position = 2",
        digest=before,
    )
    with night.log() as log:
        assert list(log.verify()) == []
    assert found(night) == ["backup"]


def test_dropped_and_altered_triggers_are_found(night):
    beside(night, keep_triggers=False)
    faults = prove_nightly(night).faults
    assert {one.what for one in faults} == {"guard"}
    assert "event_is_never_changed" in {one.detail for one in faults}


def test_a_trigger_of_the_same_name_that_does_nothing_is_found(night):
    with night.store.engine.connect() as connection:
        connection.exec_driver_sql("drop trigger event_is_never_changed")
        connection.exec_driver_sql(
            "create trigger event_is_never_changed before update on event begin select 1; end"
        )
        connection.commit()
    assert [(one.what, one.detail) for one in prove_nightly(night).faults] == [
        ("guard", "event_is_never_changed")
    ]


def test_changed_rows_are_found(night):
    beside(night, "update count_row set quantity = 99 where position = 2")
    assert found(night) == ["row"]


def test_an_account_that_was_bound_past_the_program_is_found(app):
    office, now = app.office.slug, app.clock.now()
    with app.store.writing(office) as connection:
        service = AccountService(app=app, connection=connection, means="telegram")
        service.join_on_chat(service.invite("jia_reporter", HOUR), "7")
        service.join_on_page(service.invite("clerk", HOUR))
    assert found(app) == []
    with app.store.writing(office) as connection:
        Accounts(connection, office).bind("deputy_mayor", "telegram", "8", at=now, confirmed_by="clerk")
        SessionStore(connection, office).sign_in("mayor", "secret", at=now, joined=2, confirmed_by="clerk")
    assert sorted(one.detail for one in prove_nightly(app).faults) == ["deputy_mayor", "mayor"]


@pytest.mark.parametrize("change", ["address", "confirmed_by", "person"])
def test_an_account_that_was_changed_past_the_program_is_found(app, change):
    with app.store.writing(app.office.slug) as connection:
        service = AccountService(app=app, connection=connection, means="telegram")
        service.join_on_chat(service.invite("jia_reporter", HOUR), "7")
    changes = {
        "address": "update account set address = '9'",
        "confirmed_by": "update account set confirmed_by = 'clerk'",
        "person": "update account set person = 'deputy_mayor'",
    }
    beside(app, changes[change])
    assert found(app) == ["account"]


def test_a_backup_that_was_replaced_is_found(night):
    (backup,) = (night.home.path / "backups").iterdir()
    backup.write_bytes(backup.read_bytes()[:-20])
    assert found(night) == ["backup_broken"]


def test_a_backup_that_says_it_ended_elsewhere_is_found(night):
    """Its manifest claims an entry that it never held: what it vouches for would be too much."""
    (backup,) = (night.home.path / "backups").iterdir()
    with zipfile.ZipFile(backup) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[MANIFEST] = json.dumps(json.loads(parts[MANIFEST]) | {"position": 3}).encode()
    with zipfile.ZipFile(backup, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert found(night) == ["backup"]


def run(app, *words: str):
    return CliRunner().invoke(
        cli, ["verify", "--home", str(app.home.path), *words], obj=CommandContext(app.clock)
    )


def test_the_command_says_against_what_it_compared(night, tmp_path):
    alone = run(night)
    assert alone.exit_code == 0
    assert "没有留在日志之外的指纹可以核对" in alone.stdout
    (backup,) = (night.home.path / "backups").iterdir()
    kept = shutil.copy(backup, tmp_path / "kept.zip")
    compared = run(night, "--against", str(kept), "--fingerprint", hash_at(night, 3))
    assert compared.exit_code == 0
    assert "核对了 2 个" in compared.stdout
    wrong = run(night, "--fingerprint", "0" * 64)
    assert wrong.exit_code == 1
    assert "日志里没有这个指纹" in wrong.stdout
    assert (
        "日志自身完整" in wrong.stdout
    )  # a wrongly copied fingerprint tells nobody to stop using the office
    assert "停用这个目录" not in wrong.stdout

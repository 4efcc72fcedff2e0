"""Tests of what several servers share in PostgreSQL."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from tests.helpers.postgres_server import PostgresServer
from tests.ui.page.test_render import ANSWER
from ui.api.shared_rate_limit import SharedRateLimiter
from ui.cli.main import main
from ui.conversations.database import StorageError, hide_secret
from ui.conversations.databases import open_database
from ui.conversations.model import Turn
from ui.conversations.store import ConversationStore
from ui.page.auth.passwords import ENVIRONMENT_VARIABLE, create_signer

pytestmark = pytest.mark.xdist_group("postgresql")
ANNA = "a" * 43


def test_servers_that_start_and_write_at_the_same_time_lose_nothing(
    postgres: PostgresServer,
) -> None:
    address = postgres.create_database()
    with ExitStack() as stack, ThreadPoolExecutor(4) as pool:
        opened = pool.map(ConversationStore.open, [address] * 4)
        stores = [stack.enter_context(closing(store)) for store in opened]
        conversation = stores[0].add_question(ANNA, "", "0")
        conversations = pool.map(
            lambda number: stores[number % 4].add_question(ANNA, conversation, str(number)),
            range(1, 24),
        )
        assert set(conversations) == {conversation}
        turns = stores[1].read_turns(ANNA, conversation)
        assert {turn.question for turn in turns} == set(map(str, range(24)))
        stores[2].save_answer(ANNA, conversation, Turn(turns[-1].question, ANSWER))
        tokens = pool.map(lambda store: store.shares.share(ANNA, conversation, 24), stores)
        assert len(set(tokens)) == 1


def test_connections_that_the_server_ended_are_made_anew(postgres: PostgresServer) -> None:
    with closing(ConversationStore.open(postgres.create_database())) as store:
        conversation = store.add_question(ANNA, "", "before")
        postgres.end_connections()
        store.add_question(ANNA, conversation, "after")
        assert len(store.read_turns(ANNA, conversation)) == 2


def test_server_that_is_away_is_a_line_and_one_when_it_is_back(
    postgres: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("ui.conversations.postgres._POOL_TIMEOUT", 0.3)
    link = tmp_path / "s"
    link.symlink_to(postgres.folder)
    address = postgres.create_database().replace(str(postgres.folder), str(link))
    with closing(ConversationStore.open(address)) as store:
        conversation = store.add_question(ANNA, "", "before")
        link.unlink()
        postgres.end_connections()
        for _ in range(3):
            with pytest.raises(StorageError, match="Nothing can be kept"):
                store.read_turns(ANNA, conversation)
        # Other stores of this process may be reporting at the same time.
        name = hide_secret(address)
        lines = [record.message for record in caplog.records if name in record.message]
        assert lines == [f"the database {name} does not answer"]
        link.symlink_to(postgres.folder)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with suppress(StorageError):
                assert len(store.read_turns(ANNA, conversation)) == 1
                break
    lines = [record.message for record in caplog.records if name in record.message]
    assert lines[1:] == [f"the database {name} answers again"]


def test_text_with_nul_is_kept_and_searched(postgres: PostgresServer) -> None:
    with closing(ConversationStore.open(postgres.create_database())) as store:
        conversation = store.add_question(ANNA, "", "why\0so?")
        store.save_answer(ANNA, conversation, Turn("why\0so?", ANSWER))
        assert store.read_turns(ANNA, conversation)[0].question == "why\ufffdso?"
        assert [match.summary.id for match in store.search(ANNA, "why")] == [conversation]


def test_lock_that_another_holds_is_one_line(postgres: PostgresServer) -> None:
    address = postgres.create_database()
    with (
        closing(open_database(address)) as database,
        closing(ConversationStore.open(address)) as store,
        database.transaction(),
        pytest.raises(StorageError, match="another process holds the data"),
    ):
        store.add_question(ANNA, "", "one")


def test_database_that_cannot_be_used_is_one_line_without_the_password(
    postgres: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    address = postgres.create_database()
    with closing(open_database(address)) as database, database.transaction() as transaction:
        transaction.execute("UPDATE tongzhu_schema SET version = 99")
    with pytest.raises(StorageError, match="newer release"):
        open_database(address)
    cases = (("postgresql://me:secret@127.0.0.1:1/none", 1), ("mysql://me:secret@host/none", 2))
    for bad, status in cases:
        assert main(["--lang", "en", "feedback", "--store", bad]) == status
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("Error: ")
        assert "secret" not in line


def test_sessions_hold_on_every_server(postgres: PostgresServer) -> None:
    environ = {ENVIRONMENT_VARIABLE: "long enough"}
    address = postgres.create_database()
    with closing(open_database(address)) as first, closing(open_database(address)) as second:
        signers = [
            create_signer(False, None, environ, database, language="en")
            for database in (first, second)
        ]
        here, there = signers
        assert here
        assert there
        session = here.create_session()
        assert there.is_valid(session)
        there.revoke(session)
        there.revoke(session)
        assert not here.is_valid(session)


def test_servers_count_the_requests_of_a_client_together(postgres: PostgresServer) -> None:
    now = 1_000.0
    address = postgres.create_database()
    with closing(open_database(address)) as first, closing(open_database(address)) as second:
        limiters = [SharedRateLimiter(database, 6, lambda: now) for database in (first, second)]
        waits = [limiters[number % 2].acquire("client") for number in range(7)]
        assert waits == [0] * 6 + [10]
        assert limiters[0].acquire("another") == 0
        now += 10
        assert [limiter.acquire("client") for limiter in limiters] == [0, 10]
        now += 200
        assert limiters[1].acquire("one more") == 0
        assert first.fetch_rows("SELECT count(*) FROM rate_limit") == [(1,)]


def test_each_server_counts_for_itself_while_the_database_is_away(
    postgres: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    address = postgres.create_database()
    with closing(open_database(address)) as database:
        limiter = SharedRateLimiter(database, 6)
        assert limiter.acquire("client") == 0
        with database.transaction() as transaction:
            transaction.execute("DROP TABLE rate_limit")
        with caplog.at_level(logging.WARNING):
            waits = [limiter.acquire("client") for _ in range(7)]
    assert waits[:6] == [0] * 6
    assert waits[6] > 0
    assert caplog.text.count("each server for itself") == 1

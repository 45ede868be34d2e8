"""Temporary services around one command: for tests and `.sqlx`, or for measurements."""

import asyncio
import os
from pathlib import Path

import paths
from console import say
from group import Group
from ledger import Ledger, clean_up_after
from postgres import Postgres, make_cluster
from redis import Redis

# Small, and without fsync: tests kill processes, never the machine, and the kernel keeps what a
# killed process has written. With fsync, creating and dropping a database for each test would
# mostly wait for the disk.
FOR_TESTS = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
# As durable as Postgres is by default, with memory for a million posts and statement statistics.
FOR_MEASURING = {
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "all",
}
# Above the default ports of `make run`, which stay free for it, and below those that the kernel
# uses for outgoing connections.
FIRST_PORT = 17000


async def with_services(
    command: list[str], settings: dict[str, str], hurry: asyncio.Event
) -> int:
    """Runs the command and returns its exit code. Stops the services and all its processes."""
    await _clean_up_after_others()
    name = f"throwaway-{os.getpid()}"
    lock = paths.Lock(f"{name}.lock")
    lock.take()
    ledger = Ledger(name, logs=paths.STATE / f"{name}.log")
    ledger.add_scratch(ledger.logs)
    group = Group(ledger, hurry, _neutral_environment())
    try:
        await _start_databases(group, settings)
        return await group.step(command)
    finally:
        await group.stop()
        lock.remove()


def _neutral_environment() -> dict[str, str]:
    """Our environment without settings of Pawl, on which no test may depend."""
    kept = ("PAWL_TEST_", "PAWL_RUN_", "PAWL_BENCH_")
    dropped = {"DATABASE_URL", "DATABASE_DIRECT_URL", "REDIS_URL"}
    return {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and (not name.startswith("PAWL_") or name.startswith(kept))
    }


async def _start_databases(group: Group, settings: dict[str, str]) -> None:
    cluster = _cluster(group.ledger)
    await make_cluster(cluster)
    postgres = Postgres(cluster, group.ports, FIRST_PORT, settings)
    redis = Redis(group.ports, FIRST_PORT)
    await group.start_databases([postgres, redis])
    group.environment |= {
        # Without a database name, which tests append.
        "PAWL_TEST_DATABASE_URL": postgres.server_url,
        "PAWL_TEST_REDIS_URL": redis.url,
    }


def _cluster(ledger: Ledger) -> Path:
    folder = paths.ROOTS_CLUSTERS if paths.AS_ROOT else paths.STATE
    cluster = folder / f"{paths.state_id()}-{ledger.path.stem}"
    ledger.add_scratch(cluster)
    return cluster


async def _clean_up_after_others() -> None:
    """Removes the services of killed supervisors. A living supervisor holds its lock."""
    for path in paths.STATE.glob("throwaway-*.ledger"):
        lock = paths.Lock(f"{path.stem}.lock")
        if lock.take():
            say("removing the throw-away services of a run that was killed")
            await clean_up_after(path)
            lock.remove()

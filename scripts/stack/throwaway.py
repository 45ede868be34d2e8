"""Throw-away Postgres and Redis around one command, for tests and for `.sqlx`."""

import asyncio
import os
import signal
from pathlib import Path

import place
from child import Child
from console import say
from ledger import Ledger, clean_up_after
from ports import Ports
from postgres import Postgres, make_cluster
from redis import Redis
from services import Keeper, start_together

# Small, but with fsync: durability is among the things that are tested.
POSTGRES_SETTINGS = {
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
FIRST_PORT = 57000


async def with_services(command: list[str], hurry: asyncio.Event) -> int:
    """The command's exit code. Its services, and what it left running, are gone afterwards."""
    await _clean_up_after_others()
    name = f"throwaway-{os.getpid()}"
    lock = place.Lock(f"{name}.lock")
    lock.take()
    ledger = Ledger(name, logs=place.STATE / f"{name}.log")
    cluster = _folder() / name
    for folder in (ledger.logs, cluster):
        ledger.add_scratch(folder)
    keepers, child = [], None
    try:
        await make_cluster(cluster)
        ports = Ports()
        postgres = Postgres(cluster, ports.next_free(FIRST_PORT), POSTGRES_SETTINGS)
        redis = Redis(ports.next_free(FIRST_PORT))
        keepers = [Keeper(service, ledger, hurry) for service in (postgres, redis)]
        await start_together(keepers)
        environment = os.environ | {
            "PAWL_TEST_DATABASE_URL": postgres.server_url,
            "PAWL_TEST_REDIS_URL": redis.url,
        }
        child = await Child.start(
            ledger, "command", command, environment=environment, folder=place.ROOT
        )
        return await child.wait()
    finally:
        if child:
            await child.stop(signal.SIGTERM, 20, hurry)
        await asyncio.gather(*(keeper.stop() for keeper in keepers))
        ledger.close()
        lock.remove()


def _folder() -> Path:
    return place.ROOTS_CLUSTERS if place.AS_ROOT else place.STATE


async def _clean_up_after_others() -> None:
    """Throw-away services whose supervisor was killed; those in use hold their lock."""
    for path in place.STATE.glob("throwaway-*.ledger"):
        lock = place.Lock(f"{path.stem}.lock")
        if lock.take():
            say("removing the throw-away services of a run that was killed")
            await clean_up_after(path)
            lock.remove()

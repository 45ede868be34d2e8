"""`make run`: builds, starts all services, restarts those that die, and stops them."""

import asyncio
import json
import os
import shlex
from pathlib import Path

import paths
from binaries import take_given_ports
from build import FOLDER, build_binaries, build_web_client
from console import say
from group import Group
from ledger import Ledger, clean_up_after
from postgres import Postgres, lasting_cluster
from redis import Redis
from services import StartFailed

RUN_JSON = paths.STATE / "run.json"
# Below 32768: the kernel uses higher ports for outgoing connections.
POSTGRES_PORT = 15432
REDIS_PORT = 16379


async def run(hurry: asyncio.Event) -> None:
    """Ends by an exception only: StartFailed, or the cancellation that a signal causes."""
    lock = paths.Lock("run.lock")
    if not lock.take():
        raise StartFailed(_already_running())
    RUN_JSON.unlink(missing_ok=True)
    ledger = Ledger("run", paths.LOGS)
    if ledger.path.exists():
        say("cleaning up after a run that was killed")
    await clean_up_after(ledger.path)
    group = Group(ledger, hurry, _given_environment())
    try:
        await _start(group)
        await asyncio.Event().wait()
    finally:
        RUN_JSON.unlink(missing_ok=True)
        if group.binaries:
            say("stopping (Ctrl-C again: at once)")
        await group.stop()


def _already_running() -> str:
    try:
        told = json.loads(RUN_JSON.read_text())
    except FileNotFoundError:
        return "another `make run` is starting or stopping in this clone"
    return (
        f"`make run` is up in this clone already: {told['api_url']} (uploads {told['upload_url']});"
        " stop that one with Ctrl-C first"
    )


async def _start(group: Group) -> None:
    take_given_ports(group.environment, group.ports)
    # For tests: run the binaries in this folder and build nothing.
    built = os.environ.get("PAWL_RUN_BIN_DIR")
    web_client = None
    if not built:
        if not group.environment.get("PAWL_WEB_DIR"):
            web_client = group.in_background(build_web_client(group))
        await build_binaries(group)
    private = await _private_databases(group)
    await group.start_databases(private)
    group.environment |= {one.setting: one.url for one in private}
    await group.start_binaries(Path(built or FOLDER))

    def write_run_json() -> None:
        paths.write_whole(RUN_JSON, json.dumps(group.addresses(), indent=2) + "\n")

    write_run_json()
    group.keep(restarted=write_run_json)
    _print_addresses(group)
    if web_client and not web_client.done():
        say("The web client is still being built; until then its address shows a page that says so.")
        if await web_client:
            say("The web client is built.")


async def _private_databases(group: Group) -> list[Postgres | Redis]:
    """Private services in place of those that the caller does not name."""
    given, private = group.environment, []
    if not (given.get("DATABASE_URL") or given.get("DATABASE_URL_FILE")):
        cluster = await lasting_cluster()
        private.append(Postgres(cluster, group.ports, POSTGRES_PORT, settings={}))
    # An empty REDIS_URL means: run without Redis.
    if "REDIS_URL" not in given and "REDIS_URL_FILE" not in given:
        private.append(Redis(group.ports, REDIS_PORT))
    return private


def _print_addresses(group: Group) -> None:
    told = group.addresses()
    upload_path = group.environment.get("PAWL_UPLOAD_PATH") or "/files/"
    say("")
    say(f"Pawl is up.  web client  {told['api_url']}/")
    say(f"             API         {told['api_url']}/api/v1")
    say(f"             uploads     {told['upload_url']}{upload_path}")
    for name, url in told["ops_urls"].items():
        say(f"             {'metrics':<10}  {url}/metrics  ({name})")
    say(f"Databases and pids are in {RUN_JSON}, logs in {paths.LOGS}. Ctrl-C stops it.")
    say("")


def _given_environment() -> dict[str, str]:
    """The environment, and `.env` for missing variables, as the binaries read them."""
    given = dict(os.environ)
    try:
        lines = (paths.ROOT / ".env").read_text().splitlines()
    except FileNotFoundError:
        return given
    for line in lines:
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            continue  # the binaries name the line that is wrong
        name, found, value = words[-1].partition("=") if words else ("", "", "")
        # A secret may be given as a value or as a file.
        if found and not {name, f"{name}_FILE", name.removesuffix("_FILE")} & os.environ.keys():
            given[name] = value
    return given

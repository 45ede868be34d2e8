"""`make run`: build, bring everything up, keep it up, take it down."""

import asyncio
import json
import os
import signal
from pathlib import Path

import binaries
import place
from binaries import API, PROGRAMS, UPLOAD, Binary, url_of
from child import Child, how_it_ended
from console import say
from ledger import Ledger, clean_up_after
from ports import Ports
from postgres import Postgres, lasting_cluster
from redis import Redis
from services import Keeper, StartFailed, start_together

RUN_JSON = place.STATE / "run.json"
POSTGRES_PORT = 55432
REDIS_PORT = 56379


async def run(hurry: asyncio.Event) -> None:
    """Returns only by an exception: StartFailed, or the cancellation that a signal asks for."""
    lock = place.Lock("run.lock")
    if not lock.take():
        raise StartFailed(_already_running())
    RUN_JSON.unlink(missing_ok=True)
    ledger = Ledger("run", place.LOGS)
    await clean_up_after(ledger.path)
    stack = Stack(ledger, hurry)
    try:
        await stack.start()
        await asyncio.Event().wait()
    finally:
        RUN_JSON.unlink(missing_ok=True)
        await stack.stop()


def _already_running() -> str:
    try:
        told = json.loads(RUN_JSON.read_text())
    except FileNotFoundError:
        return "another `make run` is starting or stopping in this clone"
    return (
        f"`make run` is up in this clone already: {told['api_url']} (uploads {told['upload_url']});"
        " stop that one with Ctrl-C first"
    )


class Stack:
    def __init__(self, ledger: Ledger, hurry: asyncio.Event):
        self.ledger = ledger
        self.hurry = hurry
        self.ports = Ports()
        self.environment = _given_environment()
        self.keepers: dict[str, Keeper] = {}
        self.step: Child | None = None
        # An internal setting: run these binaries, build nothing.
        self.built = os.environ.get("PAWL_RUN_BIN_DIR")

    async def start(self) -> None:
        if not self.built:
            await self._build()
        await self._bring_up(await self._databases())
        folder = Path(self.built or place.ROOT / "target/release")
        self.environment = binaries.environment_of_binaries(self.environment, self.ports)
        await self._run_step([folder / API.name, "migrate"])
        await self._bring_up([Binary(program, folder, self.environment) for program in PROGRAMS])
        self._write_run_json()
        for keeper in self.keepers.values():
            keeper.keep(restarted=self._write_run_json)
        self._print_addresses()

    async def _build(self) -> None:
        packages = [word for program in PROGRAMS for word in ("-p", program.name)]
        await self._run_step(["cargo", "build", "--release", "--locked", *packages])
        if not self.environment.get("PAWL_WEB_DIR"):
            await self._run_step([place.ROOT / "scripts/web-client"])

    async def _databases(self) -> list:
        """What the caller names is used; for the rest there is a private one."""
        private = []
        if not (self.environment.get("DATABASE_URL") or self.environment.get("DATABASE_URL_FILE")):
            cluster = await lasting_cluster()
            postgres = Postgres(cluster, self.ports.next_free(POSTGRES_PORT), settings={})
            self.environment["DATABASE_URL"] = postgres.url
            private.append(postgres)
        if "REDIS_URL" not in self.environment and "REDIS_URL_FILE" not in self.environment:
            redis = Redis(self.ports.next_free(REDIS_PORT))
            self.environment["REDIS_URL"] = redis.url
            private.append(redis)
        return private

    async def _bring_up(self, services: list) -> None:
        keepers = [Keeper(service, self.ledger, self.hurry) for service in services]
        self.keepers |= {keeper.service.name: keeper for keeper in keepers}
        await start_together(keepers)

    async def _run_step(self, command: list) -> None:
        """One command that has to succeed before the next; its output goes to the terminal."""
        words = [str(word) for word in command]
        environment = dict(self.environment)
        self.step = await Child.start(
            self.ledger, "step", words, environment=environment, folder=place.ROOT
        )
        code = await self.step.wait()
        if code != 0:
            raise StartFailed(f"`{' '.join(words)}` {how_it_ended(code)}")

    async def stop(self) -> None:
        """Ours only, and in order: the binaries may need the databases to drain."""
        if self.step:
            await self.step.stop(signal.SIGTERM, 10, self.hurry)
        names = [program.name for program in PROGRAMS]
        ours = [keeper for name, keeper in self.keepers.items() if name in names]
        databases = [keeper for name, keeper in self.keepers.items() if name not in names]
        if ours:
            say("stopping (again Ctrl-C: at once)")
        await asyncio.gather(*(keeper.stop() for keeper in ours))
        await asyncio.gather(*(keeper.stop() for keeper in databases))
        self.ledger.close()

    def _write_run_json(self) -> None:
        told = {
            "api_url": url_of(self.environment[API.main.setting]),
            "upload_url": url_of(self.environment[UPLOAD.main.setting]),
            "ops_urls": {
                program.name: url_of(self.environment[program.ops.setting]) for program in PROGRAMS
            },
            "database_url": self._given_or_from_file("DATABASE_URL"),
            "redis_url": self._given_or_from_file("REDIS_URL"),
            "store": str((place.ROOT / self.environment["PAWL_STORE"]).resolve()),
            "pids": {name: None for name in ["postgres", "redis"]}
            | {name: keeper.child.pid for name, keeper in self.keepers.items()},
        }
        place.write_whole(RUN_JSON, json.dumps(told, indent=2) + "\n")

    def _given_or_from_file(self, name: str) -> str:
        if value := self.environment.get(name):
            return value
        file = self.environment.get(f"{name}_FILE")
        return Path(file).read_text().strip() if file else ""

    def _print_addresses(self) -> None:
        api = url_of(self.environment[API.main.setting])
        upload = url_of(self.environment[UPLOAD.main.setting])
        path = self.environment.get("PAWL_UPLOAD_PATH") or "/files/"
        say("")
        say(f"Pawl is up.   web client  {api}/")
        say(f"              API         {api}/api/v1")
        say(f"              uploads     {upload}{path}")
        for program in PROGRAMS:
            ops = url_of(self.environment[program.ops.setting])
            say(f"              {'ops':<12}{ops}/metrics  ({program.name})")
        say(f"Databases, pids: {RUN_JSON}; logs: {place.LOGS}/. Ctrl-C stops it.")
        say("")


def _given_environment() -> dict[str, str]:
    """The environment and, for what it leaves open, `.env`: the binaries read them that way too."""
    given = dict(os.environ)
    try:
        lines = (place.ROOT / ".env").read_text().splitlines()
    except FileNotFoundError:
        return given
    for line in lines:
        name, found, value = line.strip().removeprefix("export ").partition("=")
        if found and not name.startswith("#"):
            given.setdefault(name.strip(), value.strip().strip("'\""))
    return given

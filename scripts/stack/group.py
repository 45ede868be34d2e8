"""Services that start together and stop in order, and the commands that run between."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path

import paths
from binaries import API, PROGRAMS, UPLOAD, Binary, environment_of_binaries, url_of
from child import Child, how_it_ended
from ledger import Ledger
from ports import Ports
from services import Keeper, Service, StartFailed, start_together

STEP_GRACE_SECONDS = 20


class Group:
    def __init__(self, ledger: Ledger, hurry: asyncio.Event, environment: dict[str, str]):
        self.ledger = ledger
        self.hurry = hurry
        self.environment = environment
        self.ports = Ports()
        self.databases: dict[str, Keeper] = {}
        self.binaries: dict[str, Keeper] = {}
        self.steps: list[Child] = []
        self.background: list[asyncio.Task] = []

    async def start_databases(self, services: list[Service]) -> None:
        self.databases = self._keepers(services)
        await start_together(list(self.databases.values()))

    async def start_binaries(self, folder: Path) -> None:
        """Migrates, then starts the three binaries in `folder` and waits until each is ready."""
        self.environment = environment_of_binaries(self.environment, self.ports)
        await self.succeed([folder / API.name, "migrate"])
        services = [Binary(program, folder, self.environment) for program in PROGRAMS]
        self.binaries = self._keepers(services)
        await start_together(list(self.binaries.values()))

    def _keepers(self, services: list[Service]) -> dict[str, Keeper]:
        return {one.name: Keeper(one, self.ledger, self.hurry) for one in services}

    def keep(self, restarted: Callable[[], None]) -> None:
        """From now on, restarts every service that ends."""
        for keeper in (self.databases | self.binaries).values():
            keeper.keep(restarted)

    def in_background(self, work: Coroutine) -> asyncio.Task:
        """Starts work that `stop` cancels."""
        self.background.append(asyncio.create_task(work))
        return self.background[-1]

    async def step(
        self, command: list, settings: dict[str, str] = {}, output: int | None = None
    ) -> int:
        """Runs one command with our environment and `settings`, and returns its exit code. It
        prints to the file `output`, by default to the terminal."""
        child = await Child.start(
            self.ledger,
            "step",
            [str(word) for word in command],
            environment=self.environment | settings,
            folder=paths.ROOT,
            output=output,
        )
        self.steps.append(child)
        return await child.wait()

    async def succeed(
        self, command: list, settings: dict[str, str] = {}, output: int | None = None
    ) -> None:
        """Runs a command; StartFailed unless it succeeds."""
        code = await self.step(command, settings, output)
        if code != 0:
            raise StartFailed(f"`{' '.join(map(str, command))}` {how_it_ended(code)}")

    async def stop(self) -> None:
        """Stops the binaries first: they may need the databases for their drain."""
        for task in self.background:
            task.cancel()
        for child in self.steps:
            await child.stop(signal.SIGTERM, STEP_GRACE_SECONDS, self.hurry, with_group=True)
        for keepers in (self.binaries, self.databases):
            await asyncio.gather(*(keeper.stop() for keeper in keepers.values()))
        self.ledger.close()

    def addresses(self) -> dict:
        """The content of `.pawl/run.json`."""
        return {
            "api_url": url_of(self.environment[API.main.setting]),
            "upload_url": url_of(self.environment[UPLOAD.main.setting]),
            "ops_urls": {
                program.name: url_of(self.environment[program.ops.setting]) for program in PROGRAMS
            },
            "database_url": self._setting_or_its_file("DATABASE_URL"),
            "redis_url": self._setting_or_its_file("REDIS_URL"),
            "store": str((paths.ROOT / self.environment["PAWL_STORE"]).resolve()),
            "pids": {"postgres": None, "redis": None}
            | {name: one.child.pid for name, one in (self.databases | self.binaries).items()},
        }

    def _setting_or_its_file(self, name: str) -> str:
        if value := self.environment.get(name):
            return value
        file = self.environment.get(f"{name}_FILE")
        return Path(file).read_text().strip() if file else ""

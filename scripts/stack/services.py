"""A service: the supervisor starts it, waits until it is ready, and restarts it when it dies."""

import asyncio
import os
import signal
from collections.abc import Callable

from child import Child, how_it_ended
from console import LogFile, say
from ledger import Ledger

LOOK_EVERY_SECONDS = 0.1
FIRST_START_SECONDS = 60
FIRST_START_ATTEMPTS = 4
SHORTEST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 10
# A retry does not mend an invalid configuration.
EXIT_CONFIGURATION = 64


class Service:
    """The differences between Postgres, Redis and our binaries."""

    name: str
    stop_signal = signal.SIGTERM
    grace_seconds = 25.0
    shows_log = True

    async def launch(self, ledger: Ledger, output: int) -> Child:
        raise NotImplementedError

    async def is_ready(self) -> bool:
        raise NotImplementedError

    async def prepare(self) -> None:
        """Called once, when the service is ready for the first time."""


class DiedEarly(Exception):
    """The service ended before it was ready."""

    def __init__(self, code: int):
        super().__init__(how_it_ended(code))
        self.code = code


class StartFailed(Exception):
    """The text is a message for the user."""


class Keeper:
    """Owns the process of one service for the whole run."""

    def __init__(self, service: Service, ledger: Ledger, hurry: asyncio.Event):
        self.service = service
        self.ledger = ledger
        self.hurry = hurry
        self.log = LogFile(ledger.logs / f"{service.name}.log")
        self.child: Child | None = None
        self.follower: asyncio.Task | None = None
        self.keeping: asyncio.Task | None = None

    async def start(self) -> None:
        """Starts the service for the first time; a failure ends the run."""
        if self.service.shows_log:
            self.follower = asyncio.create_task(self.log.follow(self.service.name))
        try:
            await asyncio.wait_for(self._start_in_some_attempts(), FIRST_START_SECONDS)
            await self.service.prepare()
        except DiedEarly as early:
            raise StartFailed(self._report(f"{early} before it was ready")) from early
        except TimeoutError as late:
            raise StartFailed(self._report(f"is not ready after {FIRST_START_SECONDS} s")) from late

    async def _start_in_some_attempts(self) -> None:
        backoff = 0.0
        for attempt in range(1, FIRST_START_ATTEMPTS + 1):
            try:
                return await self._start_until_ready()
            except DiedEarly as early:
                if attempt == FIRST_START_ATTEMPTS or early.code == EXIT_CONFIGURATION:
                    raise
                backoff = longer(backoff)
                self._say_died(str(early), backoff)
                await asyncio.sleep(backoff)

    def _say_died(self, how: str, backoff: float) -> None:
        pause = f" in {backoff:g} s" if backoff else ""
        say(f"{self.service.name} {how}; starting it again{pause}")

    def _report(self, what: str) -> str:
        if self.service.shows_log:
            self.log.show_rest(self.service.name)
            return f"{self.service.name} {what}"
        return f"{self.service.name} {what}:\n{self.log.tail()}"

    def keep(self, restarted: Callable[[], None]) -> None:
        """From now on, restarts the service whenever it ends."""
        self.keeping = asyncio.create_task(self._keep(restarted))

    async def _keep(self, restarted: Callable[[], None]) -> None:
        backoff = 0.0
        while True:
            code = await self.child.wait()
            await self.child.end_session()
            self._say_died(how_it_ended(code), backoff)
            await asyncio.sleep(backoff)
            try:
                await self._start_until_ready()
            except DiedEarly:
                backoff = longer(backoff)
                continue
            backoff = 0.0
            say(f"{self.service.name} is ready again (pid {self.child.pid})")
            restarted()

    async def _start_until_ready(self) -> None:
        output = self.log.open_for_child()
        try:
            self.child = await self.service.launch(self.ledger, output)
        finally:
            os.close(output)
        while not await self.service.is_ready():
            if not self.child.is_running():
                raise DiedEarly(await self.child.wait())
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def stop(self) -> None:
        if self.keeping:
            self.keeping.cancel()
        if self.child:
            await self.child.stop(self.service.stop_signal, self.service.grace_seconds, self.hurry)
        if self.follower:
            self.follower.cancel()
            self.log.show_rest(self.service.name)


def longer(backoff: float) -> float:
    return min(max(2 * backoff, SHORTEST_BACKOFF_SECONDS), LONGEST_BACKOFF_SECONDS)


async def start_together(keepers: list[Keeper]) -> None:
    """Returns when all are ready; if one fails, the other starts are cancelled."""
    try:
        async with asyncio.TaskGroup() as group:
            for keeper in keepers:
                group.create_task(keeper.start())
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None

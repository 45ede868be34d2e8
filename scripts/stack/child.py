"""One child process. It leads its own session, and the kernel signals it when we die."""

import asyncio
import os
import signal
from pathlib import Path

import processes
from ledger import Ledger
from processes import Identity


class Child:
    def __init__(self, process: asyncio.subprocess.Process, identity: Identity):
        self.process = process
        self.identity = identity

    @staticmethod
    async def start(
        ledger: Ledger,
        name: str,
        command: list[str],
        *,
        environment: dict[str, str] | None = None,
        user: str | None = None,
        folder: Path = Path("/"),
        output: int | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> "Child":
        """The kernel sends `stop_signal` to the child when the supervisor is killed."""
        wrapper = ["setpriv", "--pdeathsig", stop_signal.name.removeprefix("SIG")]
        if user:
            wrapper += ["--reuid", user, "--regid", user, "--init-groups"]
        given = os.environ if environment is None else environment
        process = await asyncio.create_subprocess_exec(
            *wrapper,
            "--",
            *command,
            start_new_session=True,
            cwd=folder,
            env={**given, ledger.MARK: ledger.mark},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else asyncio.subprocess.STDOUT,
        )
        # A child that has already ended is our zombie, so no other process has its pid.
        identity = processes.identify(process.pid) or Identity(process.pid, 0)
        ledger.add_process(name, identity)
        return Child(process, identity)

    @property
    def pid(self) -> int:
        return self.process.pid

    def is_running(self) -> bool:
        return self.process.returncode is None

    async def wait(self) -> int:
        """The exit code, or the negative number of the signal that ended the process."""
        return await self.process.wait()

    async def stop(
        self,
        number: signal.Signals,
        grace_seconds: float,
        hurry: asyncio.Event,
        with_group: bool = False,
    ) -> None:
        """Sends a signal, waits (until `hurry` is set), then kills the rest of the session.

        `with_group` sends the signal to the whole process group, as Ctrl-C would, for commands that
        wait for their children: make, cargo, shells. A server stops its own children.
        """
        if self.is_running():
            if with_group:
                os.killpg(self.pid, number)
            else:
                processes.send(self.identity, number)
            ended = asyncio.ensure_future(self.process.wait())
            hurried = asyncio.ensure_future(hurry.wait())
            await asyncio.wait(
                {ended, hurried}, timeout=grace_seconds, return_when=asyncio.FIRST_COMPLETED
            )
            hurried.cancel()
            if self.is_running():
                self.process.kill()
            await ended
        await self.end_session()

    async def end_session(self) -> None:
        """Kills the processes that the child has left behind."""
        stray = processes.session_members(self.identity)
        for one in stray:
            processes.send(one, signal.SIGKILL)
        await processes.wait_gone(stray, 5)


def how_it_ended(code: int) -> str:
    if code >= 0:
        return f"exited with code {code}"
    return f"was ended by {signal.Signals(-code).name}"

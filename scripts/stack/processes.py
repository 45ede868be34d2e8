"""Linux processes, identified by pid and start time, and found by session.

Every child leads its own session. So Ctrl-C reaches only the supervisor, and the processes that a
child leaves behind, such as the ffmpeg of a killed transcoder, can be found by that session.
"""

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Identity:
    """The kernel may have given the pid alone to another process."""

    pid: int
    started: int  # clock ticks since boot, field 22 of /proc/<pid>/stat

    def is_alive(self) -> bool:
        stat = read_stat(self.pid)
        return stat is not None and stat.started == self.started


@dataclass(frozen=True)
class Stat:
    state: str
    session: int
    started: int


def read_stat(pid: int) -> Stat | None:
    """None if there is no such process, or only its zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in parentheses may itself contain parentheses.
    fields = text.rpartition(")")[2].split()
    stat = Stat(state=fields[0], session=int(fields[3]), started=int(fields[19]))
    return None if stat.state in "ZX" else stat


def identify(pid: int) -> Identity | None:
    stat = read_stat(pid)
    return Identity(pid, stat.started) if stat else None


def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def running() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def session_members(leader: Identity) -> list[Identity]:
    """The live processes of the session that `leader` opened, without `leader`.

    Empty when the number belongs to a newer process by now: then the session is a stranger's.
    """
    now = read_stat(leader.pid)
    if now and now.started != leader.started:
        return []
    members = []
    for pid in running():
        stat = read_stat(pid)
        if stat and stat.session == leader.pid and pid != leader.pid:
            if stat.started >= leader.started:
                members.append(Identity(pid, stat.started))
    return members


def marked(mark: str) -> list[Identity]:
    """The other processes that have `mark` (NAME=value) in their environment."""
    found = []
    for pid in running():
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            continue  # gone, or another user's
        if mark.encode() in environment.split(b"\0") and pid != os.getpid():
            if identity := identify(pid):
                found.append(identity)
    return found


def send(identity: Identity, number: signal.Signals) -> None:
    """Sends a signal, and SIGCONT: a stopped process reacts to SIGKILL only."""
    if identity.is_alive():
        try:
            os.kill(identity.pid, number)
            os.kill(identity.pid, signal.SIGCONT)
        except ProcessLookupError:
            pass


async def wait_gone(identities: list[Identity], seconds: float) -> list[Identity]:
    """Waits until all have ended; returns those that still run after `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    left = [one for one in identities if one.is_alive()]
    while left and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.02)
        left = [one for one in left if one.is_alive()]
    return left

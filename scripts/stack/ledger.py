"""A list on disk of a supervisor's processes and of its folders outside `.pawl/`.

A supervisor that was killed cannot clean up. The kernel signals its children when it dies
(`setpriv --pdeathsig`). The next supervisor reads this ledger, stops the processes that are left
and removes the folders.
"""

import json
import shutil
import signal
from pathlib import Path

import paths
import processes
from console import say
from processes import Identity

# A drain of transcoder or upload-server may take this long.
GRACE_SECONDS = 25


class Ledger:
    # Every child has this variable in its environment; it identifies our processes.
    MARK = "PAWL_RUN_MARK"

    def __init__(self, name: str, logs: Path):
        self.logs = logs
        self.path = paths.STATE / f"{name}.ledger"
        self.mark = f"{paths.state_id()}-{name}"
        self.processes: dict[str, Identity] = {}
        self.scratch: list[Path] = []

    def add_process(self, name: str, identity: Identity) -> None:
        self.processes[name] = identity
        self._write()

    def add_scratch(self, path: Path) -> None:
        self.scratch.append(path)
        self._write()

    def _write(self) -> None:
        paths.write_whole(
            self.path,
            json.dumps(
                {
                    "boot_id": processes.boot_id(),
                    "mark": self.mark,
                    "processes": {
                        name: [one.pid, one.started] for name, one in self.processes.items()
                    },
                    "scratch": [str(path) for path in self.scratch],
                },
                indent=1,
            ),
        )

    def close(self) -> None:
        """Removes the scratch folders and the ledger; call it when all processes have ended."""
        for path in self.scratch:
            shutil.rmtree(path, ignore_errors=True)
        self.path.unlink(missing_ok=True)


async def clean_up_after(path: Path) -> None:
    """Stops the processes and removes the folders in the ledger of a dead supervisor."""
    try:
        left = json.loads(path.read_text())
    except FileNotFoundError:
        return
    if left["boot_id"] == processes.boot_id():
        leaders = {name: Identity(*pair) for name, pair in left["processes"].items()}
        await _stop(leaders, left["mark"])
    for folder in left["scratch"]:
        shutil.rmtree(folder, ignore_errors=True)
    path.unlink(missing_ok=True)


async def _stop(leaders: dict[str, Identity], mark: str) -> None:
    alive = {name: one for name, one in leaders.items() if one.is_alive()}
    if alive:
        say(f"stopping what an earlier run left: {', '.join(sorted(alive))}")
    for name, one in alive.items():
        # SIGINT makes Postgres disconnect its clients and stop; SIGTERM would wait for them.
        processes.send(one, signal.SIGINT if name == "postgres" else signal.SIGTERM)
    await processes.wait_gone(list(alive.values()), GRACE_SECONDS)
    # The mark finds a process that was started just before the ledger was written.
    stray = [one for leader in leaders.values() for one in processes.session_members(leader)]
    stray += list(alive.values()) + processes.marked(f"{Ledger.MARK}={mark}")
    for one in stray:
        processes.send(one, signal.SIGKILL)
    await processes.wait_gone(stray, GRACE_SECONDS)

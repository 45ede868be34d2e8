"""A private Postgres: its own cluster, a password on loopback, and a private socket folder."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import paths
from child import Child
from console import say
from ledger import Ledger
from ports import Ports
from services import Service, StartFailed

USER = "pawl"
DATABASE = "pawl"


class Postgres(Service):
    name = "postgres"
    setting = "DATABASE_URL"
    # Disconnects the clients and stops; SIGTERM would wait for them.
    stop_signal = signal.SIGINT
    grace_seconds = 15.0
    shows_log = False

    def __init__(self, cluster: Path, ports: Ports, first_port: int, settings: dict[str, str]):
        self.cluster = cluster
        self.port = ports.next_free(first_port)
        self.settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            **settings,
        }
        self.owner = paths.owner_of(cluster)
        self.programs = _programs(cluster)
        self.password = paths.secret("postgres-password").read_text().strip()
        self.sockets: Path | None = None

    @property
    def server_url(self) -> str:
        """The URL without a database name, which callers append."""
        return f"postgres://{USER}:{self.password}@127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.server_url}/{DATABASE}"

    async def launch(self, ledger: Ledger, output: int) -> Child:
        if not self.sockets:
            self.sockets = paths.make_socket_folder(self.owner)
            ledger.add_scratch(self.sockets)
        command = [self.programs / "postgres", "-D", self.cluster, "-p", self.port, "-k", self.sockets]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        return await Child.start(
            ledger,
            self.name,
            [str(word) for word in command],
            user=self.owner,
            output=output,
            stop_signal=self.stop_signal,
        )

    async def is_ready(self) -> bool:
        probe = await asyncio.create_subprocess_exec(
            *[self.programs / "pg_isready", "-q", "-U", USER, "-d", "postgres"],
            *["-h", self.sockets, "-p", str(self.port)],
        )
        return await probe.wait() == 0

    async def prepare(self) -> None:
        """Sets the password to the one in the key file, and creates the database."""
        script = (
            f"alter role {USER} password '{self.password}';\n"
            f"select 'create database {DATABASE}' where not exists"
            f" (select from pg_database where datname = '{DATABASE}') \\gexec\n"
        )
        psql = await asyncio.create_subprocess_exec(
            *[self.programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"],
            *["-h", self.sockets, "-p", str(self.port), "-U", USER, "-d", "postgres"],
            cwd="/",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
        )
        await psql.communicate(script.encode())
        if psql.returncode != 0:
            raise StartFailed("the private Postgres refused its first statements")


async def lasting_cluster() -> Path:
    """The cluster of `make run`; the first run makes it, for root outside of the clone."""
    link = paths.STATE / "postgres"
    cluster = paths.ROOTS_CLUSTERS / paths.state_id() if paths.AS_ROOT else link
    if link.exists():
        return link.resolve()
    if not cluster.exists():
        say("making a private Postgres cluster")
        unfinished = cluster.with_name(cluster.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        await make_cluster(unfinished)
        unfinished.rename(cluster)
    if cluster != link:
        link.unlink(missing_ok=True)
        link.symlink_to(cluster)
    return cluster


async def make_cluster(cluster: Path) -> None:
    """Runs initdb. Loopback needs the password; the socket folder is private."""
    owner = paths.database_user()
    cluster.parent.mkdir(parents=True, exist_ok=True)
    paths.make_private_folder(cluster, owner)
    command = [_newest_programs() / "initdb", "-D", cluster, "-U", USER]
    command += ["--auth-local=trust", "--auth-host=scram-sha-256"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"]
    initdb = await asyncio.create_subprocess_exec(
        *command,
        user=owner,
        group=owner,
        extra_groups=[] if owner else None,
        cwd="/",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await initdb.communicate()
    if initdb.returncode != 0:
        raise StartFailed(f"initdb failed:\n{output.decode(errors='replace')}")


def _programs(cluster: Path) -> Path:
    """The programs of the major version that made the cluster."""
    version = (cluster / "PG_VERSION").read_text().strip()
    programs = Path("/usr/lib/postgresql") / version / "bin"
    if not programs.exists():
        raise StartFailed(
            f"{cluster} was made by Postgres {version}, which is not installed any more:"
            f" install postgresql-{version}, or move that folder away to begin anew"
        )
    return programs


def _newest_programs() -> Path:
    versions = [path for path in Path("/usr/lib/postgresql").iterdir() if path.name.isdigit()]
    return max(versions, key=lambda path: int(path.name)) / "bin"

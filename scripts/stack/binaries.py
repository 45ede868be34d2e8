"""Pawl's three binaries as services: environment, addresses and readiness."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

import paths
from child import Child
from ledger import Ledger
from ports import Ports
from services import Service, StartFailed


@dataclass(frozen=True)
class Listener:
    setting: str
    default_port: int


@dataclass(frozen=True)
class Program:
    name: str
    subcommand: str
    ops: Listener
    main: Listener | None = None


API = Program(
    "api-server", "serve", Listener("PAWL_API_OPS_LISTEN", 9108), Listener("PAWL_API_LISTEN", 8000)
)
UPLOAD = Program(
    "upload-server",
    "serve",
    Listener("PAWL_UPLOAD_OPS_LISTEN", 9109),
    Listener("PAWL_UPLOAD_LISTEN", 1080),
)
TRANSCODER = Program("transcoder", "run", Listener("PAWL_TRANSCODER_OPS_LISTEN", 9110))
PROGRAMS = [API, UPLOAD, TRANSCODER]
LISTENERS = [one for program in PROGRAMS for one in (program.main, program.ops) if one]
# Only api-server may sign tokens.
SECRETS = ["PAWL_SECRET_KEY", "PAWL_SECRET_KEY_FILE"]


class Binary(Service):
    def __init__(self, program: Program, folder: Path, environment: dict[str, str]):
        self.name = program.name
        self.command = [str(folder / program.name), program.subcommand]
        self.environment = dict(environment)
        if program is not API:
            for name in SECRETS:
                self.environment.pop(name, None)
        self.ops_url = url_of(environment[program.ops.setting])
        # The time that the binary allows for its drain, and a margin.
        self.grace_seconds = seconds_of(environment.get("PAWL_DRAIN_GRACE") or "20s") + 5

    async def launch(self, ledger: Ledger, output: int) -> Child:
        return await Child.start(
            ledger,
            self.name,
            self.command,
            environment=self.environment,
            folder=paths.ROOT,
            output=output,
        )

    async def is_ready(self) -> bool:
        host, _, port = self.ops_url.removeprefix("http://").rpartition(":")
        try:
            reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
            request = f"GET /readyz HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
            writer.write(request.encode())
            status = await asyncio.wait_for(reader.readline(), 5)
            writer.close()
        except (OSError, TimeoutError):
            return False
        return status.startswith(b"HTTP/1.1 200")


def take_given_ports(given: dict[str, str], ports: Ports) -> None:
    """Reserves the ports that the caller has set; fails before the build if one is in use."""
    for setting in (one.setting for one in LISTENERS):
        host, _, port = given.get(setting, "").rpartition(":")
        # The binary itself rejects any other value.
        if port.isdecimal() and 0 < int(port) < 65536 and not ports.take(host.strip("[]"), int(port)):
            raise StartFailed(
                f"{setting}={given[setting]}: this port is taken already;"
                " set another one, or leave the setting out to get a free one"
            )


def environment_of_binaries(given: dict[str, str], ports: Ports) -> dict[str, str]:
    """The caller's settings, with defaults for those that are missing."""
    environment = dict(given)
    for listener in LISTENERS:
        if not environment.get(listener.setting):
            port = ports.next_free(listener.default_port)
            environment[listener.setting] = f"127.0.0.1:{port}"
    defaults = {
        "PAWL_DEV": "1",
        "PAWL_WEB_DIR": str(paths.ROOT / "api-server/web/dist"),
        "PAWL_UPLOAD_PUBLIC_URL": url_of(environment[UPLOAD.main.setting]),
        # The production default is a share of the disk, which many development machines exceed.
        "PAWL_DISK_RESERVE": "1GiB",
    }
    if not environment.get("PAWL_STORE"):
        defaults["PAWL_STORE"] = str(paths.store())
    if not any(environment.get(name) for name in SECRETS):
        defaults["PAWL_SECRET_KEY_FILE"] = str(paths.secret("secret-key"))
    return environment | {
        name: value for name, value in defaults.items() if not environment.get(name)
    }


def seconds_of(duration: str) -> float:
    """Parses a setting such as `1m30s`; the binaries reject malformed ones."""
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    parts = re.findall(r"(\d+)(ms|s|m|h)", duration)
    return sum(int(number) * units[unit] for number, unit in parts)


def url_of(listen: str) -> str:
    """The URL of a listen address on this machine; loopback if it listens on all interfaces."""
    host, _, port = listen.rpartition(":")
    host = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]", "": "127.0.0.1"}.get(host, host)
    return f"http://{host}:{port}"

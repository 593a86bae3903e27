"""Start: what happens once, before the first page is served and after the last."""

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from streamlit import config
from streamlit.web.server.starlette import App

from core.access.accounts import FIRST_ADMIN
from core.errors import PhyghtError
from dashboard.session import platform
from dashboard.visitor import is_loopback
from dashboard.worker import Supervisor, worker_command

#: Those that serve or draw as soon as they are imported.
_RUN = {"__main__", "app", "shell"}


def open_or_exit() -> None:
    """Open the platform; what is wrong with it is said in one line, and the process ends with status 2."""
    try:
        platform()
    except PhyghtError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


@asynccontextmanager
async def lifespan(_app: App) -> AsyncIterator[None]:
    """While it lasts, the worker is running."""
    make_ready()
    announce()
    demo = "on" if platform().demo else "off"  # the worker must not come to another decision
    supervisor = Supervisor(worker_command(), os.environ | {"PHYGHT_DEMO": demo})
    task = asyncio.create_task(supervisor.keep_working())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def make_ready() -> None:
    """Import what pages are made of before anybody waits for it, and spare it from being looked through for garbage.

    Streamlit collects garbage after each run of a page, before it sends the end of it. Going through every class and
    function of the libraries, of which none ever goes, took a tenth of a second of CPU of each click.
    """
    for module in iter_modules([str(Path(__file__).parent)]):
        if module.name not in _RUN:
            import_module(f"dashboard.{module.name}")
    gc.collect()
    gc.freeze()


def announce() -> None:
    """Say where the dashboard is, and on a first start how to get in."""
    address, port = config.get_option("server.address") or "0.0.0.0", config.get_option("server.port")
    if config.get_option("logger.hideWelcomeMessage"):  # otherwise Streamlit has said it
        say(f"Phyght Cloud Storage is at {url(address, port)}")
    settings = platform().settings
    asked_for = {"phyght_host": address, "phyght_port": port}
    if any(getattr(settings, name) != it for name, it in asked_for.items() if name in settings.model_fields_set):
        say("Streamlit listens where its own options say; `python -m dashboard` obeys PHYGHT_HOST and PHYGHT_PORT.")
    if not (platform().demo and is_loopback(address)):
        hand_over_first_password()


def hand_over_first_password() -> None:
    """Where nobody can sign in yet, print how; this goes to the terminal and nowhere else."""
    password = platform().access.accounts.ensure_first_admin(datetime.now(UTC))
    if password:
        say(f"Sign in as {FIRST_ADMIN} with this one-time password; it is shown only now:\n\n    {password}\n")
        demo = "PHYGHT_DEMO=on " if platform().demo else ""
        say(f"Lost it? {demo}python -m core users reset-password {FIRST_ADMIN}")


def url(address: str, port: int) -> str:
    """What to type into a browser on this machine."""
    host = "localhost" if address in ("0.0.0.0", "::") else address
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def say(text: str) -> None:
    """Put it on the terminal at once, also when that is a pipe."""
    print(text, flush=True)  # noqa: T201

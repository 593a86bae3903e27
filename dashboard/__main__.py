"""python -m dashboard: start the dashboard where PHYGHT_HOST and PHYGHT_PORT say, until Ctrl-C."""

from contextlib import suppress

from dashboard.app import app
from dashboard.session import platform

settings = platform().settings
with suppress(KeyboardInterrupt):
    app.run(
        config={
            "server.address": settings.phyght_host,
            "server.port": settings.phyght_port,
            "logger.hideWelcomeMessage": True,  # we say ourselves where we are
        }
    )

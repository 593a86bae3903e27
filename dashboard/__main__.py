"""python -m dashboard: start the dashboard where PHYGHT_HOST and PHYGHT_PORT say."""

from dashboard.app import app
from dashboard.session import platform

settings = platform().settings
app.run(
    config={
        "server.address": settings.phyght_host,
        "server.port": settings.phyght_port,
        "logger.hideWelcomeMessage": True,  # we say ourselves where we are
    }
)

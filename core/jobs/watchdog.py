"""Watchdog: a worker that hangs says where, and ends, so that the next one can go on."""

import faulthandler

#: From one sign of life to the next; what it may wait for, a database that is held, it waits for far less long.
PATIENCE_S = 300.0


def watch() -> None:
    """From now on: unless this is asked again in time, what each thread is at is written to standard error, and the
    process ends with status 1. That is done by a thread which needs none of Python's locks.
    """
    faulthandler.dump_traceback_later(PATIENCE_S, exit=True)

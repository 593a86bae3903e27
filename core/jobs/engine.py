"""Engine: runs jobs and work durably; what a dead process left half-done is finished by another one.

The library recovers what was left under the executor id and version that it is started with. On a file one worker at a
time works on a home, always under the same id: so the next one goes on where the one before was. On Postgres any number
of them share the store, each under the id of its place, which the next process in that place has again; what nobody
comes back for is handed over by the reaper of another worker. Nothing is begun twice: a run is claimed in a
transaction, what is asked for or due has an id of its own, and a worker that was taken for dead ends when it notices.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dbos import DBOS, SetWorkflowID

from core.errors import PhyghtError
from core.jobs.job import Job
from core.jobs.patience import patiently
from core.jobs.store import EXECUTOR, VERSION, SharedStore, store_config, store_errors
from core.jobs.strays import AtWork, Claim
from core.jobs.work import Requests, Work

QUEUE = "jobs"
#: Finished runs are forgotten after this; what they did stays in the project's own tables.
KEPT_FOR = timedelta(days=30)
#: How often the store is asked whether there is a run to begin, or whether one is over.
LOOKS_EVERY_S = 1.0
#: How many pieces of work the job store is given for each that may be done at once.
_AHEAD = 3
#: How a run ends that did not come to its end.
_FAILED = ["ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
log = logging.getLogger(__name__)


class Engine:
    """The jobs of this process, which run one at a time, when they are due or started; and work beside them."""

    def __init__(
        self, executor: str, jobs: Mapping[str, Job], works: Mapping[str, Work], requests: Requests | None
    ) -> None:
        self.executor = executor  #: what its runs stand under in the store
        self._at_work = AtWork()
        self._jobs = jobs
        self._works = works
        self._requests = requests
        self.workflow: Any = None  #: of the library, that does work

    @store_errors()
    def take_up(self, now: datetime, workers: int = 1) -> None:
        """Have the work done that was asked for, by so many workers together."""
        if not (requests := self._requests):
            return
        for work in self._works.values():
            due = requests.due(now, work.name, _AHEAD * work.at_once * workers)
            for request in due:
                with SetWorkflowID(request.id):  # asked a second time, it is the same run
                    DBOS.enqueue_workflow(work.name, self.workflow, work.name, request.argument, request.id)
            requests.taken(*(request.id for request in due))

    def start(self, name: str) -> str:
        """Have a job run as soon as no other runs; returns the run's id."""
        return DBOS.trigger_schedule(name).workflow_id

    def outcome(self, run: str) -> dict[str, str]:
        """What came of each step, once the run is over: "done", or what went wrong."""
        return DBOS.retrieve_workflow(run).get_result(polling_interval_sec=LOOKS_EVERY_S)

    def start_overdue(self, now: datetime) -> None:
        """Start each job that has not been started for as long as it is due."""
        for job in self._jobs.values():
            since = now - timedelta(minutes=job.every_minutes)
            if not DBOS.list_workflows(schedule_name=job.name, start_time=since.isoformat(), limit=1):
                self.start(job.name)

    def forget_old_runs(self, now: datetime) -> None:
        """Remove the record of runs that ended long ago."""
        old = DBOS.list_workflows(completed_before=(now - KEPT_FOR).isoformat(), limit=1000)
        DBOS.delete_workflows([run.workflow_id for run in old])

    @store_errors()
    def at_work(self) -> set[str]:
        """The executors that have something at work, or had it when they died."""
        runs = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        return {run.executor_id for run in runs if run.executor_id}

    @store_errors()
    def hand_over(self, worker: str) -> int:
        """Have others go on with what a dead executor had at work; returns how many runs that were."""
        runs = DBOS.list_workflows(status="PENDING", executor_id=worker, load_input=False, load_output=False)
        _resume([(run.workflow_id, run.queue_name) for run in runs])
        return len(runs)

    @store_errors()
    def idle(self) -> Collection[Claim]:
        """What is this worker's by the store, and nothing in this process does; of this version, as others wait."""
        runs = DBOS.list_workflows(
            status="PENDING", executor_id=self.executor, app_version=VERSION, load_input=False, load_output=False
        )
        claims = [Claim(run.workflow_id, run.queue_name, run.dequeued_at) for run in runs]
        return [claim for claim in claims if claim.run not in self._at_work]

    @store_errors()
    def put_back(self, claims: Collection[Claim]) -> None:
        """Into their queues, unless they are over by now."""
        _resume([(claim.run, claim.queue) for claim in claims])

    @store_errors()
    def let_go(self) -> None:
        """Forget requests whose run has failed, as where the database was away when it was to be put on record that it
        is over: no run comes of them any more, and whoever needs it asks anew.
        """
        if self._requests and (asked := self._requests.at_the_store()):
            failed = DBOS.list_workflows(workflow_ids=asked, status=_FAILED, load_input=False, load_output=False)
            for run in failed:
                self._requests.over(run.workflow_id)

    def run(self, name: str) -> dict[str, str]:
        """Take each step of a job; the steps that a dead process had taken are not taken again."""
        with self._at_work.doing(DBOS.workflow_id or ""):
            return self._run(self._jobs[name])

    def _run(self, job: Job) -> dict[str, str]:
        # recorded, so that a run that is taken up again has the steps it began with
        planned: list[str] = DBOS.run_step({"name": "plan"}, lambda: list(job.steps))
        return {step: DBOS.run_step({"name": step}, self._take, job, step) for step in planned}

    def _take(self, job: Job, step: str) -> str:
        if step not in job.steps:
            return "no longer configured"
        return _outcome(step, job.steps[step])

    def work(self, name: str, argument: str, request: str) -> str:
        """Do what was asked for, again if a dead process did not get to its end; returns "done", or what went wrong."""
        with self._at_work.doing(request):
            outcome: str = DBOS.run_step({"name": name}, self._work, name, argument, request)
            if requests := self._requests:
                patiently(lambda: requests.over(request))
        return outcome

    def _work(self, name: str, argument: str, request: str) -> str:
        requests = self._requests
        called_off = (lambda: requests.is_called_off(request)) if requests else (lambda: False)
        do = self._works[name].do
        return _outcome(f"{name} {argument}", lambda: patiently(lambda: do(argument, called_off)))


def _resume(runs: Sequence[tuple[str, str | None]]) -> None:
    for queue in {queue for _, queue in runs}:
        DBOS.resume_workflows([run for run, its_queue in runs if its_queue == queue], queue_name=queue)


def _outcome(name: str, step: Callable[[], object]) -> str:
    try:
        step()
    except PhyghtError as error:
        log.error("%s: %s", name, error)
        return str(error)
    except Exception as error:  # a fault of one step must not starve the others
        log.exception("%s failed", name)
        return f"{type(error).__name__}: {error}"
    return "done"


@contextmanager
def open_engine(
    store: Path | SharedStore,
    jobs: list[Job],
    works: Sequence[Work] = (),
    requests: Requests | None = None,
    alone: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Iterator[Engine]:
    """Run the jobs on their schedules, and the work that is asked for, for as long as the block lasts.

    Their state is kept in the store: a file, or a Postgres that others use too. What one of those must not do beside
    another is done inside `alone`.
    """
    executor = store.executor if isinstance(store, SharedStore) else EXECUTOR
    engine = Engine(executor, {job.name: job for job in jobs}, {work.name: work for work in works}, requests)
    DBOS(config=store_config(store))

    @DBOS.workflow(name="run job")
    def run_job(_due: datetime, name: str) -> dict[str, str]:
        return engine.run(name)

    @DBOS.workflow(name="do work")
    def do_work(name: str, argument: str, request: str) -> str:
        return engine.work(name, argument, request)

    engine.workflow = do_work
    DBOS.launch()
    try:
        if requests:
            _hand_over_again(requests)
        with alone():
            _register_queues(works, together=isinstance(store, SharedStore))
            _schedule(jobs, run_job)
        yield engine
    finally:
        DBOS.destroy(destroy_registry=True)


def _hand_over_again(requests: Requests) -> None:
    asked = requests.at_the_store()
    runs = DBOS.list_workflows(workflow_ids=asked, load_input=False, load_output=False) if asked else []
    requests.hand_over_again(*(set(asked) - {run.workflow_id for run in runs}))


def _register_queues(works: Sequence[Work], together: bool) -> None:
    # jobs run one at a time: of one worker, as all are in its process, or else of all workers
    jobs: dict[str, Any] = {"concurrency": 1} if together else {"worker_concurrency": 1}
    DBOS.register_queue(QUEUE, **jobs, polling_interval_sec=LOOKS_EVERY_S, on_conflict="always_update")
    for work in works:
        DBOS.register_queue(
            work.name,
            worker_concurrency=work.at_once,
            polling_interval_sec=work.looks_every_s,
            on_conflict="always_update",
        )


def _schedule(jobs: list[Job], workflow: Any) -> None:
    wanted = {job.name: job.cron for job in jobs}
    known = {schedule["schedule_name"]: schedule["schedule"] for schedule in DBOS.list_schedules()}
    for name in known.keys() - wanted.keys():
        DBOS.delete_schedule(name)
    # the others stay, as whoever works beside us would have to notice that they are new ones
    DBOS.apply_schedules(
        [
            {
                "schedule_name": job.name,
                "workflow_fn": workflow,
                "schedule": job.cron,
                "context": job.name,
                "queue_name": QUEUE,
            }
            for job in jobs
            if known.get(job.name) != job.cron
        ]
    )

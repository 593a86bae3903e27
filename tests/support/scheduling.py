"""Scheduling: which worker of `pytest -n 2` runs which tests, and in which order."""

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

#: What takes longest is begun first, so that in the end no worker waits for another; seconds on one core beside each.
LONGEST = (
    "tests/browser",  # 80
    "tests/jobs/test_two_workers.py",  # 30, most of them waiting
    "tests/migration/test_two_workers.py",  # 12, most of them waiting
    "tests/migration/test_no_downtime.py",  # 40
    "tests/migration/test_kills.py",  # 30
    "tests/test_types.py",  # 18
    "tests/explore/test_query.py",  # 20
    "tests/billing/faults/test_processes.py",  # 19
    "tests/demo/test_sources.py",  # 18
    "tests/billing/faults/test_memory.py",  # 17
    "tests/dashboard/test_start.py",  # 17
    "tests/billing/s3/test_s3_source.py",  # 13
    "tests/test_warehouse.py",  # 12
    "tests/test_documented.py",  # 8, once the demo is there, which the browser's tests make first
    "tests/benchmarks/test_questions.py",  # 6
    "tests/jobs/test_worker.py",  # 6
)


class ByFile(LoadScopeScheduling):
    """Shares the tests out by file, so that a file's fixtures are made once; all browser tests share one browser."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        return "tests/browser" if file.startswith("tests/browser/") else file

    def _assign_work_unit(self, node: WorkerController) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=self._turn), last=False)
        super()._assign_work_unit(node)

    def _turn(self, scope: str) -> tuple[int, int]:
        place = LONGEST.index(scope) if scope in LONGEST else len(LONGEST)
        return place, -len(self.workqueue[scope])

"""Orders: what is wanted of a move is noticed while it is under way."""

from core.jobs.heartbeat import Heartbeat
from core.migration import orders
from core.migration.orders import Orders
from tests.migration.place import NOW, OLGA, Place, content


def test_the_bandwidth_is_shared_by_the_workers_that_live(place: Place, monkeypatch):
    monkeypatch.setattr(orders, "_ASKED_EVERY_S", 0.0)
    place.video("alba", content(9))
    place.plan("alba")
    place.start()
    wanted = Orders(place.database, place.item("alba"), lambda: False, place.clock)
    assert wanted.rate() is None

    place.migrations.set_timetable(OLGA, "move", "90K", NOW)
    assert wanted.rate() == 90 * 1024  # whoever moves is one, also before its heart was heard
    hearts = [Heartbeat(place.database, f"worker-{host}-0", NOW) for host in ("anna", "bert", "carl")]
    assert wanted.rate() == 30 * 1024
    hearts[2].stop()
    assert wanted.rate() == 45 * 1024

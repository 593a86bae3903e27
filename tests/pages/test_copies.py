"""The Lifecycle page says whether backups come back and how far copying is; a bucket is copied, and a drill run."""

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Role, User, Via
from core.actions.doing import Doer
from core.bootstrap import Platform
from core.catalog.video import CopyObject, Kind
from core.delivery.distribution_settings import Setting, written
from core.jobs.work import Requests
from core.lifecycle.drill import DRILL
from core.schedule import works
from core.storage.local import LocalProvider
from core.storage.local_replication import replicate
from core.storage.provider import Attributes, StorageClass
from core.storage.replication import ReplicationRule
from tests.catalog.videos import put, video
from tests.pages.bills import words

BOSS = User("demo", Role.ADMIN, Via.DEMO)


def local(platform: Platform) -> LocalProvider:
    found = platform.governed.named("local")
    assert isinstance(found, LocalProvider)
    return found


@pytest.fixture
def backed_up(empty: Platform) -> Platform:
    """A video whose original is copied to another folder."""
    local(empty).put_replication(ReplicationRule("phyght-replica-backup", "backup", "videos/"), "")
    made = local(empty).write("videos/v1/original.mp4", [b"x" * 1000], Attributes("video/mp4"))
    stored = CopyObject(
        Kind.ORIGINAL, "original", made.key, "video/mp4", 1000, StorageClass.STANDARD, made.etag, made.crc64nvme
    )
    put(empty.database, video("v1", title="Rivera *vs* Stone"), [("local", [stored])])
    replicate(local(empty))
    return empty


def plain(app: AppTest) -> str:
    return words(app).replace("\\", "").replace("\N{WORD JOINER}", "").replace("\xa0", " ")


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def copies(visit, role: str = "admin") -> AppTest:
    return visit("lifecycle", role=role, section="Copies")


def drill_all(platform: Platform) -> None:
    requests, (work,) = Requests(platform.database), [each for each in works(platform) if each.name == DRILL]
    for each in requests.due(datetime.now(UTC), DRILL, 9):
        work.do(each.argument, lambda: False)
        requests.over(each.id)


def test_a_place_where_nothing_is_copied_says_what_is_missing(empty: Platform, visit):
    text = plain(copies(visit))
    assert "Backups are not proven" in text
    assert "A backup that was never restored is a hope." in text
    assert "Not copied" in text
    assert "E2PHYGHT7MEDIA asks phyght-s3 and no other origin" in text


def test_a_drill_is_asked_for_with_its_price_and_its_result_shown(backed_up: Platform, visit):
    app = press(copies(visit), "drill-run")
    assert "They are chosen by chance, the same all day." in plain(app)
    press(app, "asking-yes")
    assert "A drill is under way" in plain(copies(visit))
    drill_all(backed_up)
    app = copies(visit)
    assert "Backups come back" in plain(app)
    assert app.table[0].value["Is"].tolist() == ["proven"]
    assert app.table[0].value["Video"].tolist() == ["Rivera \\*vs\\* Stone"]


def test_a_backup_that_lacks_something_says_so_first(backed_up: Platform, visit):
    local(backed_up).beside("backup", "").delete("videos/v1/original.mp4")
    backed_up.drills.ask(BOSS, 1, datetime.now(UTC))
    drill_all(backed_up)
    app = copies(visit)
    assert "Backups do not all come back" in plain(app)
    assert app.table[0].value["Is"].tolist() == ["is missing"]


def test_how_far_copying_is_is_said_and_asked_anew(backed_up: Platform, visit):
    app = copies(visit)
    assert "local is copied" in plain(app)
    assert "Objects below videos/ to backup." in plain(app)
    app = press(app, "copies-again-local")
    assert "1 of 1 object copied" in plain(app)


def test_a_bucket_is_copied_after_a_preview_and_that_is_taken_back(empty: Platform, visit):
    app = press(copies(visit), "copies-set-up-s3")
    assert "Name a bucket to see" in plain(app)
    app = app.text_input(key="copies-target").set_value("phyght-backup").run()
    assert "From now on copies what is written of phyght-s3 to phyght-backup." in plain(app)
    press(app, "asking-yes")
    [taken] = empty.actions.history(BOSS)
    Doer(empty.actions.handles).do(taken.id, lambda: False)
    assert "s3 is copied" in plain(copies(visit))
    app = press(visit("lifecycle", section="What was changed"), f"undo-{taken.id}")
    assert "Copies stay where they are." in plain(app)
    press(app, "asking-yes")
    Doer(empty.actions.handles).do(taken.id, lambda: False)
    assert "s3 is copied" not in plain(copies(visit))


def test_what_cannot_be_is_said_in_the_dialog(empty: Platform, visit):
    app = press(copies(visit), "copies-set-up-s3-eu")
    app = app.text_input(key="copies-target").set_value("backup").run()
    app = app.text_input(key="copies-region").set_value("us-east-1").run()
    assert "must stay in EU" in plain(app)
    assert "asking-yes" not in {str(each.key) for each in app.button}


def test_the_second_origin_is_asked_and_what_it_lacks_is_named(empty: Platform, visit):
    edge = empty.edge
    assert edge is not None
    there = edge.configured()
    (first,) = there.config["Origins"]["Items"]
    both = {
        "Quantity": 2,
        "Items": [first, first | {"Id": "second", "DomainName": "backup.s3.eu-west-1.amazonaws.com"}],
    }
    group = {"primary": first["Id"], "secondary": "second", "codes": [500]}
    edge.configure(written({**there.config, "Origins": both}, Setting.ORIGIN_GROUP, group), there.etag)
    put(empty.database, video("v1"), [("s3", [stored("v1")])])
    app = press(copies(visit), "failover-drill")
    assert "second has 0 of 1 objects as phyght-s3 has them" in plain(app)
    assert "videos/v1/original.mp4: No object at" in plain(app)


def test_a_viewer_sees_it_all_and_no_button(backed_up: Platform, visit):
    app = copies(visit, "viewer")
    assert "takes the role operator" in plain(app)
    keys = {str(each.key) for each in app.button}
    assert not any(each.startswith(("drill-run", "copies-set-up", "copies-again", "failover")) for each in keys)


def stored(id: str) -> CopyObject:
    return CopyObject(
        Kind.ORIGINAL, "original", f"videos/{id}/original.mp4", "video/mp4", 10, StorageClass.STANDARD, "e", None
    )

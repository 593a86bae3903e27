"""The platform's own table: its rows lead to where viewers get a video, and back, and a cut-over waits for it."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from core.errors import PlatformUnreachable
from core.migration.platform_rows import PlatformRows
from core.migration.platform_table import PostgresTable
from core.migration.state import State
from tests.migration.place import OLGA, Place, content
from tests.support.postgres import Server

PROJECT = "https://abcd.supabase.co"
KEY = "fights/a b/original.mp4"
FORMS = {
    "public": f"{PROJECT}/storage/v1/object/public/local/fights/a%20b/original.mp4",
    "as it is": f"{PROJECT}/storage/v1/object/public/local/{KEY}",
    "signed": f"{PROJECT}/storage/v1/object/sign/local/fights/a%20b/original.mp4?token=abc.def",
    "authenticated": f"{PROJECT}/storage/v1/object/authenticated/local/fights/a%20b/original.mp4",
    "key": KEY,
    "bucket and key": f"local/{KEY}",
}
OTHERS = {
    "another video": f"{PROJECT}/storage/v1/object/public/local/fights/other.mp4",
    "another project": FORMS["public"].replace("abcd", "efgh"),
    "longer": f"{FORMS['public']}.bak",
    "nothing": None,
}


@pytest.fixture
def platform(postgres: Server) -> Iterator[psycopg.Connection]:
    with postgres.another() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute('create table "The Videos" ("Row id" text primary key, "Where" text)')
        for name, address in (FORMS | OTHERS).items():
            connection.execute('insert into "The Videos" values (%s, %s)', (name, address))
        yield connection


@pytest.fixture
def table(platform, postgres: Server) -> PostgresTable:
    url = postgres.url(platform.info.dbname)
    return PostgresTable(
        url, "public.The Videos", "Row id", "Where", PROJECT, lambda video: f"https://we/v/{video.slug}"
    )


@pytest.fixture
def moving(place: Place, table) -> Place:
    place.rows = PlatformRows(place.database, table)
    place.open()
    place.video("rivera", content(5), key=KEY)
    place.plan("rivera")
    return place


def held(platform: psycopg.Connection) -> dict[str, str | None]:
    return dict(platform.execute('select "Row id", "Where" from "The Videos"').fetchall())


def test_every_form_of_a_link_leads_to_the_lasting_address_and_nothing_else_is_touched(moving, platform):
    moving.start()
    moving.work()

    assert held(platform) == dict.fromkeys(FORMS, "https://we/v/rivera-slug") | OTHERS
    assert moving.served("rivera") == "s3"


def test_rolled_back_each_row_is_what_it_was(moving, platform):
    moving.start()
    moving.work()

    moving.migrations.roll_back(OLGA, "move", moving.now)

    assert held(platform) == FORMS | OTHERS


def test_what_the_platform_has_changed_since_is_left_to_it(moving, platform):
    moving.start()
    moving.work()
    platform.execute("""update "The Videos" set "Where" = 'elsewhere' where "Row id" = 'public'""")

    moving.migrations.roll_back(OLGA, "move", moving.now)

    assert held(platform) == FORMS | OTHERS | {"public": "elsewhere"}


def test_what_a_row_leads_to_all_the_same_keeps_its_source(moving, platform):
    moving.start()
    moving.work()
    platform.execute('insert into "The Videos" values (%s, %s)', ("added since", FORMS["public"]))
    moving.pass_time(days=7)

    moving.migrations.retire(OLGA, "move", moving.now)
    moving.work()

    assert (moving.item("rivera").state, moving.keys(moving.source)) == (State.DONE, [KEY])
    assert moving.item("rivera").problem == (
        "The platform's table still holds old links of 'Rivera' (rows: 1), so its source is kept."
    )
    platform.execute("""delete from "The Videos" where "Row id" = 'added since'""")
    moving.migrations.retire(OLGA, "move", moving.now)
    moving.work()
    assert (moving.item("rivera").state, moving.keys(moving.source)) == (State.RETIRED, [])


def test_while_the_platform_is_away_the_cut_over_waits_and_says_so(place, table, platform):
    away = PostgresTable("postgresql://nobody:secret@127.0.0.1:1/none", "t", "i", "u", PROJECT, lambda _: "")
    place.rows = PlatformRows(place.database, away)
    place.open()
    place.video("rivera", content(5), key=KEY)
    place.plan("rivera")
    place.start()

    place.work()

    assert place.served("rivera") == "supabase"
    assert place.item("rivera").state is State.WAITING
    assert place.item("rivera").problem.startswith("The platform's table t cannot be used now: it does not answer")
    assert "secret" not in place.item("rivera").problem + place.item("rivera").advice

    place.rows = PlatformRows(place.database, table)
    place.open()
    place.pass_time(minutes=1)
    place.work()
    assert place.served("rivera") == "s3"
    assert held(platform)["public"] == "https://we/v/rivera-slug"


def test_a_wrong_column_is_told_by_its_name(table, platform):
    with pytest.raises(PlatformUnreachable, match='column "nothing" does not exist'):
        replace(table, url_column="nothing").planned(None, [])


def test_names_are_names_whatever_is_in_them(table, platform):
    with pytest.raises(PlatformUnreachable, match="does not exist"):
        replace(table, table='x"; drop table "The Videos"; --').planned(None, [])

    assert len(held(platform)) == len(FORMS | OTHERS)

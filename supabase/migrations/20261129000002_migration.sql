-- More urgent requests have lower numbers; of the same, those that were due first come first.
alter table requests add column priority bigint not null default 0;
create index requests_in_order on requests (workflow, taken, priority, due_at);

-- Migrations: which videos go from one provider to another, as planned, and how far that is.
create table migrations (
    id text primary key,
    name text not null unique,
    source text not null,                 -- the providers' names in this installation
    target text not null,
    options text not null,                -- JSON: what the plan was asked for: filters, order, target prefix
    estimate text not null,               -- JSON: what the plan said on the day it was made; money as decimals in text
    adopts boolean not null,              -- another tool moves the bytes: they are checked, and nothing is copied
    timetable text not null,              -- bandwidth by the hour, like 08:00,10M 18:00,off; empty: no limit
    grace_days bigint not null,           -- from a cut-over until the source may be retired
    state text not null check (state in ('planned', 'running', 'paused', 'cancelled')),
    created_by text not null,
    created_at text not null,             -- instant, ISO 8601 UTC
    started_by text,                      -- who began it, or went on with it last; null before
    started_via text,
    started_at text,                      -- instant, ISO 8601 UTC; of the first start
    spent_usd text not null default '0',  -- decimal: what moving has cost so far, at list price
    saved_monthly_usd text not null default '0', -- decimal: by what viewers get from the target now, at list price
    changed_at text not null              -- instant, ISO 8601 UTC; of the state
);

-- Each video of a migration.
create table migration_videos (
    migration_id text not null references migrations (id) on delete cascade,
    video_id text not null references videos (id) on delete cascade,
    position bigint not null,             -- the lowest is moved first
    state text not null check (state in (
        'blocked', 'waiting', 'copying', 'uploaded', 'verified', 'done', 'failed', 'cancelled', 'rolled back',
        'retiring', 'retired'
    )),
    wanted boolean not null default false, -- somebody has asked that it be moved
    request text,                         -- the work that moves or retires it; null where none is asked for
    objects bigint not null,
    size_bytes bigint not null,           -- of all objects, as planned
    done_bytes bigint not null default 0, -- that have arrived
    attempts bigint not null default 0,   -- that were begun since it was asked for
    problem text not null default '',     -- what is wrong, in words; empty while all is well
    advice text not null default '',
    monthly_before_usd text not null,     -- decimals: storage at list price, a month
    monthly_after_usd text not null,
    one_off_usd text not null,            -- egress and requests of the move at list price
    paid boolean not null default false,  -- that is part of what the migration has spent
    began_at text,                        -- instant, ISO 8601 UTC; of the latest attempt
    cut_over_at text,                     -- instant, ISO 8601 UTC; null where viewers do not get the target's copy
    changed_at text not null,             -- instant, ISO 8601 UTC; of the state
    primary key (migration_id, video_id)
);
create index migration_videos_in_order on migration_videos (migration_id, position);
create index migration_videos_by_state on migration_videos (migration_id, state, size_bytes, done_bytes);
create index migration_videos_by_video on migration_videos (video_id);

-- One migration moves a video at a time.
create unique index migration_videos_under_way on migration_videos (video_id)
where wanted and state in ('waiting', 'copying', 'uploaded', 'verified', 'retiring');

-- Each object that is being copied, or was: what it was at the source when that began, and what it is at the target.
create table migration_objects (
    migration_id text not null,
    video_id text not null,
    name text not null,                   -- within the video
    source_key text not null,
    source_etag text not null,            -- of the bytes that are copied; another one is another object
    size_bytes bigint not null,
    target_key text not null,
    copy_id text not null,                -- in the metadata of what this copy has written, and of nothing else
    upload_id text not null,              -- empty where it goes in one request, or before the target has given one
    part_bytes bigint not null,
    done boolean not null,                -- it is whole at the target
    adopted boolean not null,             -- it was there already
    crc64nvme text,                       -- unsigned decimal; null until it is done
    sha256 text,                          -- in hexadecimal; null where its bytes were not read in order
    etag text,                            -- at the target
    storage_class text,                   -- at the target
    primary key (migration_id, video_id, name),
    foreign key (migration_id, video_id) references migration_videos (migration_id, video_id) on delete cascade
);

-- The parts of it that have arrived.
create table migration_parts (
    migration_id text not null,
    video_id text not null,
    name text not null,
    number bigint not null,               -- from 1
    size_bytes bigint not null,
    etag text not null,
    crc64nvme text not null,              -- unsigned decimal: a 64-bit integer would overflow
    primary key (migration_id, video_id, name, number),
    foreign key (migration_id, video_id, name) references migration_objects (migration_id, video_id, name)
        on delete cascade
);

-- What happened to a migration and to each of its videos, oldest first; alerts are made of it.
create table migration_events (
    id bigint primary key,                -- 1, 2, 3, ...
    migration_id text not null references migrations (id) on delete cascade,
    video_id text,                        -- null: it is about the migration
    at text not null,                     -- instant, ISO 8601 UTC
    kind text not null,                   -- planned, started, paused, copying, copied, verified, cut over, failed, ...
    detail text not null,
    actor text not null                   -- who asked for it; empty: the worker
);
create index migration_events_by_video on migration_events (migration_id, video_id, id);
create index migration_events_by_time on migration_events (at);

-- Bytes that arrived in each span of ten seconds, of all workers.
create table migration_speed (
    migration_id text not null references migrations (id) on delete cascade,
    at text not null,                     -- instant, ISO 8601 UTC: the start of the span
    size_bytes bigint not null,
    primary key (migration_id, at)
);

-- Rows of the platform's own table of videos that lead to the new address since a cut-over, and what they held before.
create table migration_rows (
    migration_id text not null,
    video_id text not null,
    row_id text not null,
    before_url text not null,
    after_url text not null,
    primary key (migration_id, video_id, row_id),
    foreign key (migration_id, video_id) references migration_videos (migration_id, video_id) on delete cascade
);

-- Restore drills: samples of what backups have, read in full and compared with what the catalogue knows.
create table drills (
    id text primary key,
    asked_by text not null,
    asked_at text not null,               -- instant, ISO 8601 UTC
    done_at text                          -- null while it is under way
);
create index drills_by_time on drills (asked_at);

-- Each object of a sample.
create table drill_objects (
    drill_id text not null references drills (id) on delete cascade,
    position bigint not null,
    video_id text not null,               -- may be gone by now
    title text not null,                  -- as it was then
    place text not null,                  -- the backup's name
    key text not null,
    size_bytes bigint not null,           -- as the catalogue has it; this and the next two
    crc64nvme text,                       -- unsigned decimal; null where nobody knows it
    sha256 text,                          -- hexadecimal; null where nobody knows it
    storage_class text not null,          -- that it was recorded in
    outcome text not null check (
        outcome in ('waiting', 'proven', 'whole', 'different', 'missing', 'archived', 'unreadable')
    ),
    detail text not null default '',      -- what proves it, or what is wrong
    read_bytes bigint not null default 0,
    primary key (drill_id, position)
);

-- How far the copying of a sample of each replicated bucket's objects was, when it was asked last.
create table replication_checks (
    provider text primary key,            -- the provider's name in this installation
    checked_at text not null,             -- instant, ISO 8601 UTC
    found text not null                   -- JSON: how many are copied, pending, failed, not covered; and some of them
);

-- What the second origin of the distribution had, when a sample was asked of it last; at most one row.
create table failover_checks (
    id text primary key check (id = 'newest'),
    checked_at text not null,             -- instant, ISO 8601 UTC
    asked_by text not null,
    found text not null                   -- JSON: the two origins, and what became of each path
);

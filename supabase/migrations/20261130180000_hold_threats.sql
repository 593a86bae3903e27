-- The newest look at which rules of buckets would remove what is on legal hold; at most one row.
create table hold_checks (
    id text primary key check (id = 'newest'),
    checked_at text not null              -- instant, ISO 8601 UTC
);

-- What it found: a video on hold, and a rule that would remove objects of it.
create table hold_threats (
    place text not null,                  -- the provider's name in this installation
    rule text not null,                   -- its id; empty: it has none
    video_id text not null,
    after_days bigint not null,           -- at what age
    since text not null,                  -- instant of the first check that found it, ISO 8601 UTC
    primary key (place, rule, video_id)
);

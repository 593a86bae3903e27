-- The newest check of where videos with a residency lie; at most one row.
create table residency_checks (
    id text primary key check (id = 'newest'),
    checked_at text not null,             -- instant, ISO 8601 UTC
    videos bigint not null,               -- that have a residency
    objects bigint not null,              -- of those, as the catalogue has them
    listed_on text                        -- the newest day of an inventory; null: nothing has listed the buckets
);

-- What that check found to lie where it may not.
create table residency_findings (
    video_id text not null references videos (id) on delete cascade,
    place text not null,                  -- the provider's name in this installation, or the bucket's
    region text not null,                 -- empty: nobody tells
    source text not null check (source in ('catalogue', 'inventory')),
    name text not null,                   -- the key; of an inventory what it is: 1080p, original, thumbnail
    objects bigint not null,
    size_bytes bigint not null,
    since text not null,                  -- instant of the first check that found it, ISO 8601 UTC
    primary key (video_id, place, source, name)
);

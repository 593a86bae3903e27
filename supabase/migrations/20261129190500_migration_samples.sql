-- What became of the latest sample of links of each migration's videos.
create table migration_samples (
    migration_id text primary key references migrations (id) on delete cascade,
    at text not null,                     -- instant, ISO 8601 UTC
    links bigint not null,                -- that were asked
    failed text not null                  -- JSON: [link, why] of each that did not answer
);

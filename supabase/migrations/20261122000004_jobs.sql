-- The worker that runs the jobs, and when it last said that it is alive.
create table workers (
    id text primary key,
    process bigint not null,              -- process id on its machine
    started_at text not null,             -- instant, ISO 8601 UTC
    seen_at text not null                 -- instant, ISO 8601 UTC
);

-- What may be spent, on what, in each month, quarter or year.
create table budgets (
    name text primary key,
    amount text not null,                 -- decimal; of the first span
    currency text not null,
    since text not null,                  -- ISO date; a day of the first span
    span text not null check (span in ('month', 'quarter', 'year')),
    filters text not null,                -- JSON: [dimension, value or null] of each
    growth text not null,                 -- decimal share; of each span over the one before
    saved_by text not null,
    saved_at text not null                -- instant, ISO 8601 UTC
);

-- What was ingested: one row for each delivery of a bill export that was loaded. Rows stay: they are the history.
create table deliveries (
    id text primary key,
    export text not null,                 -- the export's own name, the same wherever it is read from
    kind text not null,                   -- cur | cur2 | focus | supabase
    period text not null,                 -- billing period, the first day of its month: 2026-10-01
    execution text not null,              -- what the provider calls this delivery
    delivered_at text not null,           -- instant, ISO 8601 UTC; with the execution, the order of deliveries
    loaded_at text not null,              -- instant, ISO 8601 UTC
    source text not null,                 -- where it was read from
    complete boolean not null,            -- a manifest vouches for it
    row_count bigint not null,
    total text not null,                  -- billed cost, decimal; of several currencies, the largest one's
    currency text not null
);
create index deliveries_by_period on deliveries (export, kind, period, loaded_at);

-- Which delivery is the current truth about (export, kind, period), and where its facts lie.
create table segments (
    export text not null,
    kind text not null,
    period text not null,
    delivery_id text not null references deliveries (id),
    path text not null,                   -- folder of the segment, below the warehouse's folder
    primary key (export, kind, period)
);

-- Who is billed in a segment. An account's month counts once, however many exports carry it.
create table bills (
    export text not null,
    kind text not null,
    period text not null,
    provider_name text not null,
    billing_account_id text not null,     -- who pays; empty: not stated
    sub_account_id text not null,         -- who uses; the payer where it is not stated
    currency text not null,
    row_count bigint not null,
    total text not null,                  -- billed cost, decimal
    usage_until text,                     -- instant, ISO 8601 UTC: end of the last usage in it
    estimated boolean not null,           -- some of it is on no invoice yet
    counted boolean not null,             -- false: another export is counted for this bill
    primary key (export, kind, period, provider_name, billing_account_id, sub_account_id, currency),
    foreign key (export, kind, period) references segments (export, kind, period) on delete cascade
);

-- Grows with every change of the segments, so that a reader knows when to look again.
create table warehouse_revision (
    only_row integer primary key check (only_row = 1),
    revision bigint not null
);
insert into warehouse_revision values (1, 0);

-- Each run of the ingestion, and what it came to.
create table ingestions (
    id text primary key,
    source text not null,
    started_at text not null,
    ended_at text,
    outcome text not null,                -- running | done | refused | failed
    report text not null                  -- JSON: deliveries, each with its outcome and reason; or the error
);
create index ingestions_by_time on ingestions (started_at);

-- How each storage provider is doing: the breaker that stops new uploads to one that fails, shared by all processes.
create table provider_health (
    provider text primary key,            -- the provider's name in this installation
    state text not null check (state in ('closed', 'open', 'half-open')),
    since text not null,                  -- of the state; instant, ISO 8601 UTC
    failures bigint not null,             -- in a row
    latency_ms double precision,          -- of the last probe that was answered; null before the first
    succeeded_at text,                    -- this and the two below: instants, ISO 8601 UTC; null where never
    failed_at text,
    trial_at text,                        -- when somebody last went to see whether it is well again
    error text not null,                  -- the last one, in words; empty where there was none
    advice text not null                  -- what to do about it
);

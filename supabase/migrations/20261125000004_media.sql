-- Work on one thing that somebody has asked for, until it is over; the worker hands it to the job store.
create table requests (
    id text primary key,                  -- also the id of its run in the job store
    workflow text not null,               -- what is to be done
    argument text not null,               -- with what: the id of a video
    requested_at text not null,           -- instant, ISO 8601 UTC
    due_at text not null,                 -- instant, ISO 8601 UTC; not before it
    taken boolean not null default false, -- the job store has it
    cancelled boolean not null default false
);
create index requests_by_due on requests (due_at) where not taken;

-- The newest packaging of each video: how far it is, or what has become of it.
create table packagings (
    video_id text primary key references videos (id) on delete cascade,
    request text not null,                -- the one that does it
    revision bigint not null,             -- renditions of another one have other keys, as caches keep them for ever
    ladder text not null check (ladder in ('per-title', 'fixed')),
    state text not null check (state in ('waiting', 'working', 'done', 'damaged', 'failed', 'cancelled')),
    stage text not null,                  -- what is being done, in words; empty while it waits
    share double precision not null,      -- of the stage, 0 to 1
    eta_s double precision,               -- until all is encoded; null while that cannot be told
    attempts bigint not null,             -- that were begun
    problem text not null,                -- why it failed, or is tried again; empty while all is well
    advice text not null,
    warnings text not null,               -- JSON list of sentences
    damaged boolean not null default false, -- what was made shows that the file is not whole
    size_bytes bigint,                    -- of the rungs; null until they are there
    fixed_bytes bigint,                   -- that the fixed ladder would take, by samples; null where not measured
    job text,                             -- at MediaConvert
    requested_at text not null,           -- instant, ISO 8601 UTC
    started_at text,                      -- instant, ISO 8601 UTC; of the latest attempt
    ended_at text                         -- instant, ISO 8601 UTC
);
create index packagings_by_state on packagings (state);

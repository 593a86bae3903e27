-- Actions: changes to what lies in the cloud that somebody applied, and how far each is.
create table actions (
    id text primary key,
    kind text not null,                   -- put lifecycle rules, change storage class, ...
    place text not null,                  -- the provider's name in this installation, or the distribution's id
    subject text not null,                -- what two actions may not change at once, within the place
    terms text not null,                  -- JSON: what is to be changed, as the kind defines it
    phase text not null check (phase in ('applying', 'stopped', 'applied', 'undoing', 'stuck', 'undone')),
    preview text not null,                -- JSON: what was told before it was applied; money as decimals in text
    recommendation text not null,         -- the rule that recommended it; empty: nobody did
    promised_usd text,                    -- decimal: what that said it saves a month; null where it said nothing
    request text,                         -- the work that applies or undoes it; null where none is asked for
    attempts bigint not null default 0,   -- that were begun since somebody asked for it
    problem text not null default '',     -- why it does not go on, in words; empty while all is well
    advice text not null default '',
    asked_by text not null,
    asked_via text not null,
    asked_at text not null,               -- instant, ISO 8601 UTC
    changed_at text not null,             -- instant, ISO 8601 UTC; of the phase
    applied_at text,                      -- instant, ISO 8601 UTC; null before
    undone_by text not null default '',   -- who asked for its undoing; empty: nobody
    undone_via text,
    undone_at text                        -- instant, ISO 8601 UTC; of the end of it
);
create index actions_by_time on actions (asked_at);

-- Two people who apply the same at once apply it once.
create unique index actions_at_work on actions (kind, place, subject)
where phase in ('applying', 'stopped', 'undoing', 'stuck');

-- Each thing that an action changes, recorded before anything is changed.
create table action_items (
    action_id text not null references actions (id) on delete cascade,
    position bigint not null,             -- from 1: the order in which they are changed
    key text not null,
    size_bytes bigint not null,
    state_before text,                    -- JSON: what it was; null: it was not there
    state_after text,                     -- JSON: what it is to be; null: it is removed
    step text not null check (step in ('waiting', 'done', 'changed', 'returned', 'kept')),
    problem text not null default '',     -- why it was left alone, or cannot come back
    primary key (action_id, position)
);
create index action_items_by_step on action_items (action_id, step, position);

-- What happened to an action, oldest first.
create table action_events (
    id bigint primary key,                -- 1, 2, 3, ...
    action_id text not null references actions (id) on delete cascade,
    at text not null,                     -- instant, ISO 8601 UTC
    kind text not null,
    detail text not null,
    actor text not null                   -- who asked for it; empty: the worker
);
create index action_events_by_action on action_events (action_id, id);

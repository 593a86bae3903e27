-- Where messages go: a mailbox, a chat, a webhook, a topic.
create table alert_channels (
    id text primary key,
    name text not null unique,
    address text not null,                -- sealed with the installation's secret.key: it holds passwords and tokens
    shown text not null,                  -- what may be seen of it, like: E-Mail by smtp.example.com
    enabled boolean not null,
    digest boolean not null,              -- it gets the weekly digest
    created_by text not null,
    created_at text not null              -- instant, ISO 8601 UTC
);

-- When somebody is to be told.
create table alert_rules (
    id text primary key,
    title text not null,
    figure text not null,                 -- by its name; one that is not known any more makes the rule a broken one
    comparison text not null check (comparison in ('above', 'below')),
    threshold text not null,              -- decimal, in the figure's unit
    resolve_at text,                      -- decimal; null: the threshold
    window_minutes bigint not null,
    hold_minutes bigint not null,         -- how long it must be so
    severity text not null check (severity in ('info', 'warning', 'critical')),
    scope text not null,                  -- JSON: filters, by, subject, currency
    quiet text not null,                  -- 22:00-07:00 Europe/Berlin; empty: at any hour
    grouped boolean not null,             -- one message for all that begins at once
    channels text not null,               -- JSON: ids; "all" among them: every one
    enabled boolean not null,
    origin text not null,                 -- default:..., aws-budgets:...; empty: a person made it
    changed_at text not null,             -- instant, ISO 8601 UTC
    evaluated_at text,                    -- instant, ISO 8601 UTC; null: not yet
    problem text not null default ''      -- why it could not be evaluated; empty: it could
);

-- The rules that an installation began with, or that were imported: they do not come back once they are removed.
create table alert_origins (
    origin text primary key,
    at text not null                      -- instant, ISO 8601 UTC
);

-- What was so, from when until when.
create table alerts (
    id text primary key,
    rule_id text not null,                -- the rule may be gone
    title text not null,                  -- of the rule, as it was
    figure text not null,
    subject text not null,                -- of which service, provider, migration ...; empty: the whole
    severity text not null check (severity in ('info', 'warning', 'critical')),
    state text not null check (state in ('pending', 'firing', 'acknowledged', 'resolved')),
    unit text not null,
    currency text not null,
    comparison text not null,
    threshold text not null,              -- decimal
    value text not null,                  -- decimal: the latest
    worst text not null,                  -- decimal: the farthest from what is wanted
    detail text not null,                 -- what is behind the value
    advice text not null,                 -- what to do
    link text not null,                   -- path and query of the page that shows it
    began_at text not null,               -- instants, ISO 8601 UTC: the first evaluation at which it was so
    since text not null,                  -- since when it has been so, as far as the figure tells
    fired_at text,
    acknowledged_at text,
    acknowledged_by text not null default '',
    resolved_at text,
    resolution text not null default '',  -- why it is over
    seen_at text not null                 -- of the latest value
);
create unique index alerts_open on alerts (rule_id, subject) where state <> 'resolved';
create index alerts_by_time on alerts (began_at);
create index alerts_resolved on alerts (resolved_at) where state = 'resolved';

-- What happened to each, oldest first.
create table alert_events (
    id bigint primary key,                -- 1, 2, 3, ...
    alert_id text not null references alerts (id) on delete cascade,
    at text not null,                     -- instant, ISO 8601 UTC
    kind text not null,                   -- pending, firing, acknowledged, resolved
    detail text not null,
    actor text not null                   -- empty: the evaluation
);
create index alert_events_by_alert on alert_events (alert_id, id);

-- What is to be told; kept in the same transaction as what it tells of.
create table alert_messages (
    id text primary key,                  -- in each copy of it, so that one that comes twice is known
    kind text not null check (kind in ('firing', 'resolved', 'digest')),
    severity text not null,
    title text not null,
    body text not null,                   -- plain text
    html text not null,                   -- empty: the plain text is all
    created_at text not null              -- instant, ISO 8601 UTC
);
create index alert_messages_by_time on alert_messages (created_at);

-- The alerts that a message tells of.
create table alert_message_alerts (
    message_id text not null references alert_messages (id) on delete cascade,
    alert_id text not null references alerts (id) on delete cascade,
    primary key (message_id, alert_id)
);
create index alert_message_alerts_by_alert on alert_message_alerts (alert_id);

-- Each message on its way to each channel.
create table alert_deliveries (
    message_id text not null references alert_messages (id) on delete cascade,
    channel_id text not null,             -- the channel may be gone
    channel_name text not null,
    state text not null check (state in ('waiting', 'sent', 'given up', 'not needed')),
    attempts bigint not null default 0,
    due_at text not null,                 -- instant, ISO 8601 UTC: not before
    claimed_until text,                   -- instant, ISO 8601 UTC: a worker is sending it; null: none is
    problem text not null default '',     -- why the latest attempt failed, or why it is not sent
    ended_at text,                        -- instant, ISO 8601 UTC
    primary key (message_id, channel_id)
);
create index alert_deliveries_due on alert_deliveries (due_at) where state = 'waiting';

-- The weeks whose digest was put on its way.
create table alert_digests (
    week text primary key,                -- its Monday, 2026-11-23
    at text not null                      -- instant, ISO 8601 UTC
);

-- What could cost less, as the worker found it last; one row.
create table recommendations (
    id bigint primary key check (id = 1),
    found text not null,                  -- JSON: each recommendation as text of JSON; money as decimals in text
    remarks text not null,                -- JSON: why rules have nothing to say
    revision bigint not null,             -- of the warehouse that it was found in
    computed_at text not null             -- instant, ISO 8601 UTC
);

-- What somebody does not want to be told again, until its figures change.
create table dismissed_recommendations (
    id text primary key,                  -- of the recommendation: the same from one day to the next
    title text not null,                  -- what it said then
    reason text not null,
    saving_usd text not null,             -- decimal: what it said that it saves a month
    sketch text not null,                 -- of the set of objects that it was about
    dismissed_by text not null,
    dismissed_via text not null,
    dismissed_at text not null            -- instant, ISO 8601 UTC
);

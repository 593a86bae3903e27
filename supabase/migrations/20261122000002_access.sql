-- Who may sign in here.
create table accounts (
    name text primary key,                -- lower case
    role text not null check (role in ('viewer', 'analyst', 'operator', 'admin')),
    password_hash text not null,          -- argon2id, with its salt and parameters
    must_change boolean not null,         -- the password was given by somebody else
    disabled boolean not null,
    created_at text not null,             -- instant, ISO 8601 UTC
    last_sign_in_at text                  -- instant, ISO 8601 UTC
);

-- Who is signed in: one row for each browser.
create table sessions (
    token_hash text primary key,          -- SHA-256 of the token, in hexadecimal; the token itself is not kept
    account text not null references accounts (name) on delete cascade,
    via text not null,                    -- how they signed in: password
    address text not null,                -- where from
    created_at text not null,             -- instant, ISO 8601 UTC
    expires_at text not null              -- instant, ISO 8601 UTC; moved on by use
);
create index sessions_by_account on sessions (account);

-- Wrong passwords of the last hour, for each name and each address they came from.
create table failed_attempts (
    subject text primary key,             -- "address <network>", or "name <SHA-256>": a name may be a mistyped password
    failures bigint not null,
    last_at text not null                 -- instant, ISO 8601 UTC
);

-- Who did what, to what, with what outcome, when and from where. Rows are added, never changed.
create table audit (
    id bigint primary key,                -- 1, 2, 3, ... without a gap
    at text not null,                     -- instant, ISO 8601 UTC
    actor text not null,                  -- account or shell user; empty when nobody was known
    via text not null,                    -- password | demo | shell
    action text not null,
    subject text not null,                -- what it was done to
    outcome text not null check (outcome in ('done', 'refused', 'failed')),
    detail text not null,
    address text not null                 -- where the actor came from; empty for a command
);
create index audit_by_actor on audit (actor, action, address);

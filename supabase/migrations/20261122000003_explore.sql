-- Queries that analysts keep, for everybody who may query the warehouse.
create table saved_queries (
    name text primary key,
    sql text not null,
    owner text not null,                  -- account that saved it; it and administrators may change it
    saved_at text not null                -- instant, ISO 8601 UTC
);

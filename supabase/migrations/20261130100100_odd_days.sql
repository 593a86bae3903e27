-- What people said of odd days: one that was expected is not told again.
create table judged_days (
    dimension text not null,              -- what the series are told apart by: service
    label text not null,                  -- of the series; "total" for all of it
    day text not null,                    -- 2026-11-28
    expected boolean not null,
    judged_by text not null,              -- account or shell user
    judged_at text not null,              -- instant, ISO 8601 UTC
    note text not null,                   -- empty where there is none
    primary key (dimension, label, day)
);

-- What was forecast on each day, to be compared with the bill once that comes.
create table forecasts (
    made_on text not null,                -- UTC day: 2026-11-30
    currency text not null,
    dimension text not null,              -- what the labels are told apart by: service
    label text not null,                  -- "total" for all of it
    first_day text not null,              -- the first day that was not wholly billed
    days text not null,                   -- JSON: [[expected, lo-80, hi-80, lo-95, hi-95], ...] of each day from then on
    made_at text not null,                -- instant, ISO 8601 UTC
    primary key (made_on, currency, dimension, label)
);

-- What the same forecasts said of whole months; amounts are decimals in text.
create table forecast_months (
    made_on text not null,
    currency text not null,
    dimension text not null,
    label text not null,
    month text not null,                  -- its first day
    expected text not null,
    lo_80 text not null,
    hi_80 text not null,
    lo_95 text not null,
    hi_95 text not null,
    primary key (made_on, currency, dimension, label, month),
    foreign key (made_on, currency, dimension, label) references forecasts (made_on, currency, dimension, label)
        on delete cascade
);
create index forecast_months_by_month on forecast_months (currency, label, month);

-- What was measured of one UTC day, from one source: its facts are a segment of the warehouse, replaced whole.
create table measurements (
    dataset text not null,                -- cloudfront | origin | inventory | metrics | players
    source text not null,                 -- where its files lie
    day text not null,                    -- 2026-11-28
    path text not null,                   -- folder of the segment, below the warehouse's folder
    inputs text not null,                 -- hash of the files it was made of, and of how they are read
    lines bigint not null,                -- that are counted in it, each once
    loaded_at text not null,              -- instant, ISO 8601 UTC
    primary key (dataset, source, day)
);
create index measurements_by_path on measurements (path);

-- What a segment tells of: a distribution, a bucket. Where several sources tell of one day of it, one is counted.
create table measurement_parts (
    dataset text not null,
    source text not null,
    day text not null,
    part text not null,                   -- its name; empty where the dataset knows no parts
    lines bigint not null,
    counted boolean not null,             -- false: another source is counted for it
    primary key (dataset, source, day, part),
    foreign key (dataset, source, day) references measurements (dataset, source, day) on delete cascade
);
create index measurement_parts_by_day on measurement_parts (dataset, day, part);

-- Each file of a segment as it was written.
create table measurement_files (
    dataset text not null,
    source text not null,
    day text not null,
    name text not null,                   -- of the file, in the segment's folder: the view that reads it
    size_bytes bigint not null,
    sha256 text not null,                 -- in hexadecimal
    primary key (dataset, source, day, name),
    foreign key (dataset, source, day) references measurements (dataset, source, day) on delete cascade
);

-- Each file of a source that was looked into, so that it is looked into again when it has changed only.
create table measured_files (
    source text not null,
    path text not null,                   -- below the source's address
    fingerprint text not null,            -- its size, its time, its ETag, and how it was read
    dataset text not null,                -- empty: nothing that is measured lies in it
    lines bigint not null,                -- in the file, headers aside
    bad_lines bigint not null,            -- of those, the ones that cannot be read
    bad_reason text not null,             -- what is wrong with the first of them; empty where there is none
    read_at text not null,                -- instant, ISO 8601 UTC
    primary key (source, path)
);

-- The days that a file has lines of.
create table measured_file_days (
    source text not null,
    path text not null,
    day text not null,
    lines bigint not null,
    primary key (source, path, day),
    foreign key (source, path) references measured_files (source, path) on delete cascade
);
create index measured_file_days_by_day on measured_file_days (source, day);

-- Each time that the stored bytes of a Supabase project were measured, all of its buckets at once.
create table supabase_measurements (
    project text not null,                -- the project's reference
    measured_at text not null,            -- instant, ISO 8601 UTC
    primary key (project, measured_at)
);

-- What lay in each bucket then.
create table supabase_bucket_sizes (
    project text not null,
    measured_at text not null,
    bucket text not null,
    size_bytes bigint not null,
    objects bigint not null,
    unsized bigint not null,              -- objects of which Supabase does not know the size; they count as 0 bytes
    primary key (project, measured_at, bucket),
    foreign key (project, measured_at) references supabase_measurements (project, measured_at) on delete cascade
);

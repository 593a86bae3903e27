-- Each file of a current segment as it was written, so that whoever reads it can tell that it is the same still.
-- A segment of an older version has none until the next ingestion looks at it.
create table segment_files (
    export text not null,
    kind text not null,
    period text not null,
    name text not null,                   -- of the file, in the segment's folder
    size_bytes bigint not null,
    sha256 text not null,                 -- in hexadecimal
    primary key (export, kind, period, name),
    foreign key (export, kind, period) references segments (export, kind, period) on delete cascade
);

-- Files on their way to being videos, and how each of them ended.
create table uploads (
    id text primary key,                  -- of the video too, once it is one
    owner text not null,
    fingerprint text not null,            -- by which its owner's program knows the file again; empty where it does not
    file_name text not null,
    title text not null,
    size_bytes bigint not null,
    part_bytes bigint not null,           -- of every part but the last
    content_type text not null,
    residency text not null,              -- the jurisdiction its bytes must stay in, like EU; empty: anywhere
    visibility text not null check (visibility in ('public', 'private')),
    provider text not null,               -- the provider's name in this installation
    reason text not null,                 -- why it was sent there, as it was shown to the person
    mode text not null check (mode in ('parts', 'tus')),
    key text not null,
    upload_id text not null,              -- the provider's own, or its address in tus mode; empty until it has given one
    state text not null check (
        state in ('receiving', 'completing', 'duplicate', 'done', 'aborted', 'abandoned', 'failed')
    ),
    problem text not null,                -- why it failed; otherwise empty
    crc64nvme text,                       -- of the whole file as its sender says, unsigned decimal
    sha256 text,                          -- the same in hexadecimal, where its sender knows it
    started_at text not null,             -- instant, ISO 8601 UTC
    active_at text not null,              -- instant, ISO 8601 UTC: when its sender was last heard of
    active_s double precision not null,   -- seconds in which it was going on, without pauses
    finished_at text,                     -- instant, ISO 8601 UTC; null while parts are wanted or put together
    cleared boolean not null,             -- nothing of it is left at the provider, where it became no video
    packaging_asked boolean not null      -- renditions of the video have been asked for
);
create index uploads_by_owner on uploads (owner, started_at);
create index uploads_by_state on uploads (state, active_at);

-- One file is on its way once for each person, however many of their programs send it.
create unique index uploads_under_way on uploads (owner, fingerprint, size_bytes)
where fingerprint <> '' and state in ('receiving', 'completing', 'duplicate');

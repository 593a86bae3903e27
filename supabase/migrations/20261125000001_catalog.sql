-- The videos of the platform.
create table videos (
    id text primary key,
    slug text not null unique,            -- names the video in links, for good
    title text not null,
    residency text not null,              -- the jurisdiction its bytes must stay in, like EU; empty: anywhere
    visibility text not null check (visibility in ('public', 'private')),
    sha256 text,                          -- of the original, in hexadecimal; null where nobody has computed it
    crc64nvme text,                       -- of the original, unsigned decimal: a 64-bit integer would overflow
    size_bytes bigint not null,           -- of the original
    duration_s double precision,          -- null until it is probed
    width bigint,                         -- in pixels as shown, upright; null until it is probed
    height bigint,
    created_by text not null,
    created_at text not null              -- instant, ISO 8601 UTC
);
create index videos_by_time on videos (created_at);
create index videos_by_content on videos (crc64nvme, size_bytes);

-- Where the bytes of a video are: its original and all that was made of it, at one provider.
create table copies (
    video_id text not null references videos (id) on delete cascade,
    provider text not null,               -- the provider's name in this installation
    recorded_at text not null,            -- instant, ISO 8601 UTC
    reason text not null,                 -- why it lies at this provider, as it was shown to the person
    primary key (video_id, provider)
);

-- Each object of a copy.
create table objects (
    video_id text not null,
    provider text not null,
    kind text not null check (kind in ('original', 'rendition', 'playlist', 'thumbnail', 'subtitles')),
    name text not null,                   -- what it is called within the video: original, 1080p, poster
    key text not null,
    content_type text not null,
    size_bytes bigint not null,
    storage_class text not null,
    etag text not null,
    crc64nvme text,                       -- unsigned decimal; null where the provider keeps none
    width bigint,                         -- of a rung; null for what is no picture
    height bigint,
    bandwidth bigint,                     -- peak bits per second of a rung, audio included; null for all else
    recorded_at text not null,            -- instant, ISO 8601 UTC
    primary key (video_id, provider, name),
    unique (provider, key),
    foreign key (video_id, provider) references copies (video_id, provider) on delete cascade
);

-- Which copy viewers get. One row a video, so that it is switched in one statement and cannot name an absent copy.
create table served_copies (
    video_id text primary key references videos (id) on delete cascade,
    provider text not null,
    since text not null,                  -- instant, ISO 8601 UTC
    foreign key (video_id, provider) references copies (video_id, provider)
);

-- Addresses that viewers may hold of a video, wherever its bytes have gone since.
create table links (
    provider text not null,
    bucket text not null,
    key text not null,
    video_id text not null references videos (id) on delete cascade,
    primary key (provider, bucket, key)
);

-- Legal holds: videos of which nothing may be removed, whoever asks for it, until the hold is released.
create table legal_holds (
    video_id text primary key references videos (id) on delete cascade,
    reason text not null,                 -- such as the case or the contract
    placed_by text not null,
    placed_at text not null               -- instant, ISO 8601 UTC
);

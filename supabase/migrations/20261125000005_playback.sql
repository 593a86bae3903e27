-- What a video is found by: the words of its title and its slug, without accents and in lower case.
alter table videos add column search_text text not null default '';

-- How many bytes of a copy lie in each storage class. Worked out from `objects` whenever a copy is recorded, because
-- the library sorts and filters all videos by it.
create table stored (
    video_id text not null,
    provider text not null,
    storage_class text not null,
    size_bytes bigint not null,
    media_bytes bigint not null,          -- of the original and its renditions; without playlists and thumbnails
    primary key (video_id, provider, storage_class),
    foreign key (video_id, provider) references copies (video_id, provider) on delete cascade
);
create index stored_by_class on stored (provider, storage_class, video_id, size_bytes);
create index copies_by_provider on copies (provider, video_id);
create index links_by_video on links (video_id);

-- What viewers of each video get: packaged | original | nothing.
create view states as
select v.id, case
    when s.provider is null then 'nothing'
    when exists (
        select 1 from objects o where o.video_id = v.id and o.provider = s.provider and o.name = 'master.m3u8'
    ) then 'packaged'
    else 'original'
end as state
from videos v left join served_copies s on s.video_id = v.id;

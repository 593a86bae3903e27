-- name: place_hold(video_id, reason, placed_by, placed_at)!
-- Nothing of a video may be removed from now on; a hold that is there stays as it is.
insert into legal_holds (video_id, reason, placed_by, placed_at) values (:video_id, :reason, :placed_by, :placed_at)
on conflict (video_id) do nothing;

-- name: release_hold(video_id)!
-- It may be removed again.
delete from legal_holds where video_id = :video_id;

-- name: holds()
-- All holds, with what the videos are called, the newest first.
select h.*, v.title, v.slug from legal_holds h join videos v on v.id = h.video_id order by h.placed_at desc, h.video_id;

-- name: held_keys(provider)
-- The keys of all objects of held videos at a provider.
select o.key, o.video_id from objects o join legal_holds h on h.video_id = o.video_id
where o.provider = :provider order by o.key;

-- name: kept()
-- All holds as they are recorded.
select video_id, reason, placed_by, placed_at from legal_holds;

-- name: place_hold_again(video_id, reason, placed_by, placed_at)!
-- One of them, where its video is there.
insert into legal_holds (video_id, reason, placed_by, placed_at)
select id, :reason, :placed_by, :placed_at from videos where id = :video_id
on conflict (video_id) do nothing;

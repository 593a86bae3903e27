-- name: lasting()
-- Every video, what links call it, and how many seconds it lasts.
select id, slug, duration_s from videos;

-- name: ladder()
-- The rungs of every video, and the peak bits a second of each.
select distinct video_id, name, bandwidth from objects where bandwidth > 0;

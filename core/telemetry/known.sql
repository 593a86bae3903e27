-- name: known_objects()
-- Each object that the catalogue knows, and where.
select provider, key, video_id, kind, name, width from objects order by provider, key;

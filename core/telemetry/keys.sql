-- name: objects()
-- Each object of the catalog: whose it is, and what.
select video_id, key, kind, name, width from objects;

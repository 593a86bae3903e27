-- name: catalogued_objects()
-- Each object of the catalogue: where it lies, whose it is, what, and its bytes.
select provider, video_id, kind, name, width, storage_class, size_bytes from objects;

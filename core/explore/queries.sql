-- name: saved()
-- All saved queries by name.
select name, sql, owner, saved_at from saved_queries order by name;

-- name: owner(name)^
-- Who saved it; nothing when there is no such query.
select owner from saved_queries where name = :name;

-- name: save(name, sql, owner, saved_at)!
-- A new query, or a new text of an old one; its owner stays.
insert into saved_queries (name, sql, owner, saved_at) values (:name, :sql, :owner, :saved_at)
on conflict (name) do update set sql = excluded.sql, saved_at = excluded.saved_at;

-- name: forget(name)!
delete from saved_queries where name = :name;

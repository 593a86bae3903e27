-- name: worker_started(id, process, at)!
insert into workers (id, process, started_at, seen_at) values (:id, :process, :at, :at)
on conflict (id) do update set process = :process, started_at = :at, seen_at = :at;

-- name: worker_is_alive(id, at)!
update workers set seen_at = :at where id = :id;

-- name: worker_is_gone(id)!
delete from workers where id = :id;

-- name: worker(id)^
-- When the worker last said that it is alive.
select seen_at from workers where id = :id;

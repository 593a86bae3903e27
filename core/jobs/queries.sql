-- name: worker_started(id, process, at)!
insert into workers (id, process, started_at, seen_at) values (:id, :process, :at, :at)
on conflict (id) do update set process = :process, started_at = :at, seen_at = :at;

-- name: worker_is_alive(id, at)!
update workers set seen_at = :at where id = :id;

-- name: worker_is_gone(id)!
delete from workers where id = :id;

-- name: worker(id)^
-- When a worker last said that it is alive.
select seen_at from workers where id = :id;

-- name: workers()
-- The same of each.
select id, seen_at from workers order by id;

-- name: add_requests(id, workflow, argument, requested_at, due_at, priority)*!
-- Work that somebody asks for.
insert into requests (id, workflow, argument, requested_at, due_at, priority)
values (:id, :workflow, :argument, :requested_at, :due_at, :priority);

-- name: due_requests(workflow, now, at_most)
-- What the job store does not have yet, what is called off first, then the most urgent; as many as may be added to
-- those that it has.
select id, workflow, argument from requests where workflow = :workflow and not taken and due_at <= :now
order by cancelled desc, priority, due_at, requested_at, id
limit (
    select case when count(*) < :at_most then :at_most - count(*) else 0 end
    from requests where workflow = :workflow and taken
);

-- name: request_was_not_taken(id)!
-- The job store does not have it.
update requests set taken = false where id = :id;

-- name: request_was_taken(id)!
-- The job store has it.
update requests set taken = true where id = :id;

-- name: taken_requests()
-- What the job store has.
select id from requests where taken order by id;

-- name: cancel_request(id)!
-- Somebody wants it stopped; it is due at once, so that it is over soon.
update requests set cancelled = true, due_at = requested_at where id = :id;

-- name: request(id)^
-- One request.
select * from requests where id = :id;

-- name: remove_request(id)!
-- It is over.
delete from requests where id = :id;

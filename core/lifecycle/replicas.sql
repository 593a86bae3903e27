-- name: newest(provider, prefix, first)
-- What was written last below a prefix.
select key, recorded_at from objects
where provider = :provider and (:prefix = '' or instr(key, :prefix) = 1)
order by recorded_at desc, key limit :first;

-- name: keep(provider, checked_at, found)!
-- In the place of the check before.
insert into replication_checks (provider, checked_at, found) values (:provider, :checked_at, :found)
on conflict (provider) do update set checked_at = excluded.checked_at, found = excluded.found;

-- name: check(provider)^
-- The newest one.
select checked_at, found from replication_checks where provider = :provider;

-- name: keep_failover(checked_at, asked_by, found)!
-- In the place of the one before.
insert into failover_checks (id, checked_at, asked_by, found) values ('newest', :checked_at, :asked_by, :found)
on conflict (id) do update set
    checked_at = excluded.checked_at, asked_by = excluded.asked_by, found = excluded.found;

-- name: failover()^
-- The newest one.
select checked_at, asked_by, found from failover_checks;

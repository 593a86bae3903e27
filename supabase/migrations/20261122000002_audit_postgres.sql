-- The audit log can only grow, whoever writes to it.
create function audit_only_grows() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' and new.id = (select coalesce(max(id), 0) + 1 from audit) then
        return new;
    end if;
    raise exception 'the audit log is append-only' using errcode = 'integrity_constraint_violation';
end;
$$;

create trigger audit_rows_stay before insert or update or delete on audit
for each row execute function audit_only_grows();

create trigger audit_is_not_emptied before truncate on audit
for each statement execute function audit_only_grows();

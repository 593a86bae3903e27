-- The audit log can only grow, whoever writes to it.
-- (Triggers are written differently in Postgres; the Supabase CLI passes over a file whose name starts like this.)
create trigger audit_rows_stay before update on audit
begin
    select raise(abort, 'the audit log is append-only');
end;

create trigger audit_rows_are_kept before delete on audit
begin
    select raise(abort, 'the audit log is append-only');
end;

-- "insert or replace" would delete a row without telling the trigger above
create trigger audit_rows_come_last before insert on audit
when new.id is not (select coalesce(max(id), 0) + 1 from audit)
begin
    select raise(abort, 'the audit log is append-only');
end;

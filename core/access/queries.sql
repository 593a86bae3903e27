-- name: account(name)^
-- One account; disabled ones too.
select * from accounts where name = :name;

-- name: accounts()
-- All accounts by name.
select * from accounts order by name;

-- name: has_accounts()^
-- 1 when there is any account.
select exists (select 1 from accounts) as yes;

-- name: active_admins()^
-- How many administrators can sign in.
select count(*) as number from accounts where role = 'admin' and not disabled;

-- name: add_account(name, role, password_hash, created_at)!
-- A new account; its password has to be changed at the first sign-in.
insert into accounts (name, role, password_hash, must_change, disabled, created_at)
values (:name, :role, :password_hash, true, false, :created_at);

-- name: set_role(name, role)!
update accounts set role = :role where name = :name;

-- name: set_password(name, password_hash, must_change)!
update accounts set password_hash = :password_hash, must_change = :must_change where name = :name;

-- name: set_disabled(name, disabled)!
update accounts set disabled = :disabled where name = :name;

-- name: note_sign_in(name, at)!
update accounts set last_sign_in_at = :at where name = :name;

-- name: open_session(token_hash, account, via, address, created_at, expires_at)!
insert into sessions (token_hash, account, via, address, created_at, expires_at)
values (:token_hash, :account, :via, :address, :created_at, :expires_at);

-- name: session(token_hash, now)^
-- Whose session it is and what they may do at this moment; nothing when it is over or the account disabled.
select s.account, a.role, s.via, a.must_change, s.created_at, s.expires_at
from sessions s join accounts a on a.name = s.account
where s.token_hash = :token_hash and s.expires_at > :now and not a.disabled;

-- name: prolong_session(token_hash, expires_at)!
update sessions set expires_at = :expires_at where token_hash = :token_hash;

-- name: close_session(token_hash)!
delete from sessions where token_hash = :token_hash;

-- name: close_sessions_of(account)!
delete from sessions where account = :account;

-- name: forget_expired_sessions(now)!
delete from sessions where expires_at <= :now;

-- name: failures(subject)^
-- Wrong passwords in a row, and when the last one came.
select failures, last_at from failed_attempts where subject = :subject;

-- name: count_failure(subject, at)!
insert into failed_attempts (subject, failures, last_at) values (:subject, 1, :at)
on conflict (subject) do update set failures = failed_attempts.failures + 1, last_at = excluded.last_at;

-- name: take_back_failure(subject)!
update failed_attempts set failures = failures - 1 where subject = :subject and failures > 0;

-- name: forget_failures(subject)!
delete from failed_attempts where subject = :subject;

-- name: forget_old_failures(before)!
delete from failed_attempts where last_at <= :before;

-- name: has_signed_in_from(name, address)^
-- 1 when the account was ever signed in to from the address.
select exists (
    select 1 from audit where actor = :name and action = 'sign in' and address = :address and outcome = 'done'
) as yes;

-- name: add_to_audit(at, actor, via, action, subject, outcome, detail, address)!
insert into audit (id, at, actor, via, action, subject, outcome, detail, address)
select coalesce(max(id), 0) + 1, :at, :actor, :via, :action, :subject, :outcome, :detail, :address from audit;

-- name: latest_audit(text, outcome, before, limit)
-- Newest first, of what has the text in it wherever it is, without regard to ASCII case; of one outcome, or all where it
-- is null; and of what came before an entry.
select * from audit
where (:text = '' or instr(lower(actor || ' ' || action || ' ' || subject || ' ' || detail), lower(:text)) > 0)
    and (:outcome is null or outcome = :outcome)
    and (:before is null or (at, id) < (select at, id from audit where id = :before))
order by at desc, id desc limit :limit;

-- name: audit_about(subject, limit)
-- Newest first, of what has the text in its subject.
select * from audit where instr(subject, :subject) > 0 order by id desc limit :limit;

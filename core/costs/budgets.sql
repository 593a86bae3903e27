-- name: budgets()
-- All budgets by name.
select name, amount, currency, since, span, filters, growth from budgets order by name;

-- name: save_budget(name, amount, currency, since, span, filters, growth, saved_by, saved_at)!
-- A new budget, or other terms of an old one.
insert into budgets (name, amount, currency, since, span, filters, growth, saved_by, saved_at)
values (:name, :amount, :currency, :since, :span, :filters, :growth, :saved_by, :saved_at)
on conflict (name) do update set amount = excluded.amount, currency = excluded.currency, since = excluded.since,
    span = excluded.span, filters = excluded.filters, growth = excluded.growth, saved_by = excluded.saved_by,
    saved_at = excluded.saved_at;

-- name: remove_budget(name)!
delete from budgets where name = :name;

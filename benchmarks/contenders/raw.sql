-- The questions, asked of the export's own Parquet files with DuckDB by somebody who knows the bill. The view
-- `line_items` is their rows; the tables `services`, `usages` and `categories` give names and meanings for nothing.
-- A breakdown gives for each label its cost in October, and in September, which makes up the total before.

-- name: view_cur()#
-- Costs are stated with at most ten decimals, so that this decimal is the one that a double stands for.
create view cur as
select *, line_item_usage_start_date::date as day,
       line_item_unblended_cost::decimal(38, 10) as billed_cost,
       pricing_public_on_demand_cost::decimal(38, 10) as list_cost,
       case line_item_line_item_type
           when 'SavingsPlanCoveredUsage' then savings_plan_savings_plan_effective_cost::decimal(38, 10)
           when 'SavingsPlanRecurringFee' then savings_plan_total_commitment_to_date::decimal(38, 10)
                                               - savings_plan_used_commitment::decimal(38, 10)
           when 'SavingsPlanNegation' then 0
           when 'SavingsPlanUpfrontFee' then 0
           when 'DiscountedUsage' then reservation_effective_cost::decimal(38, 10)
           when 'RIFee' then reservation_unused_amortized_upfront_fee_for_billing_period::decimal(38, 10)
                             + reservation_unused_recurring_fee::decimal(38, 10)
           else line_item_unblended_cost::decimal(38, 10) end as effective_cost
from line_items;

-- name: month_to_date()
-- The first 21 days of the month, and those of the month before.
select 'AWS' as label, sum(billed_cost) filter (day >= date '2026-10-01') as cost,
       sum(billed_cost) filter (day < date '2026-10-01') as before
from cur
where day between date '2026-10-01' and date '2026-10-21' or day between date '2026-09-01' and date '2026-09-21';

-- name: services()
select service_name as label, cost, before
from (select line_item_product_code as product_code, sum(billed_cost) filter (day >= date '2026-10-01') as cost,
             sum(billed_cost) filter (day < date '2026-10-01') as before
      from cur where day between date '2026-09-01' and date '2026-10-31' group by 1)
join services using (product_code);

-- name: usage_families()
-- What is no usage, such as tax, is a family by itself.
select coalesce(family, nullif(category, 'usage')) as label, sum(cost) as cost, sum(before) as before
from (select line_item_product_code as product_code, line_item_usage_type as usage_type,
             line_item_operation as operation, line_item_line_item_type as line_item_type,
             sum(billed_cost) filter (day >= date '2026-10-01') as cost,
             sum(billed_cost) filter (day < date '2026-10-01') as before
      from cur where day between date '2026-09-01' and date '2026-10-31' group by 1, 2, 3, 4) used
join categories using (line_item_type)
left join usages u on u.product_code = used.product_code and u.usage_type = used.usage_type
    and u.operation is not distinct from used.operation
group by 1;

-- name: usage_types_effective()
select line_item_usage_type as label, sum(effective_cost) filter (day >= date '2026-10-01') as cost,
       sum(effective_cost) filter (day < date '2026-10-01') as before
from cur where day between date '2026-09-01' and date '2026-10-31' group by 1;

-- name: resources()
select line_item_resource_id as label, sum(billed_cost) filter (day >= date '2026-10-01') as cost,
       sum(billed_cost) filter (day < date '2026-10-01') as before
from cur where day between date '2026-09-01' and date '2026-10-31' group by 1;

-- name: storage_classes_of_s3()
select storage_class as label, sum(cost) as cost, sum(before) as before
from (select line_item_usage_type as usage_type, line_item_operation as operation,
             sum(billed_cost) filter (day >= date '2026-10-01') as cost,
             sum(billed_cost) filter (day < date '2026-10-01') as before
      from cur
      where day between date '2026-09-01' and date '2026-10-31' and line_item_product_code = 'AmazonS3'
      group by 1, 2) used
left join usages u on u.product_code = 'AmazonS3' and u.usage_type = used.usage_type
    and u.operation is not distinct from used.operation
group by 1;

-- name: regions_by_month()
select concat_ws(' ', coalesce(region_id, u.region, 'not stated'), month) as label, sum(cost) as cost
from (select line_item_product_code as product_code, line_item_usage_type as usage_type,
             line_item_operation as operation, product_region_code as region_id,
             date_trunc('month', day)::date as month, sum(billed_cost) as cost
      from cur where day between date '2026-09-01' and date '2026-10-31' group by 1, 2, 3, 4, 5) used
left join usages u on u.product_code = used.product_code and u.usage_type = used.usage_type
    and u.operation is not distinct from used.operation
group by 1;

-- name: charge_categories_at_list()
select category as label, sum(cost) as cost, sum(before) as before
from (select line_item_line_item_type as line_item_type, sum(list_cost) filter (day >= date '2026-10-01') as cost,
             sum(list_cost) filter (day < date '2026-10-01') as before
      from cur where day between date '2026-09-01' and date '2026-10-31' group by 1)
join categories using (line_item_type)
group by 1;

-- name: accounts_by_week()
select concat_ws(' ', coalesce(line_item_usage_account_id, 'not stated'), date_trunc('week', day)::date) as label,
       sum(billed_cost) as cost
from cur where day between date '2026-10-01' and date '2026-10-31' group by 1;

-- name: teams()
select resource_tags['user_team'] as label, sum(billed_cost) filter (day >= date '2026-10-01') as cost,
       sum(billed_cost) filter (day < date '2026-10-01') as before
from cur where day between date '2026-09-01' and date '2026-10-31' group by 1;

-- name: services_by_day()
select concat_ws(' ', service_name, day) as label, cost
from (select line_item_product_code as product_code, day, sum(billed_cost) as cost
      from cur where day between date '2026-10-01' and date '2026-10-31' group by 1, 2)
join services using (product_code);

-- name: stored_bytes()
-- Bytes by storage class on the last day, of 31 in the month.
select storage_class as label, round(sum(quantity) * 1073741824 * 31) as cost
from (select line_item_product_code as product_code, line_item_usage_type as usage_type,
             line_item_operation as operation, sum(line_item_usage_amount::decimal(38, 10)) as quantity
      from cur where day = date '2026-10-31' and line_item_line_item_type = 'Usage' group by 1, 2, 3) used
join usages u on u.product_code = used.product_code and u.usage_type = used.usage_type
    and u.operation is not distinct from used.operation
where family = 'storage'
group by 1;

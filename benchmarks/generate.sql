-- A month of CUR 2.0 line items, from variables rows, month_start, month_end and data (folder of the CSV files).
--
-- A stream is one line item that comes back hour after hour: an account's resource using one usage type in
-- one operation. Streams are drawn by hashes of their names, so that the same variables give the same rows.

create macro chance(salt, key) as (hash(salt || key) % 1000000007) / 1000000007.0;

-- How many hours a stream may last: all of the month, fewer where there are few rows to give.
set variable days = date_diff('day', getvariable('month_start'), getvariable('month_end'));
set variable longest = greatest(3, least(24 * getvariable('days'), getvariable('rows') // 1300));

create table accounts as
select i as account_number, (100200300400 + i * 7919000153)::varchar as account_id,
       list_extract(['media-live', 'media-archive', 'edge', 'uploads', 'analytics', 'platform', 'security', 'network',
                     'staging', 'development', 'sandbox', 'billing'], i + 1) as account_name
from range(12) numbers (i);

create table services as from read_csv(getvariable('data') || '/services.csv', header = true);
create table usages as from read_csv(getvariable('data') || '/usage.csv', header = true);

create table regions as
select *, sum(weight) over (order by rank) - weight as chance_from, sum(weight) over (order by rank) as chance_to
from (select *, row_number() over () as rank from read_csv(getvariable('data') || '/regions.csv', header = true));

create table edges as
from (values ('US', 1.0), ('EU', 0.9), ('AP', 0.7), ('IN', 0.7), ('JP', 0.6), ('CA', 0.6), ('SA', 0.5), ('AU', 0.4),
             ('ME', 0.3), ('ZA', 0.2)) edges (edge, edge_chance);

-- More resources than the month needs; the rows of each service are cut to its share below.
create table resources as
select s.product_code, s.service_name, s.placed, s.commitment, n,
       s.product_code || n as name, 20 * pow(n, -0.8) as popularity,
       a.account_id, a.account_name, r.region, r.prefix, r.location,
       replace(replace(replace(s.resource, '{n}', upper(left(md5(s.product_code || n), 12))), '{account}', a.account_id),
               '{region}', coalesce(r.region, '')) as resource_id
from services s
cross join lateral range(1, (3 * s.share * getvariable('rows') / getvariable('longest'))::bigint + 20) numbers (n)
join accounts a on a.account_number = floor(12 * pow(chance('account', s.product_code || n), 2))
left join regions r on s.placed = 'region'
    and chance('region', s.product_code || n) between r.chance_from and r.chance_to - 1e-12;

create table candidates as
select r.*, u.family, u.operation, u.unit, u.rhythm,
       coalesce(r.prefix, e.edge || '-', '') || u.usage as usage_type,
       round(u.rate * (1 + 0.4 * chance('rate', coalesce(r.region, e.edge, ''))), 10) as rate,
       u.rate < 0.0001 and u.unit not like '%GB%' as whole_units,
       u.amount * if(u.unit in ('Hrs', 'hours'), 1, r.popularity) as amount,
       r.name || '/' || u.usage || '/' || u.operation || '/' || coalesce(e.edge, '') as stream_name
from resources r
join usages u using (product_code)
left join edges e on r.placed = 'edge'
where chance('used', stream_name) < u.chance * coalesce(e.edge_chance, 1);

create table typed as
select *, unnest(case
    when commitment = 'savings_plan' and n % 3 = 0 and (unit ilike '%hrs' or unit ilike '%hours' or unit ilike '%second')
        then ['SavingsPlanCoveredUsage', 'SavingsPlanNegation']
    when commitment = 'reservation' and n % 2 = 0 and unit = 'Hrs' then ['DiscountedUsage']
    when product_code in ('AmazonS3', 'AmazonCloudFront') and n % 20 = 5 then ['Usage', 'EdpDiscount']
    else ['Usage'] end) as line_item_type
from candidates;

create table lasting as
select * exclude (longest), case when chance('whole', stream_name) < 0.5 then longest else
               greatest(1, (longest * pow(chance('part', stream_name), 2))::bigint) end as hours
from (select *, least(getvariable('longest'), if(rhythm = 'daily', getvariable('days'), null)) as longest from typed);

-- What is not usage: taxes, credits, refunds, fees, and what was committed to.
create table extras as
with every as (select * from accounts cross join services),
     hours as (select getvariable('longest') as longest)
select 'Tax' as line_item_type, 'monthly' as rhythm, product_code, service_name, account_id, account_name,
       3 + 900 * chance('tax', product_code || account_id) as amount, 1 as hours from every
union all
select 'Credit', 'daily', product_code, service_name, account_id, account_name, -1.75, least(getvariable('days'), longest)
from every, hours where product_code = 'AmazonS3' and account_number < 3
union all
select 'Refund', 'monthly', product_code, service_name, account_id, account_name, -4.2 - account_number, 1
from every where product_code in ('AmazonS3', 'AmazonEC2')
union all
select 'RIFee', 'monthly', product_code, service_name, account_id, account_name, 96.4, 1
from every where product_code in ('AmazonRDS', 'AmazonElastiCache', 'AmazonES') and account_number < 4
union all
select 'Fee', 'monthly', 'AWSSupportBusiness', 'AWS Support (Business)', account_id, account_name, 100, 1 from accounts
union all
select 'SavingsPlanUpfrontFee', 'monthly', 'ComputeSavingsPlans', 'Savings Plans for AWS Compute usage',
       account_id, account_name, 1200, 1 from accounts where account_number = 0
union all
select 'SavingsPlanRecurringFee', 'hourly', 'ComputeSavingsPlans', 'Savings Plans for AWS Compute usage',
       account_id, account_name, 3.2, longest from accounts, hours where account_number < 2;

-- Every stream with its rows counted: each service gets its share of what the extras leave over.
create table counted as
with budgets as (
    select product_code, round(share / sum(share) over () * left_over)::bigint as budget
    from services, (select getvariable('rows') - sum(hours) as left_over from extras)
), exact as (
    select product_code, budget + if(product_code = 'AmazonS3', (select getvariable('rows')
           - (select sum(hours) from extras) - (select sum(budget) from budgets)), 0)::bigint as budget
    from budgets
), queued as (
    select *, sum(hours) over (partition by product_code order by n, stream_name, line_item_type) - hours as before
    from lasting
)
select q.* exclude (hours, before), least(hours, budget - before)::bigint as hours
from queued q join exact using (product_code) where before < budget
union all by name
select *, account_id || '/' || line_item_type || '/' || product_code as stream_name from extras;

create table streams as
select row_number() over (order by stream_name, line_item_type)::integer as stream, *,
       upper(left(md5(coalesce(usage_type, '') || coalesce(operation, '')), 16)) as sku,
       abs(hash(stream_name) % 1000)::double / 1000 as phase,
       case when line_item_type in ('Usage', 'SavingsPlanCoveredUsage') then 1
            when line_item_type = 'SavingsPlanNegation' then -1
            when line_item_type = 'EdpDiscount' then -0.05 when line_item_type = 'DiscountedUsage' then 0 end as factor,
       account_name in ('media-live', 'edge') as negotiated,
       case rhythm when 'hourly' then floor(chance('from', stream_name) * (24 * getvariable('days') - hours + 1))
                   when 'daily' then floor(chance('from', stream_name) * (getvariable('days') - hours + 1))
                   else 0 end::bigint as first  -- hour of the month, or day
from counted;

-- What a stream's line items have in common, under the names of the export.
create table common as
select stream,
       if(line_item_type = 'Refund', 'Refund', 'Anniversary') as bill_bill_type,
       'AWS' as bill_billing_entity,
       getvariable('month_start') as bill_billing_period_start_date,
       getvariable('month_end') as bill_billing_period_end_date,
       (2100000000 + hash(account_id) % 90000000)::varchar as bill_invoice_id,
       'Amazon Web Services EMEA SARL' as bill_invoicing_entity,
       '100200300400' as bill_payer_account_id,
       'phyght' as bill_payer_account_name,
       map {'team': if(account_name like 'media%', 'Video', 'Platform')} as cost_category,
       if(line_item_type = 'EdpDiscount', map {'edp_discount': -0.05}, map([]::varchar[], []::double[])) as discount,
       if(usage_type like '%BoxUsage%', region || 'a', null) as line_item_availability_zone,
       printf('%.10f', rate) as line_item_blended_rate,
       'USD' as line_item_currency_code,
       'Amazon Web Services EMEA SARL' as line_item_legal_entity,
       coalesce('$' || printf('%.10f', rate) || ' per ' || unit || ' - ' || operation || ' in ' ||
                coalesce(location, 'Global'), line_item_type || ' for ' || service_name)
           as line_item_line_item_description,
       line_item_type as line_item_line_item_type,
       operation as line_item_operation,
       product_code as line_item_product_code,
       resource_id as line_item_resource_id,
       if(line_item_type = 'Tax', 'VAT', null) as line_item_tax_type,
       printf('%.10f', rate) as line_item_unblended_rate,
       account_id as line_item_usage_account_id,
       account_name as line_item_usage_account_name,
       usage_type as line_item_usage_type,
       'USD' as pricing_currency,
       printf('%.10f', rate) as pricing_public_on_demand_rate,
       sku || '.JRTCKXETXF.6YS6EN2CT7' as pricing_rate_code,
       (hash(sku) % 100000000000)::varchar as pricing_rate_id,
       if(line_item_type = 'DiscountedUsage', 'Reserved', if(unit is null, null, 'OnDemand')) as pricing_term,
       if(line_item_type = 'DiscountedUsage', '1yr', null) as pricing_lease_contract_length,
       if(line_item_type = 'DiscountedUsage', 'standard', null) as pricing_offering_class,
       if(line_item_type = 'DiscountedUsage', 'Partial Upfront', null) as pricing_purchase_option,
       unit as pricing_unit,
       if(unit is null, map {'product_name': service_name}, map {'product_name': service_name,
           'servicename': service_name, 'group': product_code || '-' || family, 'region': coalesce(region, '')})
           as product,
       if(unit = 'GB', location, null) as product_from_location,
       if(unit = 'GB', if(placed = 'edge', 'AWS Edge Location', 'AWS Region'), null) as product_from_location_type,
       if(unit = 'GB', region, null) as product_from_region_code,
       regexp_extract(usage_type, 'Usage:(.*)', 1) as product_instance_type,
       location as product_location,
       if(location is null, null, 'AWS Region') as product_location_type,
       operation as product_operation,
       unit as product_pricing_unit,
       family as product_product_family,
       region as product_region_code,
       product_code as product_servicecode,
       sku as product_sku,
       if(unit = 'GB', 'External', null) as product_to_location,
       if(unit = 'GB', 'Other', null) as product_to_location_type,
       usage_type as product_usagetype,
       if(line_item_type in ('DiscountedUsage', 'RIFee'), 'arn:aws:' || lower(product_code) || ':us-east-1:'
           || account_id || ':reserved-instances/r-' || left(md5(account_id || product_code), 8), null)
           as reservation_reservation_a_r_n,
       if(line_item_type = 'RIFee', (hash(account_id) % 10000000000)::varchar, null) as reservation_subscription_id,
       if(line_item_type = 'RIFee', '2', null) as reservation_number_of_reservations,
       if(line_item_type = 'RIFee', '744', null) as reservation_units_per_reservation,
       if(line_item_type = 'RIFee', 12.6, 0) as reservation_unused_amortized_upfront_fee_for_billing_period,
       if(line_item_type = 'RIFee', 7.35, 0) as reservation_unused_recurring_fee,
       if(n % 2 = 0, map {'user_team': if(n % 4 = 0, 'video', 'platform'),
           'user_environment': list_extract(['live', 'staging', 'test'], (1 + n % 3)::integer),
           'user_show': 'fight-night-' || (n % 40)}, map([]::varchar[], []::varchar[])) as resource_tags,
       if(line_item_type like 'SavingsPlan%', 'ComputeSavingsPlans', null) as savings_plan_offering_type,
       if(line_item_type like 'SavingsPlan%', 'No Upfront', null) as savings_plan_payment_option,
       if(line_item_type like 'SavingsPlan%', '1yr', null) as savings_plan_purchase_term,
       if(line_item_type like 'SavingsPlan%', 'arn:aws:savingsplans::100200300400:savingsplan/'
           || md5('plan' || (coalesce(n, 0) % 2)), null) as savings_plan_savings_plan_a_r_n,
       if(line_item_type = 'SavingsPlanCoveredUsage', round(rate * 0.72, 10), 0) as savings_plan_savings_plan_rate
from streams;

-- One row a line item, in the order of the files: runs of a few hours of a few streams, for AWS neither sorts
-- nor shuffles. Sorted here, where a row is narrow; what follows keeps the order.
create table line_items as
select row_number() over (order by place, hour, stream) as position, stream, hour
from (select stream, (first + step)::smallint as hour, hash(stream // 5, hour // 2) as place
      from streams s cross join lateral range(s.hours) steps (step) where s.hours > 0)
order by position;

-- When, how much and what it costs; AWS gives amounts and costs with at most ten decimals.
create view measured as
with drawn as (
    select l.position, l.stream, l.hour, s.* exclude (stream),
           getvariable('month_start') + case s.rhythm when 'daily' then to_days(l.hour::integer)
               when 'monthly' then to_days(0) else to_hours(l.hour) end as starts,
           amount * (0.7 + 0.5 * abs(sin(0.2618 * l.hour + 6 * phase))
                     + 0.4 * (hash(stream_name, l.hour) % 65536) / 65536) as drawn_amount
    from line_items l join streams s using (stream)
), priced as (
    select *, if(rhythm = 'monthly', getvariable('month_end'), starts + interval 1 hour) as ends,
           case when factor is null then round(amount, 2) when unit = 'Hrs' then 1.0
                when whole_units then greatest(1, round(drawn_amount)) else round(drawn_amount, 10) end as quantity
    from drawn
)
select *, round(quantity * coalesce(rate, 1) * coalesce(factor, 1), 10) as cost,
       if(factor is null or line_item_type in ('SavingsPlanNegation', 'EdpDiscount'), 0.0,
          round(quantity * rate, 10)) as list_cost
from priced;

-- The export; columns that are not here are empty in it.
create view export as
select c.* exclude (stream), m.position,
       md5(concat_ws('/', m.stream, m.hour)) || left(md5(concat_ws('-', m.stream, m.hour)), 20) as identity_line_item_id,
       strftime(starts, '%Y-%m-%dT%H:%M:%SZ/') || strftime(ends, '%Y-%m-%dT%H:%M:%SZ') as identity_time_interval,
       starts as line_item_usage_start_date,
       ends as line_item_usage_end_date,
       case when factor is null then 1 when line_item_type = 'EdpDiscount' then 0 else quantity end
           as line_item_usage_amount,
       cost as line_item_blended_cost,
       cost as line_item_unblended_cost,
       if(negotiated and line_item_type = 'Usage', round(cost * 0.95, 10), null) as line_item_net_unblended_cost,
       list_cost as pricing_public_on_demand_cost,
       0.0 as discount_bundled_discount,
       if(line_item_type = 'EdpDiscount', cost, 0.0) as discount_total_discount,
       if(unit = 'Hrs', 4.0, null) as line_item_normalization_factor,
       if(unit = 'Hrs', 4.0 * quantity, null) as line_item_normalized_usage_amount,
       if(line_item_type = 'DiscountedUsage', round(list_cost * 0.41, 10), 0.0)
           as reservation_amortized_upfront_cost_for_usage,
       if(line_item_type = 'DiscountedUsage', round(list_cost * 0.22, 10), 0.0) as reservation_recurring_fee_for_usage,
       if(line_item_type = 'DiscountedUsage', round(list_cost * 0.63, 10), 0.0) as reservation_effective_cost,
       if(line_item_type = 'SavingsPlanCoveredUsage', round(list_cost * 0.72, 10), 0.0)
           as savings_plan_savings_plan_effective_cost,
       if(line_item_type = 'SavingsPlanRecurringFee', cost, 0.0) as savings_plan_total_commitment_to_date,
       if(line_item_type = 'SavingsPlanRecurringFee', round(cost * (0.8 + 0.2 * abs(sin(hour))), 10), 0.0)
           as savings_plan_used_commitment,
       if(line_item_type = 'SavingsPlanRecurringFee', cost, 0.0)
           as savings_plan_recurring_commitment_for_billing_period
from measured m join common c using (stream);

-- name: Spend by service and month
SELECT
    billing_period_start AS month,
    service_name,
    sum(billed_cost) AS billed
FROM monthly_charges
GROUP BY ALL
ORDER BY month DESC, billed DESC;

-- name: Dearest days of the last 90
SELECT charge_period_start AS day, sum(billed_cost) AS billed
FROM charges
WHERE charge_category = 'usage'
    AND charge_period_start >= (SELECT max(charge_period_start) FROM charges) - INTERVAL 90 DAY
GROUP BY day
ORDER BY billed DESC
LIMIT 20;

-- name: What storage costs for each unit, by storage class
SELECT
    billing_period_start AS month,
    provider_name,
    storage_class,
    consumed_unit,
    sum(consumed_quantity) AS quantity,
    sum(billed_cost) / nullif(sum(consumed_quantity), 0) AS billed_per_unit
FROM monthly_charges
WHERE usage_family = 'storage' AND charge_category = 'usage'
GROUP BY ALL
ORDER BY month DESC, provider_name, quantity DESC;

-- name: Twenty dearest resources of the last month
SELECT resource_id, service_name, sum(billed_cost) AS billed
FROM monthly_charges
WHERE billing_period_start = (SELECT max(billing_period_start) FROM monthly_charges)
    AND resource_id IS NOT NULL
GROUP BY ALL
ORDER BY billed DESC
LIMIT 20;

-- name: Spend by the value of a tag
SELECT coalesce(tags['user_content'], 'not stated') AS content, sum(billed_cost) AS billed
FROM monthly_charges
GROUP BY content
ORDER BY billed DESC;

-- name: Tax, credits and refunds by month
SELECT billing_period_start AS month, charge_category, sum(billed_cost) AS billed
FROM monthly_charges
WHERE charge_category <> 'usage'
GROUP BY ALL
ORDER BY month DESC, charge_category;

-- name: Each bill, and whether it is final
SELECT * FROM bills ORDER BY billing_period_start DESC, provider_name;

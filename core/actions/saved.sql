-- The charges of some buckets or of a distribution by day, with what they are held against: GB-months that were stored,
-- or GB that were sent. $places are their names; an ARN ends with one.
SELECT
    charge_period_start AS day,
    coalesce(sum(billed_cost) FILTER (
        WHERE NOT starts_with(coalesce(usage_family, ''), 'transfer') OR service_name = 'Amazon CloudFront'), 0)::VARCHAR AS usd,
    coalesce(sum(consumed_quantity) FILTER (
        WHERE usage_family = CASE WHEN service_name = 'Amazon CloudFront' THEN 'transfer out' ELSE 'storage' END), 0)::VARCHAR AS amount
FROM resource_charges
WHERE provider_name = 'AWS' AND charge_category = 'usage' AND billing_currency = 'USD'
    AND charge_period_start >= $first AND charge_period_start < $end
    AND list_contains($places, regexp_extract(coalesce(resource_id, ''), '[^/:]*$'))
GROUP BY ALL
ORDER BY day

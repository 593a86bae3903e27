-- What each title of a period costs. Parameters: start, end (not included), currency, encoded (a list of day, video,
-- rung, seconds); what stands in braces is filled in by attribution.py, the largest remainders by shares.py.
-- Rows: title, pool, measure, reason, cost, driver, first and last day, days. The title is NULL where a row tells what
-- all titles together come to, and '' where no title causes the cost: the reason says why not.
WITH ruled AS (
    SELECT charge_period_start AS day, coalesce(provider_name, '') AS provider,
        coalesce(sub_account_id, billing_account_id, '') AS account, coalesce(service_name, '') AS service,
        {rule} AS rule, {place} AS place, {kind} AS kind, {metric} AS cost
    FROM resource_charges
    WHERE charge_period_start >= $start::DATE AND charge_period_start < $end::DATE AND {currency} = $currency
),
pooled AS MATERIALIZED (
    SELECT day, date_trunc('month', day)::DATE AS month, provider, account, service, pool, measure, place, kind,
        sum(cost)::DECIMAL(38, 18) AS cost, trunc(sum(cost)::DECIMAL(38, 18) * 10000000000)::HUGEINT AS units
    FROM ruled JOIN ({rules}) rules (rule, pool, measure) USING (rule)
    GROUP BY ALL
),

-- which measurements there are
inventories AS MATERIALIZED (
    SELECT DISTINCT provider, bucket, day, storage_class FROM inventory
    WHERE day >= $start::DATE - {reach} AND day < $end::DATE + {reach}
),
served AS MATERIALIZED (
    SELECT DISTINCT day, distribution, price_region FROM request_titles WHERE day >= $start::DATE AND day < $end::DATE
),
accessed AS MATERIALIZED (
    SELECT DISTINCT hour::DATE AS day, bucket FROM origin_requests WHERE hour >= $start::DATE AND hour < $end::DATE
),
-- the inventory that stands for a day: the newest until then, else the oldest after it
snapshots AS MATERIALIZED (
    SELECT asked.provider, asked.day, bucket, coalesce(max(i.day) FILTER (i.day <= asked.day), min(i.day)) AS snapshot
    FROM (SELECT DISTINCT provider, day FROM pooled) asked
    JOIN (SELECT DISTINCT provider, bucket, day FROM inventories) i
        ON i.provider = asked.provider AND i.day BETWEEN asked.day - {reach} AND asked.day + {reach}
    GROUP BY ALL
),

-- direct costs: by day, and by what was measured on it
direct AS MATERIALIZED (
    SELECT row_number() OVER () AS id, * REPLACE (
        CASE WHEN measure = '{fetched}' AND NOT EXISTS (
            FROM accessed WHERE accessed.day = pooled.day AND pooled.place IN ('', accessed.bucket)
        ) THEN '{missed}' ELSE measure END AS measure
    )
    FROM pooled WHERE measure <> '{followed}'
),
asked AS MATERIALIZED (
    SELECT row_number() OVER () AS basis, *
    FROM (SELECT DISTINCT measure, provider, day, place, kind FROM direct WHERE units <> 0 AND measure <> '{nothing}')
),
-- an empty place or kind means any
kept AS MATERIALIZED (
    SELECT basis, measure, found.day, found.provider, found.bucket, snapshot, storage_class
    FROM (
        SELECT asked.*, bucket, snapshot FROM asked
        JOIN snapshots ON place = bucket AND asked.provider = snapshots.provider AND asked.day = snapshots.day
        UNION ALL
        SELECT asked.*, bucket, snapshot FROM asked
        JOIN snapshots ON place = '' AND asked.provider = snapshots.provider AND asked.day = snapshots.day
    ) found
    JOIN inventories i ON i.provider = found.provider AND i.bucket = found.bucket AND i.day = snapshot
    WHERE measure IN ('{stored}', '{missed}') AND kind IN ('', storage_class)
),
stored AS (
    SELECT basis, {title} AS title, sum(billable_bytes) AS driver
    FROM kept JOIN inventory i ON i.provider = kept.provider AND i.bucket = kept.bucket AND i.day = kept.snapshot
        AND i.storage_class = kept.storage_class
    WHERE measure = '{stored}' GROUP BY ALL
),
delivered AS (
    SELECT basis, {title} AS title, sum(CASE measure WHEN '{requested}' THEN requests ELSE bytes END) AS driver
    FROM (
        SELECT basis, measure, asked.day, distribution, price_region
        FROM asked JOIN served ON asked.day = served.day
        WHERE measure IN ('{delivered}', '{requested}') AND place IN ('', distribution) AND kind IN ('', price_region)
    ) JOIN request_titles USING (day, distribution, price_region)
    GROUP BY ALL
),
misses AS MATERIALIZED (
    SELECT day, video, {title} AS title, sum(bytes) AS driver FROM request_titles
    WHERE result = 'miss' AND day >= $start::DATE AND day < $end::DATE GROUP BY ALL
),
-- what a bucket, or a class of it, was asked for: what the CDN missed of the videos that lie there
missed AS (
    SELECT basis, title, sum(driver) AS driver
    FROM (
        SELECT DISTINCT basis, kept.day, video FROM kept
        JOIN inventory i ON i.provider = kept.provider AND i.bucket = kept.bucket AND i.day = kept.snapshot
            AND i.storage_class = kept.storage_class
        WHERE measure = '{missed}' AND video <> ''
    ) JOIN misses USING (day, video) GROUP BY ALL
    UNION ALL
    SELECT basis, title, sum(driver) FROM asked JOIN misses USING (day)
    WHERE measure = '{missed}' AND place = '' AND kind = '' AND basis NOT IN (SELECT basis FROM kept) GROUP BY ALL
),
accesses AS (
    SELECT basis, {title} AS title, sum(CASE measure
        WHEN '{fetched}' THEN if(tier = '2', bytes, 0) WHEN '{taken}' THEN if(via_cdn, 0, bytes)
        ELSE if(tier = '1', requests, 0) END) AS driver
    FROM (
        SELECT basis, measure, asked.day, bucket FROM asked JOIN accessed ON asked.day = accessed.day
        WHERE measure IN ('{fetched}', '{taken}', '{written}') AND place IN ('', bucket)
    ) wanted JOIN origin_requests o ON o.hour::DATE = wanted.day AND o.bucket = wanted.bucket
    WHERE hour >= $start::DATE AND hour < $end::DATE GROUP BY ALL
),
encoded AS (
    SELECT basis, {title} AS title, sum(seconds) AS driver
    FROM asked JOIN (SELECT unnest($encoded::STRUCT(day DATE, video VARCHAR, rung VARCHAR, seconds BIGINT)[], max_depth := 2))
        USING (day)
    WHERE measure = '{encoded}' GROUP BY ALL
),
drivers AS MATERIALIZED (
    FROM stored UNION ALL FROM delivered UNION ALL FROM missed UNION ALL FROM accesses UNION ALL FROM encoded
),
wholes AS MATERIALIZED (SELECT basis, sum(driver) AS whole FROM drivers GROUP BY basis HAVING sum(driver) > 0),
shared AS MATERIALIZED (
    SELECT direct.*, basis, whole FROM direct JOIN asked USING (measure, provider, day, place, kind)
    JOIN wholes USING (basis) WHERE units <> 0
),
{direct_split},
direct_sums AS MATERIALIZED (
    SELECT month, provider, account, service, pool, measure, title, sum(share) AS units, sum(driver) AS driver
    FROM direct_shares JOIN shared USING (id) GROUP BY ALL
),
unshared AS MATERIALIZED (
    SELECT direct.*, CASE
        WHEN pool = '{other}' THEN '{unknown_use}'
        WHEN measure = '{nothing}' THEN '{no_video}'
        WHEN measure = '{encoded}' THEN '{nothing_encoded}'
        WHEN measure IN ('{delivered}', '{requested}', '{missed}') AND NOT EXISTS (
            FROM served WHERE served.day = direct.day AND (measure = '{missed}' OR place IN ('', distribution))
        ) THEN '{no_logs}'
        WHEN measure IN ('{stored}', '{missed}') AND NOT EXISTS (
            FROM snapshots s WHERE s.provider = direct.provider AND s.day = direct.day AND place IN ('', s.bucket)
        ) THEN '{no_inventory}'
        WHEN measure IN ('{taken}', '{written}') AND NOT EXISTS (
            FROM accessed WHERE accessed.day = direct.day AND place IN ('', bucket)
        ) THEN '{no_access_logs}'
        ELSE '{nothing_measured}' END AS reason
    FROM direct ANTI JOIN shared USING (id)
),

-- what runs for all: by what the account's direct costs came to
direct_amounts AS MATERIALIZED (
    SELECT month, provider, account, service, title, greatest(sum(units), 0) AS driver FROM (
        SELECT month, provider, account, service, title, units FROM direct_sums
        UNION ALL SELECT month, provider, account, service, '', units FROM unshared
    ) GROUP BY ALL
),
overheads AS MATERIALIZED (
    SELECT row_number() OVER () AS id, *, NULL::VARCHAR AS scope_service FROM (
        SELECT month, provider, account, service, pool, {line_sums} FROM pooled WHERE pool = '{overhead}' GROUP BY ALL
    )
),
{overhead_scopes},
{overhead_split},
overhead_sums AS MATERIALIZED (
    SELECT month, provider, account, service, pool, title, sum(share) AS units, sum(driver) AS driver
    FROM overhead_shares JOIN overhead_shared USING (id) GROUP BY ALL
),

-- taxes, credits and fees: by what the account's costs for the service came to; support by all of its costs
all_amounts AS MATERIALIZED (
    SELECT month, provider, account, service, title, greatest(sum(driver), 0) AS driver FROM (
        FROM direct_amounts
        UNION ALL SELECT month, provider, account, service, title, units FROM overhead_sums
        UNION ALL SELECT month, provider, account, service, '', units FROM overheads ANTI JOIN overhead_shared USING (id)
    ) GROUP BY ALL
),
followers AS MATERIALIZED (
    SELECT row_number() OVER () AS id, *,
        CASE WHEN service <> '' AND service NOT LIKE 'AWS Support%' THEN service END AS scope_service
    FROM (
        SELECT month, provider, account, service, pool, {line_sums} FROM pooled
        WHERE measure = '{followed}' AND pool <> '{overhead}' GROUP BY ALL
    )
),
{follower_scopes},
{follower_split},
follower_sums AS MATERIALIZED (
    SELECT pool, title, sum(share) AS units, sum(driver) AS driver
    FROM follower_shares JOIN follower_shared USING (id) GROUP BY ALL
),

lines AS MATERIALIZED (
    SELECT pool, measure, cost, units, whole, day AS first_day, day AS last_day, 1 AS days FROM shared
    UNION ALL BY NAME
    SELECT pool, '{followed}' AS measure, cost, units, whole, first_day, last_day, days FROM overhead_shared
    UNION ALL BY NAME
    SELECT pool, '{followed}' AS measure, cost, units, whole, first_day, last_day, days FROM follower_shared
),
answers AS (
    SELECT title, pool, measure, '' AS reason, {money} AS cost, sum(driver) AS driver
    FROM direct_sums WHERE title <> '' GROUP BY ALL
    UNION ALL BY NAME
    SELECT title, pool, '{followed}' AS measure, if(title = '', '{goes_with_it}', '') AS reason, {money} AS cost,
        sum(driver) AS driver
    FROM (SELECT pool, title, units, driver FROM overhead_sums UNION ALL FROM follower_sums) GROUP BY ALL
    UNION ALL BY NAME
    SELECT NULL AS title, pool, measure, '' AS reason, sum(cost) AS cost, sum(whole) AS driver FROM lines GROUP BY ALL
    UNION ALL BY NAME
    SELECT '' AS title, pool, '{nothing}' AS measure, '{finer}' AS reason,
        sum(cost) - {money} AS cost FROM lines GROUP BY ALL HAVING sum(cost) <> {money}
    UNION ALL BY NAME
    SELECT '' AS title, pool, measure, '{no_video}' AS reason, sum(share)::DECIMAL(38, 0) * 0.0000000001 AS cost,
        sum(driver) AS driver, min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days
    FROM direct_shares JOIN shared USING (id) WHERE title = '' GROUP BY ALL
    UNION ALL BY NAME
    SELECT '' AS title, pool, measure, reason, sum(cost) AS cost,
        min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days
    FROM unshared GROUP BY ALL
    UNION ALL BY NAME
    SELECT '' AS title, pool, '{followed}' AS measure, if(bool_or(units <> 0), '{nothing_to_follow}', '{finer}') AS reason,
        sum(cost) AS cost, min(first_day) AS first_day, max(last_day) AS last_day, max(days) AS days
    FROM (
        SELECT pool, units, cost, first_day, last_day, days FROM overheads ANTI JOIN overhead_shared USING (id)
        UNION ALL
        SELECT pool, units, cost, first_day, last_day, days FROM followers ANTI JOIN follower_shared USING (id)
    ) GROUP BY pool, units <> 0
)
SELECT title, pool, measure, reason, cost::DECIMAL(38, 18), coalesce(driver, 0), first_day, last_day, coalesce(days, 0)
FROM answers WHERE title IS NULL OR cost <> 0 OR title <> ''

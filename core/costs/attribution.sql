-- What each title of a period costs. Parameters: start, end (not included), currency, encoded (a list of day, video,
-- rung, seconds); what stands in braces is filled in by attribution.py, the largest remainders by shares.py.
-- Rows: title, pool, measure, reason, cost, driver, first and last day, days. The title is NULL where a row tells what
-- all titles together come to, which comes first, and '' where no title causes the cost: the reason says why not.
WITH ruled AS (
    SELECT charge_period_start AS day, coalesce(provider_name, '') AS provider,
        coalesce(sub_account_id, billing_account_id, '') AS account, coalesce(service_name, '') AS service,
        {rule} AS rule, {place} AS place, {kind} AS kind, {metric} AS cost
    FROM resource_charges
    WHERE charge_period_start >= $start::DATE AND charge_period_start < $end::DATE AND {currency} = $currency
),
pooled AS MATERIALIZED (
    SELECT day, date_trunc('month', day)::DATE AS month, provider, account, service, pool, measure, place, kind,
        sum(cost)::DECIMAL(38, 18) AS cost
    FROM ruled JOIN ({rules}) rules (rule, pool, measure) USING (rule)
    GROUP BY ALL
),

-- which measurements there are; an empty place or kind of a charge means any, so each is there by those names too
inventories AS MATERIALIZED (
    SELECT DISTINCT provider, bucket, day, storage_class FROM inventory
    WHERE day >= $start::DATE - {reach} AND day < $end::DATE + {reach}
),
logs AS MATERIALIZED (
    SELECT row_number() OVER () AS log, * FROM (
        SELECT DISTINCT day, distribution, price_region FROM request_titles
        WHERE day >= $start::DATE AND day < $end::DATE
    )
),
logged AS MATERIALIZED (
    SELECT day, unnest(['', distribution]) AS place, price_region AS kind, log FROM logs
    UNION ALL SELECT day, unnest(['', distribution]), '', log FROM logs WHERE price_region <> ''
),
accesses AS MATERIALIZED (
    SELECT day, unnest(['', bucket]) AS place, bucket FROM (
        SELECT DISTINCT hour::DATE AS day, bucket FROM origin_requests WHERE hour >= $start::DATE AND hour < $end::DATE
    )
),
-- the inventory that stands for a day: the newest until then, else the oldest after it
snapshots AS MATERIALIZED (
    SELECT asked.provider, asked.day, bucket, unnest(['', bucket]) AS place,
        coalesce(max(i.day) FILTER (i.day <= asked.day), min(i.day)) AS snapshot
    FROM (SELECT DISTINCT provider, day FROM pooled) asked
    JOIN (SELECT DISTINCT provider, bucket, day FROM inventories) i
        ON i.provider = asked.provider AND i.day BETWEEN asked.day - {reach} AND asked.day + {reach}
    GROUP BY asked.provider, asked.day, bucket
),

-- direct costs: of each day, by what was measured on it
direct AS MATERIALIZED (
    SELECT row_number() OVER () AS id, * REPLACE (
        CASE WHEN measure = '{fetched}' AND NOT EXISTS (
            FROM accesses WHERE accesses.day = pooled.day AND accesses.place = pooled.place
        ) THEN '{missed}' ELSE measure END AS measure
    ), trunc(cost * 10000000000)::HUGEINT AS units
    FROM pooled WHERE measure <> '{followed}'
),
asked AS MATERIALIZED (
    SELECT row_number() OVER () AS basis, *
    FROM (SELECT DISTINCT measure, provider, day, place, kind FROM direct WHERE units <> 0 AND measure <> '{nothing}')
),
kept AS MATERIALIZED (
    SELECT basis, measure, asked.day, i.provider, i.bucket, snapshot, i.storage_class
    FROM asked JOIN snapshots s USING (provider, day, place)
    JOIN inventories i ON i.provider = s.provider AND i.bucket = s.bucket AND i.day = s.snapshot
    WHERE measure IN ('{stored}', '{missed}') AND kind IN ('', i.storage_class)
),
stored AS (
    SELECT basis, {title} AS title, sum(billable_bytes) AS driver
    FROM kept JOIN inventory i ON i.provider = kept.provider AND i.bucket = kept.bucket AND i.day = kept.snapshot
        AND i.storage_class = kept.storage_class
    WHERE measure = '{stored}' GROUP BY ALL
),
traffic AS MATERIALIZED (
    SELECT log, {title} AS title, sum(bytes) AS bytes, sum(requests) AS requests
    FROM request_titles JOIN logs USING (day, distribution, price_region) GROUP BY ALL
),
delivered AS (
    SELECT basis, title, CASE measure WHEN '{requested}' THEN requests ELSE bytes END AS driver
    FROM asked JOIN logged USING (day, place, kind) JOIN traffic USING (log)
    WHERE measure IN ('{delivered}', '{requested}')
),
misses AS MATERIALIZED (
    SELECT day, video, {title} AS title, sum(bytes) AS driver FROM request_titles
    WHERE result = 'miss' AND day >= $start::DATE AND day < $end::DATE GROUP BY ALL
),
-- what a bucket, or a class of it, was asked for: what the CDN missed of the videos that lie there
missed AS (
    SELECT basis, title, driver
    FROM (
        SELECT DISTINCT basis, kept.day, video FROM kept
        JOIN inventory i ON i.provider = kept.provider AND i.bucket = kept.bucket AND i.day = kept.snapshot
            AND i.storage_class = kept.storage_class
        SEMI JOIN misses ON misses.day = kept.day AND misses.video = i.video
        WHERE measure = '{missed}'
    ) JOIN misses USING (day, video)
),
accessed AS (
    SELECT basis, {title} AS title, sum(CASE measure
        WHEN '{fetched}' THEN if(tier = '2', bytes, 0) WHEN '{taken}' THEN if(via_cdn, 0, bytes)
        ELSE if(tier = '1', requests, 0) END) AS driver
    FROM (
        SELECT basis, measure, day, bucket FROM asked JOIN accesses USING (day, place)
        WHERE measure IN ('{fetched}', '{taken}', '{written}')
    ) wanted JOIN origin_requests o ON o.hour::DATE = wanted.day AND o.bucket = wanted.bucket
    WHERE hour >= $start::DATE AND hour < $end::DATE GROUP BY ALL
),
encoded AS (
    SELECT basis, {title} AS title, sum(seconds) AS driver
    FROM asked JOIN (
        SELECT unnest($encoded::STRUCT(day DATE, video VARCHAR, rung VARCHAR, seconds BIGINT)[], recursive := true)
    ) USING (day)
    WHERE measure = '{encoded}' GROUP BY ALL
),
drivers AS MATERIALIZED (
    FROM (FROM stored UNION ALL FROM delivered UNION ALL FROM missed UNION ALL FROM accessed UNION ALL FROM encoded)
    WHERE driver > 0
),
wholes AS MATERIALIZED (SELECT basis, sum(driver) AS whole FROM drivers GROUP BY basis),
sharings AS MATERIALIZED (
    SELECT row_number() OVER () AS sharing, *
    FROM (SELECT DISTINCT month, provider, account, service, pool, measure FROM direct)
),
shared AS MATERIALIZED (
    SELECT id, sharing, basis, whole, units, cost, day, pool, measure
    FROM direct JOIN asked USING (measure, provider, day, place, kind) JOIN wholes USING (basis)
    JOIN sharings USING (month, provider, account, service, pool, measure) WHERE units <> 0
),
{direct_split},
unshared AS MATERIALIZED (
    SELECT direct.*, CASE
        WHEN pool = '{other}' THEN '{unknown_use}'
        WHEN measure = '{nothing}' THEN '{no_video}'
        WHEN units = 0 THEN '{finer}'
        WHEN measure = '{encoded}' THEN '{nothing_encoded}'
        WHEN measure = '{missed}' AND NOT EXISTS (FROM logs WHERE logs.day = direct.day)
            OR measure IN ('{delivered}', '{requested}') AND NOT EXISTS (
                FROM logged WHERE logged.day = direct.day AND logged.place = direct.place
            ) THEN '{no_logs}'
        WHEN measure IN ('{stored}', '{missed}') AND NOT EXISTS (
            FROM snapshots s WHERE s.provider = direct.provider AND s.day = direct.day AND s.place = direct.place
        ) THEN '{no_inventory}'
        WHEN measure IN ('{taken}', '{written}') AND NOT EXISTS (
            FROM accesses WHERE accesses.day = direct.day AND accesses.place = direct.place
        ) THEN '{no_access_logs}'
        ELSE '{nothing_measured}' END AS reason
    FROM direct ANTI JOIN shared USING (id)
),

-- what goes with direct costs: overhead and support with all that the account came to, taxes, credits and fees with
-- what it came to for their service, or with what all accounts did where the account has nothing
amounts AS MATERIALIZED (
    SELECT month, provider, account, service, title, sum(units) AS driver FROM (
        SELECT month, provider, account, service, title, units FROM direct_shares JOIN sharings USING (sharing)
        UNION ALL SELECT month, provider, account, service, '', units FROM unshared
    ) GROUP BY ALL HAVING sum(units) > 0
),
scoped_amounts AS MATERIALIZED (
    SELECT month, provider, account, service, title, sum(driver) AS driver FROM amounts
    GROUP BY GROUPING SETS ((month, provider, account, service, title), (month, provider, account, title),
        (month, provider, service, title), (month, provider, title))
),
scopes AS MATERIALIZED (
    SELECT row_number() OVER () AS basis, *
    FROM (SELECT month, provider, account, service, sum(driver) AS whole FROM scoped_amounts GROUP BY ALL)
),
scope_drivers AS (
    SELECT basis, title, driver FROM scoped_amounts a JOIN scopes s ON a.month = s.month AND a.provider = s.provider
        AND a.account IS NOT DISTINCT FROM s.account AND a.service IS NOT DISTINCT FROM s.service
),
followers AS MATERIALIZED (
    SELECT p.*, CASE
        WHEN pool = '{overhead}' OR service = '' OR service LIKE 'AWS Support%' THEN NULL
        WHEN service IN (SELECT service FROM amounts a WHERE a.month = p.month AND a.provider = p.provider) THEN service
        WHEN service IN (
            SELECT service FROM pooled o WHERE pool = '{overhead}' AND o.month = p.month AND o.provider = p.provider
        ) THEN NULL
        ELSE service END AS scope
    FROM pooled p WHERE measure = '{followed}'
),
following AS MATERIALIZED (
    SELECT row_number() OVER () AS sharing, *, trunc(cost * 10000000000)::HUGEINT AS units FROM (
        SELECT pool, coalesce(near.basis, far.basis) AS basis, coalesce(near.whole, far.whole) AS whole,
            sum(cost)::DECIMAL(38, 18) AS cost, min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days
        FROM followers f
        LEFT JOIN scopes near ON near.month = f.month AND near.provider = f.provider AND near.account = f.account
            AND near.service IS NOT DISTINCT FROM f.scope
        LEFT JOIN scopes far ON far.month = f.month AND far.provider = f.provider AND far.account IS NULL
            AND far.service IS NOT DISTINCT FROM f.scope
        GROUP BY ALL
    )
),
led AS MATERIALIZED (FROM following WHERE basis IS NOT NULL AND units <> 0),
{following_split},

lines AS MATERIALIZED (
    SELECT pool, measure, cost, units, whole FROM shared
    UNION ALL SELECT pool, '{followed}', cost, units, whole FROM led
),
answers AS (
    SELECT title, pool, measure, '' AS reason, {money} AS cost, sum(driver) AS driver
    FROM direct_shares JOIN sharings USING (sharing) WHERE title <> '' GROUP BY ALL
    UNION ALL BY NAME
    SELECT title, pool, '{followed}' AS measure, if(title = '', '{goes_with_it}', '') AS reason, {money} AS cost,
        sum(driver) AS driver
    FROM (SELECT title, pool, f.units, driver FROM following_shares f JOIN led USING (sharing)) GROUP BY ALL
    UNION ALL BY NAME
    SELECT NULL AS title, pool, measure, '' AS reason, sum(cost) AS cost, sum(whole) AS driver FROM lines GROUP BY ALL
    UNION ALL BY NAME
    SELECT '' AS title, pool, '{nothing}' AS measure, '{finer}' AS reason,
        sum(cost) - {money} AS cost FROM lines GROUP BY ALL
    UNION ALL BY NAME
    SELECT '' AS title, pool, measure, '{no_video}' AS reason, {money} AS cost, sum(driver) AS driver,
        min(first_day) AS first_day, max(last_day) AS last_day, max(days) AS days
    FROM (SELECT sharing, units, driver FROM direct_shares WHERE title = '') JOIN sharings USING (sharing) JOIN (
        SELECT sharing, min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days
        FROM shared SEMI JOIN (FROM drivers WHERE title = '') USING (basis) GROUP BY ALL
    ) USING (sharing) GROUP BY ALL
    UNION ALL BY NAME
    SELECT '' AS title, pool, measure, reason, sum(cost) AS cost,
        min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days
    FROM unshared GROUP BY ALL
    UNION ALL BY NAME
    SELECT '' AS title, pool, '{followed}' AS measure, if(basis IS NULL, '{nothing_to_follow}', '{finer}') AS reason,
        sum(cost) AS cost, min(first_day) AS first_day, max(last_day) AS last_day, max(days) AS days
    FROM following ANTI JOIN led USING (sharing) GROUP BY ALL
)
-- numbers as text, which is handed over in a third of the time that large numbers take
SELECT title, pool, measure, reason, cost::DECIMAL(38, 18)::VARCHAR, coalesce(driver, 0)::VARCHAR, first_day, last_day,
    coalesce(days, 0)
FROM answers WHERE title IS NULL OR title <> '' OR cost <> 0
ORDER BY title NULLS FIRST, answers.cost DESC, pool, measure

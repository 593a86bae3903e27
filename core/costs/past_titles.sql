-- What each title was due of each day's charges, from the steps of attribution.sql with days as spans.

-- name: daily
SELECT label, provider, day, {money}::VARCHAR AS cost
FROM (
    SELECT title, provider, month AS day, direct_shares.units FROM direct_shares JOIN sharings USING (sharing)
    UNION ALL SELECT title, provider, month AS day, following_shares.units
    FROM following_shares JOIN led USING (sharing) JOIN scopes USING (basis)
) JOIN labels USING (title)
WHERE title <> 0 GROUP BY ALL

-- A day of 300 videos, 40 edges and 30 countries: 4,000 viewers, each of whom watches one video at one edge and on one
-- device, for a quarter of an hour to two hours. Of each of them 25 requests are in the log.

-- name: viewers
CREATE OR REPLACE TABLE viewers AS
SELECT
    viewer, video, (hash(viewer, video, '$day') % 1000000007)::BIGINT AS chance,
    floor(30 * pow((hash(viewer, '$day') % 1000000) / 1e6, 2))::INTEGER AS country,
    TIMESTAMP '$day' + to_seconds((hash('$day', viewer) % 79200)::BIGINT) AS began,
    900 + (hash(viewer, '$day', 1) % 6300)::BIGINT AS seconds
FROM (
    SELECT viewer, floor(300 * pow((hash('$day', viewer, 2) % 1000000) / 1e6, 3))::INTEGER AS video
    FROM range(4000) numbers (viewer)
);

-- name: lines
SELECT
    '$day' AS "date", strftime(instant, '%H:%M:%S') AS "time",
    [
        'IAD', 'FRA', 'LHR', 'NRT', 'SIN', 'GRU', 'BOM', 'CDG', 'ORD', 'SYD', 'AMS', 'ARN', 'ATL', 'BOS', 'CPH', 'DFW',
        'DEN', 'DUB', 'EWR', 'HEL', 'HKG', 'JFK', 'KIX', 'LAX', 'MAD', 'MAN', 'MIA', 'MRS', 'MUC', 'MXP', 'OSL', 'PRG',
        'SEA', 'SFO', 'TPE', 'VIE', 'WAW', 'YUL', 'YYZ', 'ZRH'
    ][1 + (country * 4 + chance % 3) % 40] || '50-C1' AS "x-edge-location",
    (200000 + luck % 2000000)::VARCHAR AS "sc-bytes",
    'd111111abcdef8.cloudfront.net' AS "cs(Host)",
    '/videos/v' || lpad(video::VARCHAR, 3, '0') || CASE
        WHEN number = 0 THEN '/hls/master.m3u8' WHEN number = 1 THEN '/poster.jpg'
        ELSE '/hls/' || ['1080p', '720p', '480p', '360p'][1 + (CASE WHEN luck % 10 < 9 THEN chance ELSE luck // 10 END % 4)]
            || '.m4s' END AS "cs-uri-stem",
    CASE WHEN luck % 100 = 0 THEN '404' WHEN luck % 100 = 1 THEN '503' WHEN number < 2 THEN '200' ELSE '206' END AS "sc-status",
    [
        'Mozilla/5.0%20(iPhone;%20CPU%20iPhone%20OS%2017_0%20like%20Mac%20OS%20X)%20AppleWebKit/605.1.15',
        'Mozilla/5.0%20(iPad;%20CPU%20OS%2017_0%20like%20Mac%20OS%20X)%20AppleWebKit/605.1.15',
        'Mozilla/5.0%20(Windows%20NT%2010.0;%20Win64;%20x64)%20AppleWebKit/537.36%20Chrome/120.0.0.0%20Safari/537.36',
        'Mozilla/5.0%20(Linux;%20Android%2011;%20SmartTV)%20AppleWebKit/537.36%20Chrome/90.0%20Safari/537.36',
        'VLC/3.0.18%20LibVLC/3.0.18',
        'Mozilla/5.0%20(compatible;%20Googlebot/2.1;%20+http://www.google.com/bot.html)'
    ][1 + (CASE WHEN chance % 100 < 3 THEN 5 ELSE chance // 100 % 5 END)] AS "cs(User-Agent)",
    'r' || viewer || '-' || number || '-$day' AS "x-edge-request-id",
    'https' AS "cs-protocol",
    '400' AS "cs-bytes",
    printf('%.3f', 0.02 + (luck % 3000) / 1000.0) AS "time-taken",
    CASE WHEN luck % 100 < 2 THEN 'Error' WHEN luck % 100 < 12 THEN 'Miss' WHEN luck % 100 < 14 THEN 'RefreshHit'
        ELSE 'Hit' END AS "x-edge-response-result-type",
    printf('%.3f', 0.002 + (luck // 7 % 40 + chance // 11 % 40) / 1000.0) AS "time-to-first-byte",
    COUNTRY AS "c-country",
    'E2K2LNL5N3WR51' AS distributionid
FROM (
    SELECT *, (hash(viewer, number, '$day') % 1000000007)::BIGINT AS luck, began + to_milliseconds(seconds * 1000 * number // 25) AS instant
    FROM viewers, range(25) numbers (number)
) ORDER BY instant;

-- name: sessions
SELECT
    DATE '$day' AS day, 'v' || lpad(video::VARCHAR, 3, '0') AS video, md5(viewer || '$day') AS session,
    COUNTRY AS country, ['phone', 'tablet', 'desktop', 'tv'][1 + chance % 4] AS device, began AS started,
    began + to_seconds(seconds) AS ended, chance % 50 > 0 AS played, 200 + (chance // 50 % 3000)::BIGINT AS startup_ms,
    chance % 50 = 0 AS ebvs, chance % 90 = 1 AS failed, seconds * 1000 AS watched_ms, (chance // 7 % 4)::BIGINT AS stalls,
    (chance // 7 % 4)::BIGINT * 900 AS stalled_ms, NULL::BIGINT AS bytes,
    ['1080p', '720p', '480p', '360p'][1 + (chance % 4)] AS rung, 3000 AS bitrate_kbps, seconds * 1000 AS furthest_ms,
    7200000 AS duration_ms, viewer % 5 < 3 AS exact, 'left' AS ending, 1.0::DOUBLE AS weight, true AS right_clock
FROM viewers WHERE exact = EXACT ORDER BY started, session;

-- name: session_rungs
SELECT day, video, session, country, device, rungs.rung, watched_ms // 2 AS watched_ms, exact, weight
FROM SESSIONS JOIN (VALUES (0, '1080p'), (1, '720p'), (2, '480p'), (3, '360p')) rungs (number, rung)
    ON rungs.number IN (hash(session) % 4, (hash(session) + 1) % 4)
ORDER BY ALL;

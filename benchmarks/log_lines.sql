-- Believable lines of a CDN's log, in the order of their time: two thousand viewers at once, each of whom watches one
-- video for 150 requests, nearly all in one rung, at one edge and with one agent.
WITH watched AS (
    SELECT i, hash(hash(i) % 2000 + 2000 * (i // 300000)) AS viewer, hash(i * 17 + 3) AS this, hash(i * 13 + 1) AS chance
    FROM range($first::BIGINT, $last::BIGINT) numbers(i)
),
told AS (
    SELECT
        *,
        floor(20000 * pow((viewer % 1000000) / 1e6, 3))::INTEGER AS video,
        this % 100 AS what,
        ['1080p', '720p', '480p', '360p', 'audio'][
            1 + (CASE WHEN this % 10 < 9 THEN viewer // 1000 % 5 ELSE this // 100 % 5 END)::INTEGER
        ] AS rung,
        viewer // 7 % 200000 AS address,
        viewer // 11 % 3000 AS agent,
        chance // 1000000 % 100 AS luck,
        200000 + this % 2000000 AS size
    FROM watched
),
answered AS (
    SELECT *, CASE WHEN luck < 2 THEN 'Error' WHEN luck < 12 THEN 'Miss' WHEN luck < 14 THEN 'RefreshHit' ELSE 'Hit' END AS result
    FROM told
)
SELECT concat_ws(
    chr(9),
    '2026-11-28',
    strftime(TIMESTAMP '2026-11-28' + to_milliseconds((i * 86400000 // $lines)::BIGINT), '%H:%M:%S'),
    [
        'IAD89-C1', 'FRA56-P2', 'LHR62-C3', 'NRT57-P1', 'SIN2-C1', 'GRU1-C2', 'BOM78-P4', 'CDG50-C1', 'ORD58-P9', 'SYD62-P2'
    ][1 + (address % 10)::INTEGER],
    size,
    concat_ws('.', address % 223 + 1, address // 223 % 255, address // 7 % 255, address % 255),
    'GET',
    'd111111abcdef8.cloudfront.net',
    '/videos/v' || lpad(video::VARCHAR, 8, '0')
        || CASE WHEN what < 3 THEN '/hls/master.m3u8' WHEN what < 6 THEN '/poster.jpg' ELSE '/hls/' || rung || '.m4s' END,
    CASE WHEN luck = 0 THEN '404' WHEN luck = 1 THEN '503' WHEN what < 6 THEN '200' ELSE '206' END,
    'https://www.example.com/watch',
    'Mozilla/5.0%20(Windows%20NT%2010.0;%20Win64;%20x64)%20AppleWebKit/537.36%20(KHTML,%20like%20Gecko)%20Chrome/'
        || (agent % 60 + 60) || '.0.' || (agent // 60 * 37) || '.0%20Safari/537.36',
    'CMCD=bl%253D' || (chance % 30000) || '%252Cbr%253D3000%252Ccid%253D%2522v' || video || '%2522%252Csid%253D%2522'
        || address || '%2522',
    '-',
    result,
    base64(encode(md5(i::VARCHAR))) || '==',
    'd111111abcdef8.cloudfront.net',
    'https',
    300 + viewer % 900,
    printf('%.3f', 0.01 + (this % 3000) / 1000.0),
    '-',
    'TLSv1.3',
    'TLS_AES_128_GCM_SHA256',
    result,
    'HTTP/2.0',
    '-',
    '-',
    1024 + address % 60000,
    printf('%.3f', 0.001 + (chance % 40 + address % 30) / 1000.0),
    result,
    'video/iso.segment',
    size,
    viewer % 1000000,
    viewer % 1000000 + size
) AS line
FROM answered ORDER BY i

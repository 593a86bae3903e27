-- What can be used of the tables `objects` and `reads`, and how many rows cannot, for which reason. Days since 1970.
CREATE TABLE judged_objects AS
SELECT *, CASE
    WHEN object IS NULL THEN 'objects have no name: they are left out.'
    WHEN bytes IS NULL OR isnan(bytes) THEN 'objects have no size: they are left out.'
    WHEN bytes < 0 THEN 'objects have a size below 0: they are left out.'
    WHEN bytes > 50 * 1024 ** 4 THEN 'objects are larger than the 50 TB that S3 takes: they are left out.'
    WHEN created IS NULL OR created NOT BETWEEN 0 AND 47481
        THEN 'objects have no day of creation from 1970 to 2099: they are left out.'
    WHEN row_number() OVER (PARTITION BY object ORDER BY created, bytes) > 1
        THEN 'rows list an object again: the earliest of each counts.'
END AS remark
FROM objects;

CREATE TABLE usable_objects AS
SELECT
    object, row_number() OVER (ORDER BY object) - 1 AS place,
    dense_rank() OVER (ORDER BY coalesce("group", object)) - 1 AS video, bytes::BIGINT AS size, created::BIGINT AS created
FROM judged_objects WHERE remark IS NULL;

CREATE TABLE judged_reads AS
SELECT place, day, gets, read.bytes, CASE
    WHEN place IS NULL AND EXISTS (SELECT 1 FROM judged_objects other WHERE other.object = read.object)
        THEN 'reads are of objects that are left out: they are left out too.'
    WHEN place IS NULL THEN 'reads are of objects that are not listed: they are left out.'
    WHEN day IS NULL OR day NOT BETWEEN 10957 AND 47481 THEN 'reads have no day from 2000 to 2099: they are left out.'
    WHEN gets IS NULL OR read.bytes IS NULL OR NOT isfinite(gets) OR NOT isfinite(read.bytes)
        THEN 'reads have no number of GETs or bytes: they are left out.'
    WHEN gets < 0 OR read.bytes < 0 THEN 'reads have a number of GETs or bytes below 0: they are left out.'
    WHEN gets > 1e15 OR read.bytes > 1e18 THEN 'reads have more GETs or bytes than can be: they are left out.'
    WHEN day < created THEN 'reads are from before their object''s creation: they are left out.'
    WHEN gets = 0 AND read.bytes = 0 THEN 'reads are of no GET and no byte: they are left out.'
END AS remark
FROM reads read LEFT JOIN usable_objects USING (object);

CREATE TABLE remarks AS
SELECT remark, count(*) AS rows FROM judged_objects WHERE remark IS NOT NULL GROUP BY ALL
UNION ALL SELECT remark, count(*) FROM judged_reads WHERE remark IS NOT NULL GROUP BY ALL
UNION ALL
SELECT 'rows of reads tell of an object and day again: they are added up.', count(*) - count(DISTINCT (place, day))
FROM judged_reads WHERE remark IS NULL;

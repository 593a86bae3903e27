-- name: measurement(dataset, source, day)^
-- The segment that is the truth about a day.
select path, inputs, lines from measurements where dataset = :dataset and source = :source and day = :day;

-- name: measurements_of(source)
-- The segments of a source, oldest day first.
select dataset, source, day, path, inputs, lines from measurements where source = :source order by day, dataset;

-- name: files_of_source(source)
-- Each file of the segments of a source, as it was written: bytes and SHA-256.
select dataset, source, day, name, size_bytes, sha256 from measurement_files where source = :source;

-- name: forget_measurement(dataset, source, day)!
-- Forget a segment, with its parts and files.
delete from measurements where dataset = :dataset and source = :source and day = :day;

-- name: add_measurement(dataset, source, day, path, inputs, lines, loaded_at)!
-- Make a segment the truth about its day.
insert into measurements (dataset, source, day, path, inputs, lines, loaded_at)
values (:dataset, :source, :day, :path, :inputs, :lines, :loaded_at);

-- name: add_part(dataset, source, day, part, lines)!
-- Record how many lines a segment has of a distribution or bucket.
insert into measurement_parts (dataset, source, day, part, lines, counted)
values (:dataset, :source, :day, :part, :lines, true);

-- name: add_file(dataset, source, day, name, size_bytes, sha256)!
-- Record how a file of a segment was written.
insert into measurement_files (dataset, source, day, name, size_bytes, sha256)
values (:dataset, :source, :day, :name, :size_bytes, :sha256);

-- name: parts_of(dataset, day)
-- What all sources tell of a day, the most lines of each part first; what the catalogue tells last.
select source, part, lines from measurement_parts where dataset = :dataset and day = :day
order by part, source = 'catalog', lines desc, source;

-- name: count_part(dataset, source, day, part, counted)!
-- Say whether a source is counted for a part, where that is not what is said already.
update measurement_parts set counted = :counted
where dataset = :dataset and source = :source and day = :day and part = :part and counted <> :counted;

-- name: read_files(source)
-- The files of a source that were looked into.
select path, fingerprint, dataset, lines, bad_lines, bad_reason, lacks from measured_files where source = :source order by path;

-- name: file_days(source)
-- The days that they have lines of.
select path, day, lines from measured_file_days where source = :source order by day;

-- name: forget_read_file(source, path)!
-- Forget what was found in a file.
delete from measured_files where source = :source and path = :path;

-- name: add_read_file(source, path, fingerprint, dataset, lines, bad_lines, bad_reason, lacks, read_at)!
-- Record what was found in a file.
insert into measured_files (source, path, fingerprint, dataset, lines, bad_lines, bad_reason, lacks, read_at)
values (:source, :path, :fingerprint, :dataset, :lines, :bad_lines, :bad_reason, :lacks, :read_at);

-- name: add_file_day(source, path, day, lines)!
-- Record how many lines a file has of a day.
insert into measured_file_days (source, path, day, lines) values (:source, :path, :day, :lines);

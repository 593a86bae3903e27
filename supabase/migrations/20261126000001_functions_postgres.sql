-- What named queries use that only SQLite has by itself.
create function instr(text text, sought text) returns integer
language sql immutable strict parallel safe as $$ select strpos(text, sought) $$;

create function json_each(document text) returns table (key bigint, value text)
language sql immutable strict parallel safe rows 20 as $$
    select number - 1, element from json_array_elements_text(document::json) with ordinality as list (element, number)
$$;

create function json_extract(document text, path text) returns text
language sql immutable strict parallel safe as $$
    select jsonb_path_query_first(document::jsonb, path::jsonpath) #>> '{}'
$$;

-- The order in which links were remembered.
alter table links add column rowid bigint generated always as identity;

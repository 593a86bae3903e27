-- Run after each change of the tables: what has to hold for every table of the schema, those to come too.
do $$
declare
    relation regclass;
    name text;
    kinds text;
    views text[] := '{}';
begin
    -- Text is compared by its bytes, as SQLite does and as instants need it, whatever the language of the server.
    -- A view stands in the way of changing a column that it shows.
    if exists (
        select 1 from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
            and a.atttypid = 'text'::regtype and a.attcollation <> '"C"'::regcollation
    ) then
        for relation in
            select oid from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'v' order by oid
        loop
            views := views || format('create view %s as %s', relation, pg_get_viewdef(relation));
        end loop;
        for name in select viewname from pg_views where schemaname = current_schema() loop
            execute format('drop view if exists %I cascade', name);
        end loop;
        for relation, kinds in
            select c.oid, string_agg(format('alter column %I type text collate "C"', a.attname), ', ')
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0
                and not a.attisdropped and a.atttypid = 'text'::regtype and a.attcollation <> '"C"'::regcollation
            group by c.oid
        loop
            execute format('alter table %s %s', relation, kinds);
        end loop;
        for number in 1 .. cardinality(views) loop
            execute views[number];
        end loop;
    end if;

    -- Nobody but the owner reads a row, whatever was granted to whom: there is no policy that lets anyone.
    for relation in
        select oid from pg_class
        where relnamespace = current_schema()::regnamespace and relkind = 'r' and not relrowsecurity
    loop
        execute format('alter table %s enable row level security', relation);
    end loop;
    for relation in select oid from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'v' loop
        execute format('alter view %s set (security_invoker = true)', relation);
    end loop;
end $$;

-- Where ids go on, and what the planner knows.

do $$
declare
    identity record;
begin
    for identity in
        select table_name, column_name
        from information_schema.columns
        where table_schema = 'public' and is_identity = 'YES'
    loop
        execute format(
            'select setval(pg_get_serial_sequence(%L, %L), greatest(1, (select max(%I) from %I)))',
            identity.table_name, identity.column_name, identity.column_name, identity.table_name
        );
    end loop;
end
$$;

drop schema seed cascade;
vacuum (freeze, analyze);

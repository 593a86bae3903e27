-- What a delivery comes to in each currency: a bill in several is restated in each by itself.
create table delivery_totals (
    delivery_id text not null references deliveries (id),
    currency text not null,               -- empty: not stated
    total text not null,                  -- billed cost, decimal
    primary key (delivery_id, currency)
);
insert into delivery_totals (delivery_id, currency, total) select id, currency, total from deliveries;

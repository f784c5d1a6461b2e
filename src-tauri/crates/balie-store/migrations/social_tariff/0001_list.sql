-- Who has the social tariff in one region, as UiTPAS last listed them all. The file is built whole beside the one that is
-- in use and takes its place in one step; nothing in it is ever changed but the moment until which it holds.
--
-- It holds no numbers: each card is the first eight bytes of a keyed hash, in ascending order, many to a row.

create table list (
    card_system_id   integer primary key,
    card_system_name text    not null,
    as_of            integer not null,
    -- How many cards there are.
    count            integer not null,
    -- A keyed hash over everything that the download said, to see that the next one says the same.
    digest           blob    not null check (length(digest) = 32)
) strict;

create table part (
    -- `cards` are hashes of eight bytes; `groups` are the hash of a group pass and its available tickets, twelve bytes.
    kind  text    not null check (kind in ('cards', 'groups')),
    place integer not null,
    bytes blob    not null,
    primary key (kind, place)
) strict;

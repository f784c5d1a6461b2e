-- What the desk must know of itself to say how ready it is to work without a connection.

-- When the settings, the regions and the prices of an activity were last asked for; they cost a request each, so they are
-- older than the list.
alter table event add column details_as_of integer;

-- The desks that whoever is signed in may stand at, and what may be done there.
create table permitted_desk (
    organizer_id text    primary key,
    name         text    not null,
    -- The place in the list.
    place        integer not null,
    as_of        integer not null
) strict, without rowid;

create table permission (
    organizer_id text not null references permitted_desk (organizer_id) on delete cascade,
    id           text not null,
    primary key (organizer_id, id)
) strict, without rowid;

-- The regions of which the list of kansentarieven may be fetched.
create table listed_region (
    organizer_id text    not null references permitted_desk (organizer_id) on delete cascade,
    id           integer not null,
    name         text    not null,
    primary key (organizer_id, id)
) strict, without rowid;

-- When each part of what the desk works with was last fetched, and whether it may be fetched at all.
create table fetched (
    part      text    primary key check (part in ('events', 'prices', 'rewards', 'lists')),
    as_of     integer,
    forbidden integer not null check (forbidden in (0, 1))
) strict, without rowid;

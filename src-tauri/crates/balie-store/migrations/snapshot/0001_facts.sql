-- The snapshot: what UiTPAS said and when. All of it can be asked again, so losing this file costs a refresh and nothing
-- else. It holds no first names, no dates of birth, no addresses and no national numbers.

create table pass (
    uitpas_number    text    primary key check (length(uitpas_number) = 13),
    -- Learned from a tap that was looked up online.
    chip             text    unique,
    passholder_id    text    not null,
    kind             text    not null check (kind in ('individual', 'group')),
    status           text    not null check (status in ('active', 'expired', 'none')),
    ends_at          integer,
    card_system_id   integer,
    card_system_name text,
    points           integer,
    as_of            integer not null
) strict, without rowid;

-- Identifiers that UiTPAS refused: a blocked card stays blocked without a connection too.
create table refused_pass (
    identifier text    primary key,
    why        text    not null check (why in ('card_blocked', 'card_not_active', 'passholder_blocked')),
    said       text,
    as_of      integer not null
) strict, without rowid;

create table event (
    id            text    primary key,
    title         text    not null,
    calendar      text    not null check (calendar in ('single', 'multiple', 'periodic', 'permanent')),
    starts_at     integer,
    ends_at       integer,
    -- Absent when the settings could not be read.
    limit_volume  integer,
    limit_period  text check (limit_period in ('absolute', 'day', 'week', 'month', 'quarter', 'year')),
    -- Whether the card systems of the activity were asked.
    systems_known integer not null check (systems_known in (0, 1)),
    -- The place in the list.
    place         integer not null,
    as_of         integer not null
) strict, without rowid;

create table event_price (
    event_id      text    not null references event (id) on delete cascade,
    place         integer not null,
    label         text    not null,
    regular_cents integer not null,
    primary key (event_id, place)
) strict, without rowid;

create table event_card_system (
    event_id text    not null references event (id) on delete cascade,
    id       integer not null,
    name     text    not null,
    primary key (event_id, id)
) strict, without rowid;

-- The last answer of UiTPAS about a price for whoever has the social tariff. It outlives the event list of one day.
create table static_price (
    event_id      text    not null,
    regular_cents integer not null,
    -- Both absent when UiTPAS answered that there is no tariff.
    tariff_id     text,
    price_cents   integer,
    said          text,
    as_of         integer not null,
    primary key (event_id, regular_cents)
) strict, without rowid;

-- The last answer of UiTPAS that a person gets no tariff for a price. A suspension and a sale at another desk show nowhere
-- else, so without a connection this holds until a newer answer says otherwise.
create table refused_price (
    passholder_id text    not null,
    event_id      text    not null,
    regular_cents integer not null,
    said          text,
    as_of         integer not null,
    primary key (passholder_id, event_id, regular_cents)
) strict, without rowid;

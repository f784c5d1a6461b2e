-- What the desk must know to save points and redeem rewards by itself, and how well its own answers agree with those of
-- UiTPAS.

-- Tells the own municipality from another, for the distribution keys that ask it.
alter table pass add column postal_code text;

-- Absent when the settings could not be read.
alter table event add column check_in_volume integer;
alter table event add column check_in_period text
    check (check_in_period in ('absolute', 'day', 'week', 'month', 'quarter', 'year'));
alter table event add column check_in_points integer;
-- The first and last day of a season, as 2026-11-21.
alter table event add column first_day text;
alter table event add column last_day text;
-- Whether there are opening hours, also where they hold on no day: none known is something else than never open.
alter table event add column has_opening integer not null default 0 check (has_opening in (0, 1));

-- The dates of an activity (milliseconds since 1970).
create table event_session (
    event_id  text    not null references event (id) on delete cascade,
    place     integer not null,
    starts_at integer not null,
    ends_at   integer not null,
    primary key (event_id, place)
) strict, without rowid;

-- The opening hours of an activity; Monday is 1, hours are minutes since midnight.
create table event_opening (
    event_id text    not null references event (id) on delete cascade,
    place    integer not null,
    weekday  integer not null check (weekday between 1 and 7),
    opens    integer not null check (opens between 0 and 1439),
    closes   integer not null check (closes between 0 and 1439),
    primary key (event_id, place, weekday)
) strict, without rowid;

create table reward (
    id            text    primary key,
    title         text    not null,
    kind          text    not null check (kind in ('points', 'welcome')),
    points        integer not null,
    active        integer not null check (active in (0, 1)),
    from_at       integer,
    until_at      integer,
    -- Whether it is for passholders of all regions.
    all_systems   integer not null check (all_systems in (0, 1)),
    limit_volume  integer,
    limit_period  text check (limit_period in ('absolute', 'day', 'week', 'month', 'quarter', 'year')),
    stock         integer,
    taken         integer not null,
    online        integer not null check (online in (0, 1)),
    practical     text,
    -- The place in the list.
    place         integer not null,
    as_of         integer not null
) strict, without rowid;

create table reward_card_system (
    reward_id text    not null references reward (id) on delete cascade,
    id        integer not null,
    name      text    not null,
    primary key (reward_id, id)
) strict, without rowid;

-- Where it can be redeemed; no rows means everywhere.
create table reward_organizer (
    reward_id    text not null references reward (id) on delete cascade,
    organizer_id text not null,
    primary key (reward_id, organizer_id)
) strict, without rowid;

-- The ticket sales, check-ins and redemptions that UiTPAS last listed for a person who came by.
create table server_row (
    kind          text    not null check (kind in ('sell', 'check_in', 'redeem')),
    passholder_id text    not null,
    -- The activity or the reward.
    subject_id    text    not null,
    server_id     text    not null,
    at            integer not null,
    primary key (kind, passholder_id, subject_id, server_id)
) strict, without rowid;

-- When those lists were taken.
create table server_listing (
    kind          text    not null check (kind in ('sell', 'check_in', 'redeem')),
    passholder_id text    not null,
    as_of         integer not null,
    primary key (kind, passholder_id)
) strict, without rowid;

-- How many turns a group pass had left at an activity, when UiTPAS last said.
create table group_turns (
    passholder_id text    not null,
    event_id      text    not null,
    regular_cents integer not null,
    turns         integer not null,
    as_of         integer not null,
    primary key (passholder_id, event_id, regular_cents)
) strict, without rowid;

-- The welcome advantages that UiTPAS last said a person can redeem.
create table granted_welcome (
    passholder_id text    not null,
    reward_id     text    not null,
    as_of         integer not null,
    primary key (passholder_id, reward_id)
) strict, without rowid;

-- How often the local answer and the live one stood to each other in a way. Verbs and codes only, no people.
create table agreement (
    verb      text    not null check (verb in ('sell', 'check_in', 'redeem')),
    local     text    not null,
    live      text    not null,
    agreement text    not null check (agreement in ('same', 'lacks_facts', 'stricter', 'looser', 'other_terms')),
    count     integer not null,
    last_at   integer not null,
    primary key (verb, local, live, agreement)
) strict, without rowid;

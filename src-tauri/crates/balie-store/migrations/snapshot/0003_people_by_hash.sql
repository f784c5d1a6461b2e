-- Whoever can open this file reads no number of a card in it. A pass is found by a keyed hash (HMAC-SHA-256, under a key
-- that is derived from the key of the file) of its number or of its chip. The number itself stands here only sealed under
-- a key that is made of the chip: whoever holds the card can read it, and nobody can list the numbers of all of them.
--
-- What earlier versions wrote here in plain is dropped, not carried over: a migration has no key to hash with, and all of
-- it can be asked again. Offline, a card that was known before must be shown to UiTPAS once more.

drop table pass;
drop table refused_pass;

create table pass (
    number_hash      blob    primary key check (length(number_hash) = 16),
    -- Learned from a tap that was looked up online.
    chip_hash        blob    unique check (length(chip_hash) = 16),
    -- The number, for the one who holds the card.
    sealed_number    blob,
    passholder_id    text    not null,
    kind             text    not null check (kind in ('individual', 'group')),
    status           text    not null check (status in ('active', 'expired', 'none')),
    ends_at          integer,
    card_system_id   integer,
    card_system_name text,
    points           integer,
    -- Tells the own municipality from another.
    postal_code      text,
    as_of            integer not null,
    check ((chip_hash is null) = (sealed_number is null))
) strict, without rowid;

-- Identifiers that UiTPAS refused, by the hash of the number or of the chip.
create table refused_pass (
    identifier blob    primary key check (length(identifier) = 16),
    why        text    not null check (why in ('card_blocked', 'card_not_active', 'passholder_blocked')),
    said       text,
    as_of      integer not null
) strict, without rowid;

-- A chip and the number that a clerk typed for it while UiTPAS could not be asked.
create table typed_pair (
    chip_hash     blob    primary key check (length(chip_hash) = 16),
    number_hash   blob    not null check (length(number_hash) = 16),
    -- The number, for the one who holds the card.
    sealed_number blob    not null,
    -- The chip, for the desk itself, which must ask UiTPAS about it. Gone as soon as UiTPAS has answered.
    sealed_chip   blob,
    at            integer not null
) strict, without rowid;

create index typed_pair_by_number on typed_pair (number_hash);

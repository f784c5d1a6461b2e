-- The ledger: what the clerk did, and how far it is on its way to UiTPAS. It is never wiped and never guessed.

-- Whose ledger this is. A ledger belongs to one environment for ever, so that practice and test never mix with real acts.
create table desk (
    one            integer primary key check (one = 1),
    environment    text    not null check (environment in ('production', 'test', 'practice')),
    receipt_prefix text    not null,
    -- The receipt number that the next entry gets. It is taken in the transaction that writes the entry, so the sequence
    -- has no gaps and no number is given out twice, also after a power cut.
    next_receipt   integer not null check (next_receipt >= 1)
) strict;

-- What the clerk did. A row is written once; corrections are new rows that point to the first.
create table entry (
    receipt          integer primary key,
    receipt_prefix   text    not null,
    -- Drawn before anything is sent: the identity of the act, whatever becomes of it.
    id               blob    not null unique check (length(id) = 16),
    kind             text    not null,
    -- Milliseconds since 1970 by the clock of the desk.
    occurred_at      integer not null,
    organizer_id     text    not null,
    event_id         text    not null,
    event_title      text    not null,
    uitpas_number    text    not null check (length(uitpas_number) = 13),
    passholder_id    text    not null,
    -- Absent for a price that was computed here: the tariff is asked for before sending.
    tariff_id        text,
    label            text    not null,
    regular_cents    integer not null check (regular_cents > 0),
    charged_cents    integer not null check (charged_cents between 0 and regular_cents),
    price_source     text    not null check (price_source in ('live', 'cached', 'computed')),
    price_as_of      integer not null
) strict;

-- Usage of a person at an activity is counted at every quote.
create index entry_by_person on entry (passholder_id, event_id);

create trigger entry_is_never_changed before update on entry
begin select raise(abort, 'an entry is never changed'); end;

create trigger entry_is_never_removed before delete on entry
begin select raise(abort, 'an entry is never removed'); end;

-- How each entry stands. `version` grows with every step; an update names the state and version that it read.
create table outbox (
    receipt            integer primary key references entry (receipt),
    state              text    not null
        check (state in ('queued', 'sending', 'in_doubt', 'confirmed', 'refused', 'withdrawn')),
    version            integer not null default 1,
    attempts           integer not null default 0,
    -- When it last took a step; for a confirmed entry, from when on an answer of UiTPAS can have counted it.
    changed_at         integer not null,
    -- Not to be tried before this moment (milliseconds since 1970).
    not_before         integer not null default 0,
    -- Why UiTPAS did nothing at the last attempt, while it waits: sign_in, forbidden, wait.
    hold               text,
    -- What UiTPAS registered.
    server_id          text    unique,
    server_created     integer,
    server_price_cents integer,
    -- Why it was refused or is in doubt: the name of the problem, and what UiTPAS wants to be shown.
    problem            text,
    said               text
) strict;

create index outbox_open on outbox (state, not_before) where state in ('queued', 'sending', 'in_doubt');

-- Every attempt to send, written before the first byte leaves. An attempt that is found open at the start of the program
-- was cut off, and its entry is in doubt.
create table attempt (
    id          integer primary key,
    receipt     integer not null references entry (receipt),
    started_at  integer not null,
    phase       text    not null check (phase in ('intent', 'closed')),
    -- What the attempt came to: accepted, not_sent, not_processed, refused, unknown, found_open.
    class       text,
    ended_at    integer
) strict;

create unique index attempt_open on attempt (receipt) where phase = 'intent';

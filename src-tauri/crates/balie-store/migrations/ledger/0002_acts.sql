-- Points, rewards, group sales and cancellations beside the sales of one ticket. A check cannot be changed in place, so
-- the three tables are made anew and filled from the old ones; what was recorded stays as it was recorded.

create table new_entry (
    receipt        integer primary key,
    receipt_prefix text    not null,
    -- Drawn before anything is sent: the identity of the act, whatever becomes of it.
    id             blob    not null unique check (length(id) = 16),
    kind           text    not null check (kind in ('sell', 'check_in', 'redeem', 'cancel')),
    -- Milliseconds since 1970 by the clock of the desk.
    occurred_at    integer not null,
    organizer_id   text    not null,
    uitpas_number  text    not null check (length(uitpas_number) = 13),
    passholder_id  text    not null,
    -- Of the activity or of the reward.
    title          text    not null,
    -- From when the facts date that it was decided on.
    facts_as_of    integer not null,

    -- A sale and a point are about an activity.
    event_id       text,

    -- A sale. The tariff is absent for a price that was computed here: it is asked for before sending.
    tariff_id      text,
    label          text,
    quantity       integer not null default 1 check (quantity >= 1),
    regular_cents  integer check (regular_cents > 0),
    charged_cents  integer check (charged_cents between 0 and regular_cents),
    price_source   text    check (price_source in ('live', 'cached', 'computed')),

    -- What a point is worth, or what a reward costs.
    points         integer check (points >= 0),
    -- After this moment UiTPAS takes a point no more (milliseconds since 1970); absent when the hours are not known.
    deadline       integer,

    reward_id      text,
    reward_kind    text    check (reward_kind in ('points', 'welcome')),

    -- The entry that is taken back.
    cancels        integer references new_entry (receipt),

    check (kind <> 'sell' or (event_id is not null and label is not null and regular_cents is not null
                              and charged_cents is not null and price_source is not null)),
    check (kind <> 'check_in' or (event_id is not null and points is not null)),
    check (kind <> 'redeem' or (reward_id is not null and reward_kind is not null and points is not null)),
    check ((kind = 'cancel') = (cancels is not null)),
    check (kind = 'sell' or quantity = 1)
) strict;

insert into new_entry (receipt, receipt_prefix, id, kind, occurred_at, organizer_id, uitpas_number, passholder_id, title,
                       facts_as_of, event_id, tariff_id, label, regular_cents, charged_cents, price_source)
select receipt, receipt_prefix, id, kind, occurred_at, organizer_id, uitpas_number, passholder_id, event_title,
       price_as_of, event_id, tariff_id, label, regular_cents, charged_cents, price_source
from entry;

create table new_outbox (
    receipt      integer primary key references new_entry (receipt),
    state        text    not null
        check (state in ('queued', 'sending', 'in_doubt', 'confirmed', 'refused', 'withdrawn', 'cancelled')),
    version      integer not null default 1,
    attempts     integer not null default 0,
    -- When it last took a step.
    changed_at   integer not null,
    -- When UiTPAS accepted it: from then on an answer of UiTPAS can have counted it. It stays when it is cancelled.
    confirmed_at integer,
    -- Not to be tried before this moment (milliseconds since 1970).
    not_before   integer not null default 0,
    -- Why UiTPAS did nothing at the last attempt, while it waits: sign_in, forbidden, wait.
    hold         text,
    -- Why it was refused or is in doubt: the name of the problem, and what UiTPAS wants to be shown.
    problem      text,
    said         text,
    -- What the passholder must be shown to use a reward.
    redeem_code  text,
    redeem_info  text
) strict;

insert into new_outbox (receipt, state, version, attempts, changed_at, confirmed_at, not_before, hold, problem, said)
select receipt, state, version, attempts, changed_at, case state when 'confirmed' then changed_at end, not_before, hold,
       problem, said
from outbox;

-- What UiTPAS registered for an entry: one record for each ticket. Its ids are unique within one kind of record.
create table server_record (
    kind         text    not null check (kind in ('sell', 'check_in', 'redeem')),
    server_id    text    not null,
    receipt      integer not null references new_entry (receipt),
    created      integer,
    price_cents  integer,
    -- When UiTPAS took it out again at our request.
    taken_out_at integer,
    primary key (kind, server_id)
) strict, without rowid;

insert into server_record (kind, server_id, receipt, created, price_cents)
select 'sell', server_id, receipt, server_created, server_price_cents from outbox where server_id is not null;

create table new_attempt (
    id         integer primary key,
    receipt    integer not null references new_entry (receipt),
    started_at integer not null,
    phase      text    not null check (phase in ('intent', 'closed')),
    -- What the attempt came to: accepted, not_sent, not_processed, repeatable, refused, unknown, found_open.
    class      text,
    ended_at   integer
) strict;

insert into new_attempt select id, receipt, started_at, phase, class, ended_at from attempt;

drop table attempt;
drop table outbox;
drop table entry;
alter table new_entry rename to entry;
alter table new_outbox rename to outbox;
alter table new_attempt rename to attempt;

-- Usage of a person at an activity, and the balance of a person, are counted at every decision.
create index entry_by_person on entry (passholder_id, kind, event_id);
create index outbox_open on outbox (state, not_before) where state in ('queued', 'sending', 'in_doubt');
create unique index attempt_open on attempt (receipt) where phase = 'intent';
create index server_record_by_receipt on server_record (receipt);
create index entry_cancelled on entry (cancels) where cancels is not null;

create trigger entry_is_never_changed before update on entry
begin select raise(abort, 'an entry is never changed'); end;

create trigger entry_is_never_removed before delete on entry
begin select raise(abort, 'an entry is never removed'); end;

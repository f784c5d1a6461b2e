-- Who is signed in, at which desk, and what was recorded on the word of somebody who typed a number.

-- Whoever is signed in. The tokens stand here and not in the keyring, which on Windows takes no more than 2,560 bytes.
create table session (
    one           integer primary key check (one = 1),
    -- The id of the person at the sign-in server. No name.
    subject       text    not null,
    refresh_token text,
    -- Only to sign out in the browser.
    id_token      text,
    since         integer not null
) strict;

-- The desk that was chosen last.
create table chosen_desk (
    one          integer primary key check (one = 1),
    organizer_id text    not null,
    name         text    not null
) strict;

-- How far the set-up is: whether somebody wrote the recovery code down, and whether all of it was ended.
create table set_up (
    one               integer primary key check (one = 1),
    recovery_noted_at integer,
    ended_at          integer
) strict;

-- An act for a card whose number was typed while UiTPAS could not be asked: whether the two belong together is looked up
-- before it is sent. The row goes as soon as that is known.
create table typed_card (
    entry_id blob primary key check (length(entry_id) = 16),
    chip     text not null
) strict, without rowid;

-- Of what was recorded for somebody whom UiTPAS was not asked about, the id is filled in when it says who that is. That, and
-- the reduction of what came to its end, is all that ever changes about an entry.
drop trigger entry_is_never_changed;
create trigger entry_is_never_changed before update on entry
when not (
    new.receipt is old.receipt and new.receipt_prefix is old.receipt_prefix and new.id is old.id
    and new.kind is old.kind and new.occurred_at is old.occurred_at and new.organizer_id is old.organizer_id
    and new.title is old.title and new.facts_as_of is old.facts_as_of and new.event_id is old.event_id
    and new.tariff_id is old.tariff_id and new.label is old.label and new.quantity is old.quantity
    and new.regular_cents is old.regular_cents and new.charged_cents is old.charged_cents
    and new.price_source is old.price_source and new.points is old.points and new.deadline is old.deadline
    and new.reward_id is old.reward_id and new.reward_kind is old.reward_kind and new.cancels is old.cancels
    and new.first_receipt is old.first_receipt
    and (
        (
            new.uitpas_number = '0000000000000' and new.passholder_id = ''
            and exists (
                select 1 from outbox o where o.receipt = old.receipt and o.dispute is null and o.recheck_at is null
                    and o.state in ('confirmed', 'withdrawn', 'cancelled', 'written_off', 'handed_over'))
        ) or (
            new.uitpas_number = old.uitpas_number and old.passholder_id = 'number:' || old.uitpas_number
            and new.passholder_id <> '' and new.passholder_id not like 'number:%'
        )
    )
)
begin select raise(abort, 'an entry is never changed'); end;

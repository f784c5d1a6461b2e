-- What came to its end is reduced after a while, so that nothing in it points to a person, and later removed. Nothing else
-- about an entry is ever changed.

-- The last receipt that was removed: numbers go on from here when no entry is left, as none is ever given out twice.
alter table desk add column receipts_gone integer not null default 0 check (receipts_gone >= 0);

drop trigger entry_is_never_changed;
drop trigger entry_is_never_removed;

-- Thirteen zeros are the number of nobody. What is still open keeps the number that it is to be sent with.
create trigger entry_is_never_changed before update on entry
when not (
    new.uitpas_number = '0000000000000' and new.passholder_id = ''
    and new.receipt is old.receipt and new.receipt_prefix is old.receipt_prefix and new.id is old.id
    and new.kind is old.kind and new.occurred_at is old.occurred_at and new.organizer_id is old.organizer_id
    and new.title is old.title and new.facts_as_of is old.facts_as_of and new.event_id is old.event_id
    and new.tariff_id is old.tariff_id and new.label is old.label and new.quantity is old.quantity
    and new.regular_cents is old.regular_cents and new.charged_cents is old.charged_cents
    and new.price_source is old.price_source and new.points is old.points and new.deadline is old.deadline
    and new.reward_id is old.reward_id and new.reward_kind is old.reward_kind and new.cancels is old.cancels
    and new.first_receipt is old.first_receipt
    and exists (
        select 1 from outbox o where o.receipt = old.receipt and o.dispute is null and o.recheck_at is null
            and o.state in ('confirmed', 'withdrawn', 'cancelled', 'written_off', 'handed_over'))
)
begin select raise(abort, 'an entry is never changed'); end;

create trigger entry_is_never_removed before delete on entry
when old.uitpas_number <> '0000000000000' or old.passholder_id <> ''
    or old.receipt > coalesce((select receipts_gone from desk), 0)
begin select raise(abort, 'an entry is never removed'); end;

create trigger receipts_are_never_given_out_again before update of receipts_gone on desk
when new.receipts_gone < old.receipts_gone
begin select raise(abort, 'the numbers of receipts never go back'); end;

-- Nothing is recorded for nobody, nor with a number that was removed.
create trigger a_receipt_is_of_somebody before insert on entry
when new.receipt <= coalesce((select receipts_gone from desk), 0) or new.uitpas_number = '0000000000000'
begin select raise(abort, 'a receipt is written once, for somebody'); end;

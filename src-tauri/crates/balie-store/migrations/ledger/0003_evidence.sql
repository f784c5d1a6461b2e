-- How an entry that nobody knows the outcome of is found again at UiTPAS, what was seen there, and who did what. A check
-- cannot be changed in place, so the outbox is made anew and filled from the old one.

create table new_outbox (
    receipt        integer primary key references entry (receipt),
    state          text    not null
        check (state in ('queued', 'sending', 'in_doubt', 'confirmed', 'refused', 'withdrawn', 'cancelled', 'written_off',
                         'handed_over')),
    version        integer not null default 1,
    attempts       integer not null default 0,
    -- When it last took a step.
    changed_at     integer not null,
    -- When UiTPAS accepted it: from then on an answer of UiTPAS can have counted it. It stays when it is cancelled.
    confirmed_at   integer,
    -- Not to be tried before this moment (milliseconds since 1970).
    not_before     integer not null default 0,
    -- Why UiTPAS did nothing at the last attempt, while it waits: sign_in, forbidden, wait.
    hold           text    check (hold in ('sign_in', 'forbidden', 'wait')),
    -- The most tickets that may go in one request with it; smaller after a refusal that named no culprit.
    most           integer not null default 25 check (most >= 1),
    -- Why it was refused or is in doubt: the name of the problem, and what UiTPAS wants to be shown.
    problem        text,
    said           text,
    -- What the passholder must be shown to use a reward.
    redeem_code    text,
    redeem_info    text,

    -- What is not known of its attempts: the request in which it went (the batch of table attempt), and from when to when
    -- by the clock of UiTPAS. It stays until nothing of it can come to light any more, also after it was sent again.
    doubt_batch    integer,
    doubt_from     integer,
    doubt_until    integer,
    doubt_fresh    integer not null default 0 check (doubt_fresh in (0, 1)),
    doubt_labelled integer not null default 0 check (doubt_labelled in (0, 1)),
    doubt_resent   integer not null default 0 check (doubt_resent in (0, 1)),
    doubt_limited  integer not null default 0 check (doubt_limited in (0, 1)),
    looks          integer not null default 0,
    look_at        integer not null default 0,

    -- Why a person must look.
    dispute        text,
    -- The clerk took it back while nobody knew whether UiTPAS has it.
    cancel_wanted  integer not null default 0 check (cancel_wanted in (0, 1)),
    -- From what it is known that UiTPAS has it.
    proof          text    check (proof in ('answer', 'rows', 'person')),
    -- When UiTPAS is to be asked once more whether it is there too often.
    recheck_at     integer,

    check ((doubt_batch is null) = (doubt_from is null) and (doubt_batch is null) = (doubt_until is null)),
    check (state <> 'in_doubt' or doubt_batch is not null)
) strict;

-- An entry in doubt gets the last attempt that is known of it, and is looked up at once. The attempt is dated by the clock of
-- the desk, which may be wrong by hours: a day is added in front.
insert into new_outbox (receipt, state, version, attempts, changed_at, confirmed_at, not_before, hold, problem, said,
                        redeem_code, redeem_info, doubt_batch, doubt_from, doubt_until, proof)
select o.receipt, o.state, o.version, o.attempts, o.changed_at, o.confirmed_at, o.not_before, o.hold, o.problem, o.said,
       o.redeem_code, o.redeem_info,
       case when o.state = 'in_doubt' then coalesce(a.id, 0) end,
       case when o.state = 'in_doubt' then coalesce(a.started_at, o.changed_at) - 86400000 end,
       case when o.state = 'in_doubt' then coalesce(a.ended_at, o.changed_at) end,
       case when o.state in ('confirmed', 'cancelled') then 'answer' end
from outbox o left join attempt a on a.id = (select max(id) from attempt where receipt = o.receipt);

drop table outbox;
alter table new_outbox rename to outbox;
create index outbox_open on outbox (state, not_before) where state in ('queued', 'sending', 'in_doubt');
create index outbox_to_check on outbox (state) where state = 'refused' or dispute is not null;
create index outbox_recheck on outbox (recheck_at) where recheck_at is not null;

-- Attempts that went in one request have the same batch: the id of the first of them.
alter table attempt add column batch integer not null default 0;
alter table attempt add column labelled integer not null default 0 check (labelled in (0, 1));
alter table attempt add column fresh integer not null default 0 check (fresh in (0, 1));
-- When it began by the clock of UiTPAS, as far as it was known.
alter table attempt add column server_from integer;
-- What came back: the status of HTTP, the name of the problem, and the clock of UiTPAS in the answer.
alter table attempt add column status integer;
alter table attempt add column problem text;
alter table attempt add column server_date integer;
update attempt set batch = id, server_from = started_at;

-- Every look at the rows of UiTPAS, which is the evidence for a state that no answer proved.
create table observation (
    id         integer primary key,
    receipt    integer not null references entry (receipt),
    batch      integer not null,
    at         integer not null,
    -- The clock of UiTPAS at that moment.
    server_at  integer,
    -- How many rows the complete list had; absent when there was none.
    listed     integer,
    -- found, absent, not_yet, unreadable, or why it is disputed.
    verdict    text    not null
) strict;

create index observation_by_receipt on observation (receipt);

-- The rows of a look that fit the entry.
create table observed_row (
    observation integer not null references observation (id),
    server_id   text    not null,
    created     integer not null,
    price_cents integer,
    label       text,
    primary key (observation, server_id)
) strict, without rowid;

-- Records of UiTPAS that nobody's act explains. One that is provably ours is taken out; the others are shown.
create table surplus (
    kind          text    not null check (kind in ('sell', 'check_in', 'redeem')),
    server_id     text    not null,
    receipt       integer references entry (receipt),
    title         text    not null,
    uitpas_number text    not null,
    created       integer not null,
    price_cents   integer,
    provable      integer not null check (provable in (0, 1)),
    found_at      integer not null,
    taken_out_at  integer,
    -- A clerk knows of it.
    seen_at       integer,
    primary key (kind, server_id)
) strict, without rowid;

-- The sum check of an activity (I10): what UiTPAS lists against what is known here.
create table sum_check (
    event_id     text    primary key,
    organizer_id text    not null,
    title        text    not null,
    -- When it is to be made; absent when nothing happened since the last one.
    due_at       integer,
    -- How often it was made since the last sale.
    made         integer not null default 0,
    checked_at   integer,
    listed       integer,
    ours         integer,
    other        integer,
    surplus      integer,
    missing      integer
) strict, without rowid;

-- Who did what, in a chain: each row holds the hash of the one before, so that nothing can be taken out unseen (I13).
create table trail (
    seq     integer primary key,
    at      integer not null,
    -- clerk or machine.
    actor   text    not null check (actor in ('clerk', 'machine')),
    action  text    not null,
    receipt integer,
    detail  text    not null default '',
    hash    blob    not null check (length(hash) = 32)
) strict;

create trigger trail_is_never_changed before update on trail
begin select raise(abort, 'the trail is never changed'); end;

create trigger trail_is_never_removed before delete on trail
begin select raise(abort, 'the trail is never removed'); end;

-- What this ledger knows of the computer that it is used on.
create table machine (
    one            integer primary key check (one = 1),
    -- Drawn at each opening, and remembered by the computer outside this file: a copy that was opened elsewhere, or that
    -- is older, does not hold what the computer remembers. The one before counts too, because a program can end before the
    -- computer has taken in the new one.
    witness        blob    check (length(witness) = 16),
    witness_before blob    check (length(witness_before) = 16),
    -- The latest moment that was ever seen on the clock of this computer.
    latest_moment  integer not null,
    -- Who sends; whoever opened it last.
    uploader       blob    not null,
    -- What was seen of the lag between an answer and the lists.
    settle_seen    integer not null,
    settle_lag_ms  integer not null
) strict;

-- The receipt of the desk that an entry was taken over from; absent for an act of this desk.
alter table entry add column first_receipt text;

-- Whose ledger this is. The receipt number of the next entry follows from the last one, as no entry is ever removed: a number
-- kept apart was one more page to write at each act. The table is made anew, because a column cannot be dropped that has a
-- comma in the remark before it.
create table new_desk (
    one            integer primary key check (one = 1),
    environment    text    not null check (environment in ('production', 'test', 'practice')),
    receipt_prefix text    not null
) strict;

insert into new_desk select one, environment, receipt_prefix from desk;
drop table desk;
alter table new_desk rename to desk;

-- What was recorded, beside the row of the trail that says so. To record is to insert here: it is one statement, which the
-- database writes whole or not at all and commits by itself, and for which a person waits one turn of it.
create view recorded as
select e.receipt, e.receipt_prefix, e.id, e.kind, e.occurred_at, e.organizer_id, e.uitpas_number, e.passholder_id,
       e.title, e.facts_as_of, e.event_id, e.tariff_id, e.label, e.quantity, e.regular_cents, e.charged_cents,
       e.price_source, e.points, e.deadline, e.reward_id, e.reward_kind, e.cancels, e.first_receipt, t.seq, t.at,
       t.actor, t.detail, t.hash
from entry e join trail t on t.receipt = e.receipt and t.action = 'recorded';

create trigger recorded_is_written instead of insert on recorded
begin
    insert into entry (receipt, receipt_prefix, id, kind, occurred_at, organizer_id, uitpas_number, passholder_id,
                       title, facts_as_of, event_id, tariff_id, label, quantity, regular_cents, charged_cents,
                       price_source, points, deadline, reward_id, reward_kind, cancels, first_receipt)
    values (new.receipt, new.receipt_prefix, new.id, new.kind, new.occurred_at, new.organizer_id, new.uitpas_number,
            new.passholder_id, new.title, new.facts_as_of, new.event_id, new.tariff_id, new.label, new.quantity,
            new.regular_cents, new.charged_cents, new.price_source, new.points, new.deadline, new.reward_id,
            new.reward_kind, new.cancels, new.first_receipt);
    insert into outbox (receipt, state, changed_at) values (new.receipt, 'queued', new.occurred_at);
    insert into trail (receipt, action, seq, at, actor, detail, hash)
    values (new.receipt, 'recorded', new.seq, new.at, new.actor, new.detail, new.hash);
end;

-- The books of one day: what was done on it is found by its moment, without reading what was done on all others.
create index entry_by_moment on entry (occurred_at);

-- That a day was closed is a row of the trail, which is never changed: a day that is closed again has two. They are found by
-- the date that their detail begins with.
create index trail_of_closings on trail (detail) where action = 'day_closed';

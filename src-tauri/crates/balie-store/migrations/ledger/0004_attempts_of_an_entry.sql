-- What an entry went through is asked at every tap of its person and for every cancellation.
create index attempt_by_receipt on attempt (receipt);

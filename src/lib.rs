//! tidings: a declarative campaign runner for the WhatsApp Business Platform.
//!
//! Marketing people write a campaign file and a CSV of recipients; tidings checks both, shows what would be sent, sends
//! each person one template message through Meta's Cloud API and reports what became of every row.
//!
//! # The one fact that everything rests on
//!
//! The send call takes no idempotency key, so "exactly once" cannot be had. *At most once, with every doubt named* can:
//! a message is **accepted** (WhatsApp said yes, with an id), **refused** (it said no, with a code) or **in doubt** (the
//! request may have left and no verdict came back). What is in doubt is never asked again by the machine.
//!
//! # The way through
//!
//! ```text
//! campaign.yaml ──read, check──▶ Campaign ─┐                      any problem ──▶ shown with its line, stop
//! recipients.csv ──rows──▶ Recipient ──────┴─compose──▶ Plan ──▶ preview (print, stop)
//!                                                        │
//!                                ledger.stage, look, open     insert if new, by message key
//!  ┌─────────────────────────────────────────────────────┘
//!  └▶ engine: pace, slots ─▶ ledger.commit(claims) ═synced═▶ client.send ─▶ Outcome ─▶ judge ─▶ ledger.commit(settlements)
//!                                                                                                   │
//!                                     report ◀── fold over ledger rows          news: progress, live report
//! ```
//!
//! The ledger is in the path; events are news about it. If the terminal breaks the ledger is still right, and the report
//! is folded from its rows, never from the news.
//!
//! # Rooms
//!
//! A room imports only rooms above it; rooms on one line do not see each other.
//!
//! | rank | room | what it is |
//! |---|---|---|
//! | 0 | [`problem`], [`clock`], [`secret`] | what is wrong in a file; the only reader of the time; tokens, where they are, and the client that secrets travel with |
//! | 1 | [`cloud`] | WhatsApp's words: requests, faults, outcomes, the client; what it tells of templates, tokens, numbers and accounts. Knows no campaigns |
//! | 2 | [`policy`], [`catalogue`] | pure: pace, slots, retries, reasons to stop, thresholds, prices; time is an argument. The account's templates as a lock file, and what changed since |
//! | 3 | [`campaign`], [`audience`] | what the author wrote, in a campaign file, in the defaults beside it and in its rates file, and the schemas that editors know them by; who is in the recipients file |
//! | 4 | [`message`] | what one person gets: the language, parameters, components, payload; and whether that fits the templates of a lock file |
//! | 5 | [`plan`] | campaign × audience, as a stream; saved to a file for somebody's approval |
//! | 6 | [`ledger`] | what happened: the memory that survives. The only room that knows SQL |
//! | 7 | [`run`], [`sandbox`] | the engine: claim, commit, send, settle; a WhatsApp to rehearse against, well or ill, which imports only `cloud`, `clock` and `secret` |
//! | 8 | [`report`] | a fold over ledger rows: CSV, JSON lines, summary |
//! | 9 | [`cli`] | one file per command. The only room that prints; only `main` exits |
//!
//! # What always holds
//!
//! 1. No request leaves before its attempt is committed and synced (SQLite in WAL mode, `synchronous=FULL`).
//! 2. An attempt without an outcome is never tried again by the machine.
//! 3. One message key (campaign key, occurrence, identity of the person) is accepted at most once, and a doubt counts as
//!    accepted. Wording, template, sender, row order and file names are not in the key: editing them never sends again.
//!    What waits goes out as it was approved: a plan takes effect when it is opened, not before, and one that would say
//!    something else than the plan before it needs a person's word.
//! 4. Rows of the file = accepted + refused + in doubt + turned away + withdrawn + waiting, checked at the end of every run.
//! 5. Every message is composed before the first one is sent.
//! 6. Checking reports all problems at once, in file order, each with its place and a way out: also those of recipients
//!    whose campaign is broken, as far as nothing is said that may be right once the campaign is mended.
//! 7. Memory hardly grows with the number of recipients: rows stream, claims come in batches; what is kept of each person
//!    is an identity of a few bytes, to find duplicates.
//! 8. Recipients' cells are data: never rendered, never run by a spreadsheet.
//! 9. A run that stopped for a reason that does not pass by itself stays stopped until a person has looked; the kill
//!    switch is looked at before every claim, and one that cannot be read stops everything.
//! 10. When the ledger cannot be written, is not the file at its path any more, or is older than what was sent from it,
//!     nothing is sent. On a disk that is full, what was answered is still written down.
//! 11. A message that is refused for the token's sake stays to be sent: with the next token where the source has another,
//!     else by a later run. The source is read once for each token that is refused, however many messages met it.
//! 12. A token goes to the configured address alone: no redirect, no proxy, no second name for this machine.
//! 13. What is erased is gone from the bytes of the ledger and of the reports beside it; a death in between leaves what
//!     the same command finishes. Whoever was forgotten is messaged by nothing that uses that ledger.
//! 14. Phones are masked on screens and in reports unless the campaign says otherwise; files are their owner's alone; and
//!     nothing that was read from a file moves a terminal's cursor.
//!
//! # Words
//!
//! *Campaign*: the author's declaration. *Recipient*: a row of the file. *Turned away*: a row that becomes no message, for
//! a reason. *Template*: Meta's approved form; *parameter*: what fills it; *expression*: how the campaign file makes one.
//! *Breaker*: what stopped a run by itself, until somebody acknowledges it. *Threshold*: how many refusals or doubts
//! among the last messages are too many. *Rate*: the price of one message to a market; *cost*: the most that a plan comes
//! to. *Resolve*: a person's verdict on a doubt.
//! *Forgotten*: a person erased at their request, remembered by a pseudonym so that nothing reaches them any more. *Purged*:
//! a person erased because their last message was settled long ago; they may be messaged again. *Pseudonym*: a keyed hash in
//! place of an identity.
//! *Oddity*: what is no mistake for certain and worth a look; counted and shown, and never a reason to stop.
//! *Occurrence*: one time that a campaign reaches people: the only one, a day's, or an invoice's. *Stage*, *open*: to bring a
//! plan into the ledger, and to let it take effect. *Withdrawn*: planned, and never to be sent.
//! *Message*: one thing for one person, with a key. *Attempt*: one asking. *Outcome*: what came of it. *Claim*: to take
//! messages durably before asking. *Settle*: to write outcomes down. *Fault*: a known error code of Meta's. *Problem*:
//! something wrong in a file. *Check*: one thing that the doctor looks at; *remedy*: what to do about it. *Sandbox*: our
//! imitation of the Cloud API. *Illness*: what is wrong with its number, account or token, for the doctor to find.
//! *Source*: where a token is read from; *store*: a server that keeps secrets.

pub mod audience;
pub mod campaign;
pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod cloud;
pub mod ledger;
pub mod message;
pub mod plan;
pub mod policy;
pub mod problem;
pub mod report;
pub mod run;
pub mod sandbox;
pub mod secret;

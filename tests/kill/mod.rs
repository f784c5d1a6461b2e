//! Q-1 of the protocol: the process of the desk is killed with its queue full and its uploader at work, thousands of
//! times, and in the end every receipt is there and UiTPAS has everything once.
//!
//! What a killed process leaves is what it wrote, not what reached the disk: that the disk keeps it is for the power cuts
//! to prove.

pub mod books;
pub mod clerk;
pub mod evening;
pub mod fate;
pub mod killer;
pub mod pace;
pub mod round;
pub mod stage;
pub mod tally;
pub mod wanted;

/// Whatever ends a run before it has an answer.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

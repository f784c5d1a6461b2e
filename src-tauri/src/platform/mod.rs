//! What each system does in a way of its own.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
pub use linux::{before_the_window, lock_with_the_screen};
#[cfg(not(target_os = "linux"))]
pub use other::{before_the_window, lock_with_the_screen};

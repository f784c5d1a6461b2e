//! What each system does in a way of its own.

#[cfg(target_os = "linux")]
mod drawing;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
pub use drawing::{as_the_window_opens, before_the_window};
#[cfg(target_os = "linux")]
pub use linux::lock_with_the_screen;
#[cfg(not(target_os = "linux"))]
pub use other::{as_the_window_opens, before_the_window, lock_with_the_screen};

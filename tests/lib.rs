//! Shared stage for the journeys.

#[cfg(unix)]
pub mod browser;
pub mod bus;
pub mod clerk;
pub mod cutting;
pub mod display;
pub mod driver;
#[cfg(unix)]
pub mod faces;
#[cfg(target_os = "linux")]
pub mod pcscd;
pub mod provider;
pub mod scene;
#[cfg(target_os = "linux")]
pub mod service;
pub mod skip;
pub mod stage;
#[cfg(target_os = "linux")]
pub mod virtual_card;
#[cfg(target_os = "linux")]
pub mod watcher;

//! Disks that fail: whatever call it is that fails, nothing is sent after it, and what was accepted is not forgotten.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod erasing;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod every_call;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod fault;
mod full;
mod lost;

//! Code that at least two of Pawl's binaries use: configuration, the schema and its queries, the
//! upload core, the job queue, the outbox, the store, and HTTP. Nothing here depends on warp or
//! ffmpeg.

pub mod auth;
mod blocking;
pub mod checks;
pub mod clock;
pub mod config;
pub mod db;
mod descriptors;
pub mod ephemeral;
pub mod events;
pub mod fail;
pub mod http;
pub mod ids;
pub mod jobs;
mod keyed_semaphores;
pub mod media;
pub mod sandbox;
pub mod storage;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod uploads;
pub mod wake;

pub use blocking::blocking;
pub use descriptors::is_out_of_descriptors;
pub use keyed_semaphores::KeyedSemaphores;

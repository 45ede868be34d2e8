//! The store: one directory that all binaries share. Only this module builds paths in it, from ids;
//! nothing that a client sends becomes part of a path.
//!
//! `sources/<upload>` uploaded bytes · `media/<media>/<set>/<object>` published objects ·
//! `ready/<upload>` zero-byte hints for the transcoder's watcher · `nodes/<node>.lock` live
//! processes · `work/` temporary folders · `database` the database with the rows of this store.

mod belonging;
mod durable;
mod node;
mod store;

pub use durable::{sync_dir, write_durably};
pub use node::NodeLock;
pub use store::{Space, Store};

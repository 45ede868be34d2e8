//! What is pure about media: why an item failed, and the conversion of pictures.
//!
//! A package of its own, because development builds optimise it: the crates that decode and scale
//! pictures are generic, so that their loops are compiled here.

mod failure;
pub mod image;
#[cfg(feature = "testing")]
pub mod testing;

pub use failure::FailureCode;

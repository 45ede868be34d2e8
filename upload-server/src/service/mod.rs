//! Answers requests: the protocol decides what a request asks for, and the handlers carry it out.

mod append;
mod call;
mod create;
mod existing;
mod operations;
mod respond;

pub use operations::all as operations;
pub use respond::service;

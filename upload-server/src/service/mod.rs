//! Answers requests: the protocol decides what a request asks for, and the handlers carry it out.

mod append;
mod call;
mod create;
mod existing;
mod respond;

pub use respond::service;

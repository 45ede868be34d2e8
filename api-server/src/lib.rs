//! Pawl's social API over HTTP: accounts, sessions, profiles, posts, media, and the web client's
//! files. `routes → actions → store`; a domain imports only the actions and
//! models of another one.

#[cfg(all(test, feature = "testing"))]
mod access;
mod account_texts;
pub mod accounts;
pub mod app;
pub mod audit;
mod batches;
mod blocks;
mod comments;
pub mod config;
mod cors;
#[cfg(all(test, feature = "testing"))]
mod costs;
mod counters;
mod deadline;
mod docs;
mod feed;
mod follows;
mod http;
mod idempotency;
mod instance;
mod jwks;
mod likes;
mod media;
mod media_items;
mod metrics;
mod mutes;
mod openapi;
pub mod operator;
mod passwords;
mod pictures;
mod posts;
mod profiles;
mod purge;
mod refusals;
mod rights;
mod routes;
mod search;
pub mod server;
mod sessions;
pub mod sign_ins;
pub mod start;
mod store;
mod switches;
#[cfg(all(test, feature = "testing"))]
mod testing;
mod uploads;
pub mod web;
mod work_queue;
mod work_slots;
mod worker;

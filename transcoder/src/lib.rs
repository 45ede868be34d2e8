//! The transcoder: finds finished uploads and turns videos into HLS renditions, pictures into variants.
//!
//! A worker claims a job by lease, probes the source, plans a ladder, lets one ffmpeg process decode
//! once and encode every rung into a pipe, packages the pipes into segments, and publishes the set
//! in one transaction. What is pure (plan, command line, packaging) takes values and returns values.

pub mod config;
pub mod daemon;
pub mod encode;
pub mod failure;
pub mod limits;
pub mod package;
pub mod picture;
pub mod plan;
pub mod poster;
pub mod probe;
pub mod publish;
pub mod sandbox;
pub mod store;
pub mod sweep;
pub mod watch;
pub mod worker;

//! `sqlx::migrate!` embeds the migrations; this makes Cargo treat them as sources.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}

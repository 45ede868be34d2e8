//! `sqlx::migrate!` embeds the migrations; Cargo has to be told that they are part of the source.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}

//! The database to which a store belongs. A file without a row is garbage only if the rows are
//! those of the store's database: a server that points to another database must remove nothing.

use std::io;

use super::{durable::write_durably, store::Store};

impl Store {
    /// Whether `database` (see [`crate::db::identity`]) is the database of this store. The first
    /// caller writes it into the file `database` at the store's root. Remove that file to hand the
    /// store over to another database, for example after a restore. Blocks.
    pub fn belongs_to(&self, database: &str) -> io::Result<bool> {
        let path = self.root().join("database");
        match std::fs::read_to_string(&path) {
            Ok(owner) => Ok(owner.trim_end() == database),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                write_durably(&path, format!("{database}\n").as_bytes())?;
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_belongs_to_the_first_database_that_asks_until_its_file_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        assert!(store.belongs_to("one").unwrap());
        assert!(store.belongs_to("one").unwrap());
        assert!(!store.belongs_to("two").unwrap());
        std::fs::remove_file(store.root().join("database")).unwrap();
        assert!(store.belongs_to("two").unwrap());
    }
}

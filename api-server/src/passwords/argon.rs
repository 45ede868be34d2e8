//! argon2id in memory that each thread reuses. The crate's own `hash_password` allocates 19 MiB for
//! each hash, which the system has to clear: a fifth more CPU time.

use std::cell::RefCell;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{Error, Result};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};

/// glibc maps each allocation above 32 MiB on its own and returns it to the system when it is
/// freed; it may keep smaller ones. Memory that is reserved but never written to costs nothing.
const ALWAYS_MAPPED_BYTES: usize = 33 << 20;

thread_local! {
    /// The memory of this thread. Old contents do no harm: every block is written before it is
    /// read.
    static BLOCKS: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// Hashes a new password, and returns the PHC string.
pub fn hash(password: &str) -> Result<String> {
    let argon2 = Argon2::default();
    let salt = Salt::generate();
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::default().into()),
        params: ParamsString::try_from(argon2.params())?,
        salt: Some(salt),
        hash: Some(derive(&argon2, password, &salt)?),
    };
    Ok(hash.to_string())
}

/// Whether the PHC string `hash` belongs to this password. False if it cannot be parsed.
pub fn matches(hash: &str, password: &str) -> bool {
    verify(hash, password).unwrap_or(false)
}

fn verify(hash: &str, password: &str) -> Result<bool> {
    let known = PasswordHash::new(hash)?;
    let (Some(salt), Some(expected)) = (known.salt, known.hash) else {
        return Ok(false);
    };
    let algorithm = Algorithm::try_from(known.algorithm.as_str())?;
    let version = known.version.map(Version::try_from).transpose()?;
    let params = Params::try_from(&known)?;
    let argon2 = Argon2::new(algorithm, version.unwrap_or_default(), params);
    // `Output` compares in constant time.
    Ok(derive(&argon2, password, &salt)? == expected)
}

fn derive(argon2: &Argon2<'_>, password: &str, salt: &Salt) -> Result<Output> {
    let params = argon2.params();
    let mut output = [0; Output::MAX_LENGTH];
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let output = output.get_mut(..length).ok_or(Error::OutputSize)?;
    BLOCKS.with_borrow_mut(|all| {
        let blocks = first_blocks(all, params.block_count())?;
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut *output, blocks)?;
        Result::Ok(())
    })?;
    Ok(Output::new(output)?)
}

/// The first `count` blocks of `all`, which grows if it has fewer.
fn first_blocks(all: &mut Vec<Block>, count: usize) -> Result<&mut [Block]> {
    if all.len() < count {
        let room = count.max(ALWAYS_MAPPED_BYTES / Block::SIZE);
        all.try_reserve_exact(room.saturating_sub(all.len()))
            .map_err(|_| Error::OutOfMemory)?;
        all.resize(count, Block::new());
    }
    all.get_mut(..count).ok_or(Error::OutOfMemory)
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher, PasswordVerifier};

    use super::*;

    #[test]
    fn hashes_are_those_of_the_crate_both_ways() {
        let ours = hash("correct horse").unwrap();
        let argon2 = Argon2::default();
        assert!(
            argon2
                .verify_password(b"correct horse", ours.as_str())
                .is_ok()
        );
        let theirs = argon2.hash_password(b"correct horse").unwrap().to_string();
        assert!(matches(&theirs, "correct horse"));
        assert!(!matches(&theirs, "correct house"));
    }

    #[test]
    fn hashes_with_other_parameters_are_verified_too() {
        let params = Params::new(2048, 1, 2, Some(16)).unwrap();
        let other = Argon2::new(Algorithm::Argon2i, Version::V0x10, params);
        let theirs = other.hash_password(b"correct horse").unwrap().to_string();
        // The result does not depend on the memory's previous contents and size.
        for _ in 0..2 {
            assert!(matches(&theirs, "correct horse"), "{theirs}");
            assert!(!matches(&theirs, "correct house"));
            hash("another").unwrap();
        }
    }

    #[test]
    fn a_text_that_is_no_hash_matches_no_password() {
        for text in [
            "",
            "correct horse",
            "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbCE",
        ] {
            assert!(!matches(text, "correct horse"), "{text}");
        }
    }
}

//! argon2id in memory that goes back to the system after each hash.
//!
//! The crate's own `hash_password` takes its 19 MiB from the heap. glibc keeps a heap for each
//! thread, so every blocking thread that ever hashed would hold 19 MiB for as long as the server
//! runs.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{Error, Result};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};

/// glibc maps every allocation above 32 MiB on its own and unmaps it when freed; below, it learns
/// to keep. Memory that is asked for and not written to costs nothing.
const ALWAYS_MAPPED_BYTES: usize = 33 << 20;

/// The PHC string of a new password.
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

/// Whether `hash`, a PHC string, is of this password. One that cannot be read is of none.
pub fn is_of(hash: &str, password: &str) -> bool {
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
    // Compared in constant time.
    Ok(derive(&argon2, password, &salt)? == expected)
}

fn derive(argon2: &Argon2<'_>, password: &str, salt: &Salt) -> Result<Output> {
    let params = argon2.params();
    let mut blocks = Vec::new();
    let room = params.block_count().max(ALWAYS_MAPPED_BYTES / Block::SIZE);
    blocks
        .try_reserve_exact(room)
        .map_err(|_| Error::OutOfMemory)?;
    blocks.resize(params.block_count(), Block::new());
    let mut output = [0; Output::MAX_LENGTH];
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let output = output.get_mut(..length).ok_or(Error::OutputSize)?;
    argon2.hash_password_into_with_memory(
        password.as_bytes(),
        salt,
        output,
        blocks.as_mut_slice(),
    )?;
    Ok(Output::new(output)?)
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
        assert!(is_of(&theirs, "correct horse"));
        assert!(!is_of(&theirs, "correct house"));
    }

    #[test]
    fn hashes_of_other_costs_are_read_too() {
        let params = Params::new(2048, 1, 2, Some(16)).unwrap();
        let other = Argon2::new(Algorithm::Argon2i, Version::V0x10, params);
        let theirs = other.hash_password(b"correct horse").unwrap().to_string();
        assert!(is_of(&theirs, "correct horse"), "{theirs}");
        assert!(!is_of(&theirs, "correct house"));
    }

    #[test]
    fn what_is_no_hash_is_of_no_password() {
        for text in [
            "",
            "correct horse",
            "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbCE",
        ] {
            assert!(!is_of(text, "correct horse"), "{text}");
        }
    }
}

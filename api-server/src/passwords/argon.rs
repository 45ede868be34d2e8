//! argon2id in memory that one hash leaves to the next. The crate's own `hash_password` asks for
//! 19 MiB each time, which the system has to clear.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{Error, Result};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};

/// glibc maps every allocation above 32 MiB on its own and gives it back to the system when it is freed;
/// below, it learns to keep. Memory that is asked for and not written to costs nothing.
const ALWAYS_MAPPED_BYTES: usize = 33 << 20;

/// Where a thread hashes. What was in it does not matter: every block is written before it is read.
#[derive(Default)]
pub struct Memory(Vec<Block>);

/// The PHC string of a new password.
pub fn hash(memory: &mut Memory, password: &str) -> Result<String> {
    let argon2 = Argon2::default();
    let salt = Salt::generate();
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::default().into()),
        params: ParamsString::try_from(argon2.params())?,
        salt: Some(salt),
        hash: Some(memory.derive(&argon2, password, &salt)?),
    };
    Ok(hash.to_string())
}

/// Whether `hash`, a PHC string, is of this password. One that cannot be read is of none.
pub fn is_of(memory: &mut Memory, hash: &str, password: &str) -> bool {
    verify(memory, hash, password).unwrap_or(false)
}

fn verify(memory: &mut Memory, hash: &str, password: &str) -> Result<bool> {
    let known = PasswordHash::new(hash)?;
    let (Some(salt), Some(expected)) = (known.salt, known.hash) else {
        return Ok(false);
    };
    let algorithm = Algorithm::try_from(known.algorithm.as_str())?;
    let version = known.version.map(Version::try_from).transpose()?;
    let params = Params::try_from(&known)?;
    let argon2 = Argon2::new(algorithm, version.unwrap_or_default(), params);
    // Compared in constant time.
    Ok(memory.derive(&argon2, password, &salt)? == expected)
}

impl Memory {
    fn derive(&mut self, argon2: &Argon2<'_>, password: &str, salt: &Salt) -> Result<Output> {
        let params = argon2.params();
        let blocks = self.blocks(params.block_count())?;
        let mut output = [0; Output::MAX_LENGTH];
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let output = output.get_mut(..length).ok_or(Error::OutputSize)?;
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, output, blocks)?;
        Ok(Output::new(output)?)
    }

    fn blocks(&mut self, count: usize) -> Result<&mut [Block]> {
        if self.0.len() < count {
            let room = count.max(ALWAYS_MAPPED_BYTES / Block::SIZE);
            self.0
                .try_reserve_exact(room.saturating_sub(self.0.len()))
                .map_err(|_| Error::OutOfMemory)?;
            self.0.resize(count, Block::new());
        }
        self.0.get_mut(..count).ok_or(Error::OutOfMemory)
    }
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher, PasswordVerifier};

    use super::*;

    #[test]
    fn hashes_are_those_of_the_crate_both_ways() {
        let memory = &mut Memory::default();
        let ours = hash(memory, "correct horse").unwrap();
        let argon2 = Argon2::default();
        assert!(
            argon2
                .verify_password(b"correct horse", ours.as_str())
                .is_ok()
        );
        let theirs = argon2.hash_password(b"correct horse").unwrap().to_string();
        assert!(is_of(memory, &theirs, "correct horse"));
        assert!(!is_of(memory, &theirs, "correct house"));
    }

    #[test]
    fn hashes_of_other_costs_are_read_too() {
        let params = Params::new(2048, 1, 2, Some(16)).unwrap();
        let other = Argon2::new(Algorithm::Argon2i, Version::V0x10, params);
        let theirs = other.hash_password(b"correct horse").unwrap().to_string();
        let memory = &mut Memory::default();
        // Whatever was in the memory before, and however large it is.
        for _ in 0..2 {
            assert!(is_of(memory, &theirs, "correct horse"), "{theirs}");
            assert!(!is_of(memory, &theirs, "correct house"));
            hash(memory, "another").unwrap();
        }
    }

    #[test]
    fn what_is_no_hash_is_of_no_password() {
        for text in [
            "",
            "correct horse",
            "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbCE",
        ] {
            assert!(
                !is_of(&mut Memory::default(), text, "correct horse"),
                "{text}"
            );
        }
    }
}

//! The memory that request bodies hold, with a limit in total and for each network.

use std::sync::Arc;

use bytes::Bytes;
use shared::KeyedSemaphores;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{ApiError, ApiResult};

/// The unit of permits.
const KIB: usize = 1024;
/// A network may hold this part of the memory, so that a client with many slow bodies leaves memory
/// to others.
const NETWORK_PART: usize = 4;

/// A limit on the memory of bodies.
#[derive(Debug)]
pub struct BodyMemory {
    total_kib: usize,
    total: Arc<Semaphore>,
    networks: KeyedSemaphores<String>,
}

impl BodyMemory {
    /// Allows this many bytes in total, and a quarter of them to each network.
    pub fn new(total_bytes: usize) -> Self {
        let total_kib = total_bytes / KIB;
        Self {
            total_kib,
            total: Arc::new(Semaphore::new(total_kib)),
            networks: KeyedSemaphores::new(total_kib / NETWORK_PART),
        }
    }

    /// The memory of one body from `network`, none so far.
    pub fn body(&self, network: String) -> HeldMemory {
        HeldMemory {
            semaphores: [self.networks.get(network), Arc::clone(&self.total)],
            held: [None, None],
        }
    }

    /// How much is in use, in bytes.
    pub fn used_bytes(&self) -> usize {
        (self.total_kib - self.total.available_permits()) * KIB
    }
}

/// The memory that one body holds. Dropping it releases the memory.
#[derive(Debug)]
pub struct HeldMemory {
    /// Of the network, and of the server.
    semaphores: [Arc<Semaphore>; 2],
    held: [Option<OwnedSemaphorePermit>; 2],
}

impl HeldMemory {
    /// Reserves memory for `bytes` in total; 503 if there is not enough. It does not wait, because
    /// bodies that each hold a part could wait for each other forever.
    pub fn grow(&mut self, bytes: usize) -> ApiResult<()> {
        for (semaphore, held) in self.semaphores.iter().zip(&mut self.held) {
            let has = held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
            let lacks = bytes.div_ceil(KIB).saturating_sub(has);
            let lacks = u32::try_from(lacks).map_err(ApiError::internal)?;
            let more = Arc::clone(semaphore).try_acquire_many_owned(lacks);
            let more = more.map_err(|_| ApiError::busy())?;
            match held.as_mut() {
                Some(held) => held.merge(more),
                None => *held = Some(more),
            }
        }
        Ok(())
    }

    /// The bytes of the body, which hold the memory from now on: work on them may go on after their
    /// request was given up.
    pub fn attach_to(self, bytes: Bytes) -> Bytes {
        Bytes::from_owner(HoldingBytes {
            bytes,
            _memory: self,
        })
    }
}

struct HoldingBytes {
    bytes: Bytes,
    _memory: HeldMemory,
}

impl AsRef<[u8]> for HoldingBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_in_small_chunks_holds_no_more_than_one_in_a_single_chunk() {
        let memory = BodyMemory::new(32 * KIB);
        let mut body = memory.body("192.0.2.1".to_owned());
        for taken in 1..=8 * KIB {
            body.grow(taken).unwrap();
        }
        assert_eq!(memory.used_bytes(), 8 * KIB);
        drop(body);
        assert_eq!(memory.used_bytes(), 0);
    }

    #[test]
    fn bytes_that_are_in_use_after_their_request_still_hold_its_memory() {
        let memory = BodyMemory::new(32 * KIB);
        let mut body = memory.body("192.0.2.1".to_owned());
        body.grow(2 * KIB).unwrap();
        let bytes = body.attach_to(Bytes::from_static(b"a picture"));
        assert_eq!((memory.used_bytes(), &bytes[..2]), (2 * KIB, &b"a "[..]));
        drop(bytes);
        assert_eq!(memory.used_bytes(), 0);
    }

    #[test]
    fn a_network_holds_no_more_than_its_part_and_leaves_memory_to_others() {
        let memory = BodyMemory::new(32 * KIB);
        let mut first = memory.body("192.0.2.1".to_owned());
        first.grow(8 * KIB).unwrap();
        assert!(memory.body("192.0.2.1".to_owned()).grow(1).is_err());
        let mut others: Vec<_> = (2..5)
            .map(|host| memory.body(format!("192.0.2.{host}")))
            .collect();
        for other in &mut others {
            other.grow(8 * KIB).unwrap();
        }
        assert!(memory.body("192.0.2.9".to_owned()).grow(1).is_err());
        drop(first);
        assert!(memory.body("192.0.2.9".to_owned()).grow(8 * KIB).is_ok());
    }
}

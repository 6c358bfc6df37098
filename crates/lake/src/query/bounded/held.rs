//! What a query has left: memory, off which a result is taken while it is there, and time.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use datafusion::arrow::array::{Array, ArrayRef, make_array};
use datafusion::arrow::buffer::Buffer;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, MemoryReservation};

/// Smaller results are gone soon, or counted by whoever keeps them.
const WORTH_COUNTING: usize = 256 << 10;

/// The refusal when a query's time is over; `mistakes` knows it.
pub(in crate::query) const TOO_SLOW: &str = "the query's time is over";

/// A query's memory and time. One function is as good as the same of another query.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    pool: Arc<dyn MemoryPool>,
    until: Instant,
}

impl Budget {
    pub fn new(pool: &Arc<dyn MemoryPool>, until: Instant) -> Self {
        Self { pool: Arc::clone(pool), until }
    }

    /// Whoever waited is gone when the time is over, and nothing else stops what does not wait for anything.
    pub fn check_time(&self) -> Result<()> {
        if Instant::now() < self.until {
            Ok(())
        } else {
            Err(DataFusionError::Execution(TOO_SLOW.to_owned()))
        }
    }

    /// Takes what a result may need; [`Held::keep`] gives back what it did not.
    pub fn take(&self, bytes: usize) -> Result<Held> {
        let held = MemoryConsumer::new("texts").register(&self.pool);
        if bytes > WORTH_COUNTING {
            held.try_grow(bytes)?;
        }
        Ok(Held(held))
    }
}

impl PartialEq for Budget {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Budget {}

impl Hash for Budget {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

pub(super) struct Held(MemoryReservation);

impl Held {
    /// The same array; while one of its buffers is in use, `bytes` are counted.
    pub fn keep(self, array: ArrayRef, bytes: usize) -> Result<ArrayRef> {
        if bytes <= WORTH_COUNTING {
            return Ok(array);
        }
        self.0.try_resize(bytes)?;
        let held = Arc::new(self.0);
        let data = array.to_data();
        let buffers = data.buffers().iter().map(|buffer| counted(buffer, &held)).collect();
        Ok(make_array(data.into_builder().buffers(buffers).build()?))
    }
}

fn counted(buffer: &Buffer, held: &Arc<MemoryReservation>) -> Buffer {
    Buffer::from(Bytes::from_owner(Counted { buffer: buffer.clone(), _held: Arc::clone(held) }))
}

struct Counted {
    buffer: Buffer,
    _held: Arc<MemoryReservation>,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        self.buffer.as_slice()
    }
}

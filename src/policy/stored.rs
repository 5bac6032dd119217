//! Owns a checked policy as bytes, so that what the binary carries need not be read and checked at each start. It must never know where the bytes lie.
//!
//! Only the build that wrote them reads them: they hold no version.

use super::Policy;
use crate::syntax::stored::within;

/// The bytes of a policy whose texts begin at 0; `None` where it cannot be stored.
pub fn write(policy: &Policy) -> Option<Vec<u8>> {
    postcard::to_allocvec(policy).ok()
}

/// The policy of some bytes, its texts beginning at `base`; `None` where they are none.
pub fn read(bytes: &[u8], base: u32) -> Option<Policy> {
    within(base, || postcard::from_bytes(bytes).ok())
}

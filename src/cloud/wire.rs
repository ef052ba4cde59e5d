//! The request on the wire.

//! gRPC: thin. A call becomes a command or a query, and its answer becomes a message.
pub mod convert;
pub mod proto;

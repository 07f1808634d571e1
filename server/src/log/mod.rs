//! What the provisioning log keeps, and how it is shown: bodies without secrets, personal data behind a mask, and a
//! queue for what failed.

pub(crate) mod fix;
pub(crate) mod kept;
pub(crate) mod mask;
pub(crate) mod recorder;
pub(crate) mod words;

//! What the machine could do: the least that any server must do, measured in the same run.

pub(crate) mod cells;
pub(crate) mod handler;
pub(crate) mod rows;

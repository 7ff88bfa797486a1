//! Stores as those meet them who use them.

mod laws;

//! Everything a new machine needs to build, test and show Wellhead.

fn main() {}

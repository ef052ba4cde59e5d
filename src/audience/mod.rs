//! Who: a recipients file in, rows and recipients out.

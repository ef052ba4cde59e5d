//! Who: the rows of a recipients file, and the people in them.

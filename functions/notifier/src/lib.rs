//! Tells the user what a run found.

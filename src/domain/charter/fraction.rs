//! A share of a roster or of the votes, in whole numbers.
use serde::{Deserialize, Serialize};
use std::fmt;



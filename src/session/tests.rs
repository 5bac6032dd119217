use super::*;
use crate::pack::PackText;

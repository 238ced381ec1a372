//! Statistics of trials: pure functions over numbers, the same on every machine.
//!
//! The tasks of a pack are a sample of the tasks there could be, and the trials of one task resemble each other. Figures
//! over several tasks therefore take each task's mean as one observation: an interval says how much the figure would
//! move with other tasks of the kind (clustered by task; Miller, "Adding error bars to evals", 2024, arXiv:2411.00640).
//! Nothing here calls a function whose last digit depends on the platform: sums run in fixed order, and of the
//! functions of the mathematical library only the square root is used, which IEEE 754 defines to the last bit.

mod interval;
mod moments;
mod passes;
mod sign_flip;

pub use interval::{Interval, Method, RESAMPLES, bootstrap, t_interval, wilson};
pub use moments::{mean, quantile, sample_sd, standard_error};
pub use passes::{pass_at_k, pass_hat_k};
pub use sign_flip::{SignFlip, holm, mcnemar, sign_flip};

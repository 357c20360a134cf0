//! Only the benchmarks are of interest here.

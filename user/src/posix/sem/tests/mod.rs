//! Semaphores on the host: processes are threads, the kernel is `world`.

mod musl;
mod names;
mod values;
mod world;

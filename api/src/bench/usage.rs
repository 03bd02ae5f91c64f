//! What a process has used, as Linux tells it: processor time and resident memory. Other systems tell nothing.

use std::fs;

/// Clock ticks in a second: the kernel's interface has been fixed at 100 for decades.
const TICKS_PER_SECOND: u64 = 100;

/// What a process has used since its start.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Usage {
    /// Processor time in user and kernel mode, in microseconds.
    pub(super) cpu_micros: u64,
    /// Resident memory at this moment, in bytes.
    pub(super) resident_bytes: u64,
}

/// The usage of a process; zeros where the system does not tell.
pub(super) fn of(process: u32) -> Usage {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    Usage { cpu_micros: cpu_micros(&stat), resident_bytes: resident_bytes(&status) }
}

/// The name in brackets may hold spaces; the 14th and 15th fields are user and kernel ticks.
fn cpu_micros(stat: &str) -> u64 {
    let Some((_, rest)) = stat.rsplit_once(") ") else { return 0 };
    let ticks: u64 = rest.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    ticks * (1_000_000 / TICKS_PER_SECOND)
}

fn resident_bytes(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).and_then(|word| word.parse::<u64>().ok());
    kib.unwrap_or(0) * 1_024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_words_are_read() {
        let stat = "12 (a b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0";
        assert_eq!(cpu_micros(stat), 2_000_000);
        assert_eq!(resident_bytes("Name:\tx\nVmRSS:\t   2048 kB\n"), 2_097_152);
        assert_eq!((cpu_micros(""), resident_bytes("")), (0, 0));
    }
}

//! Times, and what is counted in them.

use super::load;
use abi::resource::{Limit, ProcessTimes, Usage};
use abi::time::{IntervalTime, TimeSpec, TimeValue, TimerTime};
use abi::trace::Structure;
use alloc::format;
use alloc::string::String;

fn time(time: TimeSpec) -> String {
    format!("{{tv_sec={}, tv_nsec={}}}", time.seconds, time.nanoseconds)
}

fn micros(time: TimeValue) -> String {
    format!("{{tv_sec={}, tv_usec={}}}", time.seconds, time.microseconds)
}

/// The structure that these bytes are, if it is one of these.
pub fn show(structure: Structure, bytes: &[u8]) -> Option<String> {
    Some(match structure {
        Structure::Time => time(load(bytes)?),
        Structure::TimePair => {
            let [accessed, modified] = load::<[TimeSpec; 2]>(bytes)?;
            let file_time = |it: TimeSpec| match it.nanoseconds {
                abi::file::UTIME_NOW => "UTIME_NOW".into(),
                abi::file::UTIME_OMIT => "UTIME_OMIT".into(),
                _ => time(it),
            };
            format!("[{}, {}]", file_time(accessed), file_time(modified))
        }
        Structure::TimeValue => micros(load(bytes)?),
        Structure::Interval => {
            let it: IntervalTime = load(bytes)?;
            format!("{{it_interval={}, it_value={}}}", micros(it.interval), micros(it.value))
        }
        Structure::TimerTime => {
            let it: TimerTime = load(bytes)?;
            format!("{{it_interval={}, it_value={}}}", time(it.interval), time(it.value))
        }
        Structure::Limit => {
            let it: Limit = load(bytes)?;
            let limit = |value: u64| match value {
                u64::MAX => "RLIM64_INFINITY".into(),
                value => format!("{value}"),
            };
            format!("{{rlim_cur={}, rlim_max={}}}", limit(it.soft), limit(it.hard))
        }
        Structure::ProcessTimes => {
            let it: ProcessTimes = load(bytes)?;
            format!("{{tms_utime={}, tms_stime={}, ...}}", it.user, it.system)
        }
        Structure::Usage => {
            let it: Usage = load(bytes)?;
            let seconds = |seconds, micros| format!("{{tv_sec={seconds}, tv_usec={micros}}}");
            let user = seconds(it.user_time.seconds, it.user_time.microseconds);
            let system = seconds(it.system_time.seconds, it.system_time.microseconds);
            format!("{{ru_utime={user}, ru_stime={system}, ...}}")
        }
        _ => return None,
    })
}

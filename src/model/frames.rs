//! The raw frames of one connection, both directions, for the frame view and for captures.
//!
//! The log is a ring, bounded by count and by bytes; what it forgets is counted. Long frames are kept cut.

use std::collections::VecDeque;
use std::fmt::Write as _;

use super::time::Timestamp;
use super::{hex, letters};

/// The latest frames of a connection.
#[derive(Clone, Debug)]
pub struct FrameLog {
    frames: VecDeque<FrameEntry>,
    kept_bytes: usize,
    next_seq: u64,
    keep: bool,
    totals: FrameTotals,
}

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameEntry {
    /// Its number; counts all frames of the connection, the forgotten ones too.
    pub seq: u64,
    /// When it came or went.
    pub at: Timestamp,
    /// Which way.
    pub direction: Direction,
    /// Its size in bytes on the wire, as UTF-8 where it is text.
    pub size: usize,
    /// What was in it.
    pub body: FrameBody,
    /// The body is only the beginning.
    pub cut: bool,
    /// What became of it.
    pub mark: Mark,
}

/// Which way a frame went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the peer.
    In,
    /// To the peer.
    Out,
}

/// The content of a frame, at most [`FrameLog::BODY_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameBody {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// Nothing special.
    #[default]
    Plain,
    /// It, or a part of it, could not be understood.
    Malformed,
    /// It should have gone out and did not.
    NotSent,
}

/// Sums over all frames, the forgotten ones too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameTotals {
    /// Frames from the peer.
    pub frames_in: u64,
    /// Their bytes.
    pub bytes_in: u64,
    /// Frames to the peer.
    pub frames_out: u64,
    /// Their bytes.
    pub bytes_out: u64,
    /// Frames that are no longer, or never were, in the log.
    pub forgotten: u64,
}

impl Default for FrameLog {
    fn default() -> Self {
        Self {
            frames: VecDeque::new(),
            kept_bytes: 0,
            next_seq: 0,
            keep: true,
            totals: FrameTotals::default(),
        }
    }
}

impl FrameLog {
    /// At most so many frames are kept.
    pub const FRAMES: usize = 20_000;
    /// At most so many bytes of their bodies are kept.
    pub const BYTES: usize = 8 << 20;
    /// At most so many bytes of one body are kept.
    pub const BODY_BYTES: usize = 1 << 20;

    /// Adds a text frame.
    pub fn push_text(&mut self, at: Timestamp, direction: Direction, text: &str) {
        let end = text.floor_char_boundary(Self::BODY_BYTES);
        self.push(at, direction, text.len(), end, || FrameBody::Text(text[..end].to_owned()));
    }

    /// Adds a binary frame.
    pub fn push_binary(&mut self, at: Timestamp, direction: Direction, bytes: &[u8]) {
        let end = bytes.len().min(Self::BODY_BYTES);
        self.push(at, direction, bytes.len(), end, || FrameBody::Binary(bytes[..end].to_owned()));
    }

    /// Says what became of the frame that was added last, if it was kept.
    pub fn mark_last(&mut self, mark: Mark) {
        let last_seq = self.next_seq.checked_sub(1);
        if let Some(last) = self.frames.back_mut().filter(|last| Some(last.seq) == last_seq) {
            last.mark = mark;
        }
    }

    /// The frames, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &FrameEntry> + ExactSizeIterator {
        self.frames.iter()
    }

    /// How many frames are kept.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// No frame is kept.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// A frame by its number; `None` once it is forgotten.
    pub fn get(&self, seq: u64) -> Option<&FrameEntry> {
        self.frames.binary_search_by_key(&seq, |frame| frame.seq).ok().map(|index| &self.frames[index])
    }

    /// The frames that contain a text, in small or large letters, oldest first. Binary frames are searched as
    /// hexadecimal digits without spaces. All frames contain the empty text.
    pub fn find(&self, wanted: &str) -> impl DoubleEndedIterator<Item = &FrameEntry> {
        let wanted = letters::small(wanted);
        let digits: String = wanted.chars().filter(|character| *character != ' ').collect();
        self.frames.iter().filter(move |frame| match &frame.body {
            FrameBody::Text(text) => contains(text, &wanted),
            FrameBody::Binary(bytes) => hex::packed(bytes).contains(&digits),
        })
    }

    /// Sums over all frames.
    pub fn totals(&self) -> FrameTotals {
        self.totals
    }

    /// Forgets the frames; the sums and the numbering go on.
    pub fn clear(&mut self) {
        self.totals.forgotten += self.frames.len() as u64;
        self.frames = VecDeque::new();
        self.kept_bytes = 0;
    }

    /// Whether new frames are kept. While they are not, those in the log stay and new ones are only counted.
    pub fn set_keep(&mut self, keep: bool) {
        self.keep = keep;
    }

    /// New frames are kept.
    pub fn keeps(&self) -> bool {
        self.keep
    }

    fn push(
        &mut self,
        at: Timestamp,
        direction: Direction,
        size: usize,
        kept: usize,
        body: impl FnOnce() -> FrameBody,
    ) {
        let (frames, bytes) = match direction {
            Direction::In => (&mut self.totals.frames_in, &mut self.totals.bytes_in),
            Direction::Out => (&mut self.totals.frames_out, &mut self.totals.bytes_out),
        };
        *frames += 1;
        *bytes += size as u64;
        let seq = self.next_seq;
        self.next_seq += 1;
        if !self.keep {
            self.totals.forgotten += 1;
            return;
        }
        while self.frames.len() >= Self::FRAMES || self.kept_bytes + kept > Self::BYTES {
            let Some(oldest) = self.frames.pop_front() else { break };
            self.kept_bytes -= oldest.body.len();
            self.totals.forgotten += 1;
        }
        self.kept_bytes += kept;
        self.frames.push_back(FrameEntry {
            seq,
            at,
            direction,
            size,
            body: body(),
            cut: kept < size,
            mark: Mark::Plain,
        });
    }
}

impl FrameBody {
    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// It has none.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }
}

impl Direction {
    /// The word in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// Bytes as people read them: eight a row, with their offset and what they are in ASCII.
pub fn hex_dump(bytes: &[u8]) -> String {
    let mut dump = String::with_capacity(bytes.len().div_ceil(8) * 45);
    for (row, chunk) in bytes.chunks(8).enumerate() {
        let offset = hex::packed(&((row * 8) as u32).to_be_bytes()[1..]);
        let digits = hex::spaced(chunk);
        let ascii: String = chunk
            .iter()
            .map(|&byte| if matches!(byte, b' '..=b'~') { char::from(byte) } else { '.' })
            .collect();
        let written = writeln!(dump, "{offset}  {digits:<23}  {ascii}");
        debug_assert!(written.is_ok(), "writing into a String cannot fail");
    }
    dump
}

/// Whether a text contains another one that is in small letters already.
fn contains(text: &str, lowercase: &str) -> bool {
    if !(text.is_ascii() && lowercase.is_ascii()) {
        return letters::small(text).contains(lowercase);
    }
    let wanted = lowercase.as_bytes();
    wanted.is_empty()
        || text.as_bytes().windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp(0);

    fn seqs<'a>(frames: impl Iterator<Item = &'a FrameEntry>) -> Vec<u64> {
        frames.map(|frame| frame.seq).collect()
    }

    #[test]
    fn the_number_of_frames_is_bounded() {
        let mut log = FrameLog::default();
        for _ in 0..FrameLog::FRAMES + 5 {
            log.push_text(AT, Direction::In, "ping");
        }
        assert_eq!((log.len(), log.totals().forgotten), (FrameLog::FRAMES, 5));
        assert_eq!((log.get(4), log.get(5).map(|frame| frame.seq)), (None, Some(5)));
        assert_eq!(log.get(log.totals().frames_in), None);
    }

    #[test]
    fn long_frames_are_cut_and_their_bytes_are_bounded() {
        let mut log = FrameLog::default();
        let umlauts = "ü".repeat(FrameLog::BODY_BYTES);
        for _ in 0..20 {
            log.push_text(AT, Direction::In, &format!("x{umlauts}"));
        }
        let bytes: usize = log.iter().map(|frame| frame.body.len()).sum();
        assert!((FrameLog::BYTES / 2..=FrameLog::BYTES).contains(&bytes), "{bytes} bytes");
        let newest = log.iter().next_back().expect("the log is not empty");
        assert!(
            newest.cut
                && newest.body.len() < FrameLog::BODY_BYTES
                && newest.size == 2 * FrameLog::BODY_BYTES + 1
        );
        assert_eq!(log.totals().bytes_in, 20 * (2 * FrameLog::BODY_BYTES as u64 + 1));
        log.clear();
        log.push_binary(AT, Direction::Out, &vec![1; FrameLog::BODY_BYTES]);
        assert_eq!((log.len(), seqs(log.iter()), log.kept_bytes), (1, vec![20], FrameLog::BODY_BYTES));
        assert!(log.iter().all(|frame| !frame.cut));
    }

    #[test]
    fn frames_are_found_by_their_content() {
        let mut log = FrameLog::default();
        log.push_text(AT, Direction::In, "update T:value [300]");
        log.push_binary(AT, Direction::In, &[0x0f, 0xa0]);
        log.push_text(AT, Direction::Out, "Größe");
        assert_eq!(seqs(log.find("T:VALUE")), [0]);
        assert_eq!(seqs(log.find("0F a0")), [1]);
        assert_eq!(seqs(log.find("GRÖSSE")), Vec::<u64>::new());
        assert_eq!(seqs(log.find("GRÖß")), [2]);
        assert_eq!(seqs(log.find("")), [0, 1, 2]);
    }

    #[test]
    fn a_mark_belongs_to_the_last_frame() {
        let mut log = FrameLog::default();
        log.mark_last(Mark::Malformed);
        log.push_text(AT, Direction::In, "a");
        log.push_text(AT, Direction::In, "b");
        log.mark_last(Mark::Malformed);
        log.set_keep(false);
        log.push_text(AT, Direction::Out, "c");
        log.mark_last(Mark::NotSent);
        let found: Vec<Mark> = log.iter().map(|frame| frame.mark).collect();
        assert_eq!(found, [Mark::Plain, Mark::Malformed]);
        let totals = log.totals();
        assert_eq!((totals.frames_in, totals.frames_out, totals.forgotten), (2, 1, 1));
    }

    #[test]
    fn bytes_are_dumped_eight_a_row() {
        assert_eq!(
            hex_dump(b"SECoP\n\0\xff!"),
            "000000  53 45 43 6f 50 0a 00 ff  SECoP...\n000008  21                       !\n"
        );
        assert_eq!(hex_dump(&[]), "");
    }
}

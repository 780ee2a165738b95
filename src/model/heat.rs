//! A grid of numbers as a picture: a bitmap that a browser takes as it is, a colour for each number.

use super::curve::extent;

/// The most columns and rows of a picture; beyond it several numbers share a place.
const MOST: (usize, usize) = (160, 96);
/// The colours from the smallest number to the greatest: viridis, which keeps its order for people who do not tell
/// red from green and in black and white.
const STOPS: [[f64; 3]; 5] =
    [[68.0, 1.0, 84.0], [59.0, 82.0, 139.0], [33.0, 145.0, 140.0], [94.0, 201.0, 98.0], [253.0, 231.0, 37.0]];
/// Where there is no number.
const NOTHING: [u8; 3] = [128, 128, 128];
/// The colours of a bitmap with eight bits a place; the first is for where there is no number.
const COLOURS: usize = 256;
/// Both headers of a bitmap.
const HEADERS: usize = 54;

/// The numbers of a grid as a BMP file (Windows BITMAPINFOHEADER, 8 bits, not compressed): `columns` numbers make a
/// row, the first number is at the top left. Where several share a place, the greatest is shown, so that no peak is
/// lost. `None` without a whole row.
pub fn bitmap(columns: usize, numbers: &[f64]) -> Option<Vec<u8>> {
    let rows = numbers.len().checked_div(columns).filter(|rows| *rows > 0)?;
    let (width, height) = (columns.min(MOST.0), rows.min(MOST.1));
    let mut places = vec![f64::NAN; width * height];
    for (row, line) in numbers.chunks_exact(columns).enumerate() {
        for (column, number) in line.iter().enumerate().filter(|(_, number)| number.is_finite()) {
            let place = &mut places[row * height / rows * width + column * width / columns];
            // Of a number and none, `max` takes the number.
            *place = place.max(*number);
        }
    }
    let (low, high) = extent(places.iter().copied()).unwrap_or_default();
    // Halved first: the difference of two finite numbers may be infinite.
    let half = high / 2.0 - low / 2.0;
    let colour = |number: f64| match number {
        _ if number.is_nan() => 0,
        _ if half > 0.0 => 1 + ((number / 2.0 - low / 2.0) / half * (COLOURS - 2) as f64) as u8,
        _ => (COLOURS / 2) as u8,
    };

    let stride = width.next_multiple_of(4);
    let start = HEADERS + COLOURS * 4;
    let mut file = Vec::with_capacity(start + stride * height);
    let size = start + stride * height;
    file.extend(*b"BM");
    // Size; nothing; where the places begin.
    words(&mut file, &[size as u32, 0, start as u32]);
    // Length of this header; width; height, negative for top to bottom; one plane of eight bits.
    words(&mut file, &[40, width as u32, (height as u32).wrapping_neg(), 1 | 8 << 16]);
    // Not compressed; no sizes; all colours.
    words(&mut file, &[0, 0, 0, 0, COLOURS as u32, 0]);
    file.extend(
        std::iter::once(NOTHING)
            .chain((1..COLOURS).map(shade))
            .flat_map(|[red, green, blue]| [blue, green, red, 0]),
    );
    for line in places.chunks(width) {
        file.extend(line.iter().map(|number| colour(*number)));
        file.resize(file.len() + stride - width, 0);
    }
    Some(file)
}

fn words(file: &mut Vec<u8>, words: &[u32]) {
    file.extend(words.iter().flat_map(|word| word.to_le_bytes()));
}

/// A colour of the scale, 1 to 255.
fn shade(index: usize) -> [u8; 3] {
    let place = (index - 1) as f64 / (COLOURS - 2) as f64 * (STOPS.len() - 1) as f64;
    let stop = (place as usize).min(STOPS.len() - 2);
    let share = place - stop as f64;
    [0, 1, 2]
        .map(|part| (STOPS[stop][part] + (STOPS[stop + 1][part] - STOPS[stop][part]) * share).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Width, height, and the places as indices of colours.
    fn read(file: &[u8]) -> (usize, usize, Vec<u8>) {
        let word = |at: usize| u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]);
        assert_eq!((&file[..2], word(2) as usize, word(14), word(46)), (&b"BM"[..], file.len(), 40, 256));
        let (width, height) = (word(18) as usize, word(22).wrapping_neg() as usize);
        let lines = file[word(10) as usize..].chunks_exact(width.next_multiple_of(4));
        (width, height, lines.flat_map(|line| line[..width].to_vec()).collect())
    }

    #[test]
    fn each_number_has_its_colour_from_the_top_left() {
        let file = bitmap(3, &[0.0, 1.0, f64::NAN, 4.0, 2.0, f64::INFINITY]).unwrap();
        assert_eq!(read(&file), (3, 2, vec![1, 64, 0, 255, 128, 0]));
        let colour = |index: usize| {
            [file[HEADERS + 4 * index + 2], file[HEADERS + 4 * index + 1], file[HEADERS + 4 * index]]
        };
        assert_eq!((colour(0), colour(1), colour(255)), (NOTHING, [68, 1, 84], [253, 231, 37]));
    }

    #[test]
    fn a_large_grid_keeps_its_peaks() {
        let mut numbers = vec![0.0; 1000 * 700];
        numbers[555 * 1000 + 333] = 9.0;
        let (width, height, places) = read(&bitmap(1000, &numbers).unwrap());
        assert_eq!((width, height), MOST);
        assert_eq!(
            places.iter().position(|place| *place == 255),
            places.iter().rposition(|place| *place == 255)
        );
        assert_eq!(places[555 * height / 700 * width + 333 * width / 1000], 255);
    }

    #[test]
    fn extremes_are_in_the_scale_and_what_never_changes_in_its_middle() {
        assert_eq!(read(&bitmap(2, &[f64::MIN, f64::MAX]).unwrap()).2, [1, 255]);
        assert_eq!(read(&bitmap(2, &[7.0, 7.0]).unwrap()).2, [128, 128]);
        assert_eq!(read(&bitmap(1, &[f64::NAN]).unwrap()).2, [0]);
    }

    #[test]
    fn without_a_whole_row_there_is_no_picture() {
        assert_eq!((bitmap(0, &[1.0]), bitmap(2, &[1.0]), bitmap(2, &[])), (None, None, None));
        assert_eq!(read(&bitmap(2, &[1.0, 2.0, 3.0]).unwrap()).1, 1, "the rest of a row is left out");
    }
}

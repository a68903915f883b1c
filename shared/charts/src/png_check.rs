//! Whether bytes are a whole PNG of the size asked for, without decoding it: a picture from outside is stored
//! and passed on, never unpacked.
//!
//! Source: PNG, W3C Recommendation, third edition: section 5.2 signature, 5.3 chunk layout, 11.2.1 IHDR, annex D
//! CRC.

/// What is wrong with a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PngFault {
    /// More bytes than [`LONGEST`].
    #[error("it has more than {LONGEST} bytes")]
    TooLong,
    /// It does not begin as a PNG does.
    #[error("it does not begin with the PNG signature")]
    Signature,
    /// A chunk ends beyond the bytes, or no IEND closes it.
    #[error("it is cut off")]
    Truncated,
    /// A chunk's checksum is not its own.
    #[error("the checksum of a chunk is wrong")]
    Checksum,
    /// The header is missing, misplaced, or describes no picture.
    #[error("its header is not a PNG header")]
    Header,
    /// It has another size than asked for.
    #[error("it is {width}x{height} pixels, not the size asked for")]
    Size {
        /// Width it claims.
        width: u32,
        /// Height it claims.
        height: u32,
    },
    /// It has no picture data.
    #[error("it has no picture data")]
    NoData,
    /// Something follows its end.
    #[error("bytes follow its end")]
    Trailing,
}

/// Most bytes of a picture: 8 MiB.
pub const LONGEST: usize = 8 * 1024 * 1024;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

struct Chunk<'a> {
    kind: &'a [u8],
    data: &'a [u8],
}

/// Checks that `bytes` are a whole PNG of `width` by `height` pixels: signature, header, every checksum, data,
/// end, and nothing after it.
///
/// # Errors
/// The first [`PngFault`] from the start.
pub fn check(bytes: &[u8], width: u32, height: u32) -> Result<(), PngFault> {
    if bytes.len() > LONGEST {
        return Err(PngFault::TooLong);
    }
    let rest = bytes.strip_prefix(SIGNATURE).ok_or(PngFault::Signature)?;
    let (header, mut rest) = chunk(rest)?;
    let size = size(&header).ok_or(PngFault::Header)?;
    if size != (width, height) {
        return Err(PngFault::Size { width: size.0, height: size.1 });
    }
    let mut data = false;
    loop {
        let (chunk, after) = chunk(rest)?;
        match chunk.kind {
            b"IEND" if !data => return Err(PngFault::NoData),
            b"IEND" if !chunk.data.is_empty() => return Err(PngFault::Header),
            b"IEND" if !after.is_empty() => return Err(PngFault::Trailing),
            b"IEND" => return Ok(()),
            b"IHDR" => return Err(PngFault::Header),
            b"IDAT" => data |= !chunk.data.is_empty(),
            _ => {}
        }
        rest = after;
    }
}

fn chunk(bytes: &[u8]) -> Result<(Chunk<'_>, &[u8]), PngFault> {
    let number = |bytes: &[u8; 4]| u32::from_be_bytes(*bytes);
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or(PngFault::Truncated)?;
    let length = usize::try_from(number(length)).map_err(|_| PngFault::Truncated)?;
    let end = length.checked_add(4).ok_or(PngFault::Truncated)?;
    let (body, rest) = rest.split_at_checked(end).ok_or(PngFault::Truncated)?;
    let (sum, rest) = rest.split_first_chunk::<4>().ok_or(PngFault::Truncated)?;
    if crc(body) != number(sum) {
        return Err(PngFault::Checksum);
    }
    let (kind, data) = body.split_at_checked(4).ok_or(PngFault::Truncated)?;
    Ok((Chunk { kind, data }, rest))
}

/// Width and height of a header that describes a picture.
fn size(header: &Chunk<'_>) -> Option<(u32, u32)> {
    if header.kind != b"IHDR" || header.data.len() != 13 {
        return None;
    }
    let (width, rest) = header.data.split_first_chunk::<4>()?;
    let (height, rest) = rest.split_first_chunk::<4>()?;
    let &[depth, colour, compression, filter, interlace] = rest else { return None };
    let depths: &[u8] = match colour {
        0 => &[1, 2, 4, 8, 16],
        3 => &[1, 2, 4, 8],
        2 | 4 | 6 => &[8, 16],
        _ => return None,
    };
    let known = depths.contains(&depth) && compression == 0 && filter == 0 && interlace <= 1;
    known.then_some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

const TABLE: [u32; 256] = {
    let mut table = [0_u32; 256];
    let mut n = 0;
    while n < 256 {
        let mut c = n as u32;
        let mut k = 0;
        while k < 8 {
            c = if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 };
            k += 1;
        }
        table[n] = c;
        n += 1;
    }
    table
};

fn crc(bytes: &[u8]) -> u32 {
    let step = |c: u32, byte: &u8| TABLE[((c ^ u32::from(*byte)) & 0xFF) as usize] ^ (c >> 8);
    !bytes.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 1x1 grey PNG; its chunks and checksums were written by Python's zlib and struct modules.
    const ONE: &[u8] = b"\
        \x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\
        \x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55\x00\x00\x00\x0a\x49\x44\x41\x54\x78\x9c\x63\
        \xf8\x0f\x00\x01\x01\x01\x00\xb1\x38\xf6\x14\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\
        \x82";

    #[test]
    fn crc_is_the_published_check_value() {
        // CRC-32/ISO-HDLC of "123456789"
        assert_eq!(crc(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn a_whole_picture_passes() {
        assert_eq!(check(ONE, 1, 1), Ok(()));
        assert_eq!(check(ONE, 2, 1), Err(PngFault::Size { width: 1, height: 1 }));
    }

    #[test]
    fn no_beginning_of_a_picture_passes() {
        for end in 0..ONE.len() {
            let fault = check(&ONE[..end], 1, 1).unwrap_err();
            let expected = if end < 8 { PngFault::Signature } else { PngFault::Truncated };
            assert_eq!(fault, expected, "first {end} bytes");
        }
    }

    #[test]
    fn no_flipped_bit_passes() {
        for bit in 0..ONE.len() * 8 {
            let mut bytes = ONE.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(check(&bytes, 1, 1).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn nothing_may_follow_or_be_missing() {
        assert_eq!(check(&[ONE, b"x"].concat(), 1, 1), Err(PngFault::Trailing));
        // signature and IHDR take 33 bytes, IEND the last 12
        let empty = [&ONE[..33], &ONE[ONE.len() - 12..]].concat();
        assert_eq!(check(&empty, 1, 1), Err(PngFault::NoData));
        assert_eq!(check(&vec![0; LONGEST + 1], 1, 1), Err(PngFault::TooLong));
        assert_eq!(check(b"<html>not found</html>", 1, 1), Err(PngFault::Signature));
    }

    #[test]
    fn any_bytes_are_answered() {
        bolero::check!().for_each(|bytes: &[u8]| {
            assert!(check(bytes, 1, 1).is_err() || bytes == ONE);
            let framed = [&ONE[..33], bytes].concat();
            let _ = check(&framed, 1, 1);
        });
    }
}

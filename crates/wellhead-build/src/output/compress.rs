//! Compresses text files in parallel, so that a server does not have to.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::media_type;

/// Smaller files fit into one packet anyway.
const SIZE_LIMIT: usize = 1024;

/// The compressed copies of files by path: extension and content, where that is smaller.
pub(super) type Compressed = BTreeMap<String, Vec<(&'static str, Vec<u8>)>>;

/// Compresses with Brotli of the given quality and gzip; nothing without a quality.
pub(super) fn all(files: &BTreeMap<String, Vec<u8>>, brotli_quality: Option<u32>) -> Compressed {
    let Some(quality) = brotli_quality else {
        return Compressed::new();
    };
    let wanted: Vec<_> = files
        .iter()
        .filter(|(path, bytes)| {
            // A compressed source map would double its folder for the sake of developers' tools.
            bytes.len() >= SIZE_LIMIT
                && !path.ends_with(".map")
                && media_type::is_compressible(media_type::bare(path))
        })
        .collect();
    wanted
        .par_iter()
        .map(|(path, bytes)| {
            let copies = [("br", brotli(bytes, quality)), ("gz", gzip(bytes))];
            let copies = copies
                .into_iter()
                .filter(|(_, copy)| !copy.is_empty() && copy.len() < bytes.len())
                .collect();
            ((*path).clone(), copies)
        })
        .collect()
}

/// Writing to memory does not fail; if it did, there would be no copy.
fn brotli(bytes: &[u8], quality: u32) -> Vec<u8> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: i32::try_from(quality).unwrap_or(9),
        size_hint: bytes.len(),
        lgwin: 22,
        ..Default::default()
    };
    let mut out = Vec::new();
    match brotli::BrotliCompress(&mut &*bytes, &mut out, &params) {
        Ok(_) => out,
        Err(_) => Vec::new(),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .unwrap_or_default()
}

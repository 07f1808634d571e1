//! Files as browsers ask for them: as they are, brotli, gzip.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use crate::paths::write_if_changed;

/// Writes a file and its two compressed forms. The name carries the content's hash, so what is already there is right.
pub(crate) fn write(folder: &Path, name: &str, content: &[u8]) -> Result<()> {
    write_if_changed(&folder.join(name), content)?;
    for (suffix, compress) in [(".br", brotli as fn(&[u8]) -> Result<Vec<u8>>), (".gz", gzip)] {
        let path = folder.join(format!("{name}{suffix}"));
        if !path.exists() {
            write_if_changed(&path, &compress(content)?)?;
        }
    }
    Ok(())
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, size_hint: content.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn both_forms_give_the_content_back_and_are_smaller() {
        let content = "one line like the other\n".repeat(500).into_bytes();
        let (brotli, gzip) = (brotli(&content).unwrap(), gzip(&content).unwrap());
        assert!(brotli.len() < content.len() / 10 && gzip.len() < content.len() / 10);

        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut &*brotli, &mut back).unwrap();
        assert_eq!(back, content);
        back.clear();
        flate2::read::GzDecoder::new(&*gzip).read_to_end(&mut back).unwrap();
        assert_eq!(back, content);
    }
}

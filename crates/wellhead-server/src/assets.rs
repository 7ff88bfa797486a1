//! Files that browsers may ask for: from memory where they fit, else from disk.

mod conditional;
mod range;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::stream;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    ETAG, HeaderValue, RANGE, VARY,
};
use http::{HeaderMap, Method, Response, StatusCode};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use wellhead_build::manifest::Asset;

use crate::body::{Body, BodyError};
use crate::config::Encoding;
use crate::encoding::negotiate;
use crate::metrics::Metrics;
pub(crate) use conditional::{is_unchanged, weak};
use range::Range;

/// Files above this size are always read from disk.
const LARGEST_IN_MEMORY: u64 = 1024 * 1024;

/// What is read from disk at a time.
const READ_SIZE: u64 = 64 * 1024;

/// The assets of a bundle.
pub(crate) struct Assets {
    folder: PathBuf,
    files: HashMap<String, File>,
    /// Bytes that may still be kept in memory.
    room: AtomicU64,
}

struct File {
    asset: Asset,
    media_type: HeaderValue,
    identity: Variant,
    br: Option<Variant>,
    gz: Option<Variant>,
}

/// A file as it lies on disk: as it is, or compressed.
struct Variant {
    path: PathBuf,
    etag: HeaderValue,
    kept: OnceLock<Bytes>,
}

impl Assets {
    pub(crate) fn new(
        folder: &Path,
        assets: &std::collections::BTreeMap<String, Asset>,
        memory_mb: u64,
    ) -> Self {
        let files = assets
            .iter()
            .map(|(path, asset)| (path.clone(), File::new(folder, asset)));
        Self {
            folder: folder.to_owned(),
            files: files.collect(),
            room: AtomicU64::new(memory_mb.saturating_mul(1024 * 1024)),
        }
    }

    pub(crate) fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Where a file lies on disk.
    pub(crate) fn file(&self, path: &str) -> Option<&Path> {
        self.files
            .get(path)
            .map(|file| file.identity.path.as_path())
    }

    /// Answers a request for a file; `None` where there is none of that path.
    pub(crate) async fn serve(
        &self,
        path: &str,
        method: &Method,
        headers: &HeaderMap,
        metrics: &Metrics,
    ) -> Option<io::Result<Response<Body>>> {
        let file = self.files.get(path)?;
        Some(self.answer(file, method, headers, metrics).await)
    }

    async fn answer(
        &self,
        file: &File,
        method: &Method,
        headers: &HeaderMap,
        metrics: &Metrics,
    ) -> io::Result<Response<Body>> {
        let mut response = Response::new(Body::empty());
        let ranged = headers.contains_key(RANGE) && method == Method::GET;
        let (variant, encoding) = if ranged {
            (&file.identity, None)
        } else {
            file.choose(headers)
        };
        let out = response.headers_mut();
        out.insert(ETAG, variant.etag.clone());
        out.insert(
            CACHE_CONTROL,
            HeaderValue::from_static(if file.asset.immutable {
                "public, max-age=31536000, immutable"
            } else {
                "public, max-age=0, must-revalidate"
            }),
        );
        if file.br.is_some() || file.gz.is_some() {
            out.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        if is_unchanged(headers, &variant.etag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return Ok(response);
        }
        out.insert(CONTENT_TYPE, file.media_type.clone());
        out.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if let Some(encoding) = encoding {
            out.insert(
                CONTENT_ENCODING,
                HeaderValue::from_static(encoding.as_str()),
            );
        }
        let size = match variant.kept.get() {
            Some(bytes) => bytes.len() as u64,
            None => tokio::fs::metadata(&variant.path).await?.len(),
        };
        let wanted = if ranged {
            range::requested(headers, size, &variant.etag)
        } else {
            Range::Whole
        };
        let (start, end) = match wanted {
            Range::Whole => (0, size),
            Range::Part { start, end } => {
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                insert_text(
                    response.headers_mut(),
                    CONTENT_RANGE,
                    format!("bytes {start}-{}/{size}", end - 1),
                );
                (start, end)
            }
            Range::Outside => {
                *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
                insert_text(
                    response.headers_mut(),
                    CONTENT_RANGE,
                    format!("bytes */{size}"),
                );
                return Ok(response);
            }
        };
        response
            .headers_mut()
            .insert(CONTENT_LENGTH, (end - start).into());
        if method != Method::HEAD {
            *response.body_mut() = self.read(variant, size, start, end, metrics).await?;
        }
        Ok(response)
    }

    async fn read(
        &self,
        variant: &Variant,
        size: u64,
        start: u64,
        end: u64,
        metrics: &Metrics,
    ) -> io::Result<Body> {
        if let Some(bytes) = variant.kept.get() {
            metrics.asset_memory_hits.inc();
            // Both are at most the length of the bytes, which are in memory.
            return Ok(Body::full(bytes.slice(start as usize..end as usize)));
        }
        metrics.asset_disk_reads.inc();
        let whole = start == 0 && end == size && size <= LARGEST_IN_MEMORY;
        if whole && self.take_room(size) {
            let read = match tokio::fs::read(&variant.path).await {
                Ok(bytes) if bytes.len() as u64 != size => {
                    Err(io::Error::other("the file changed while it was read"))
                }
                read => read.map(Bytes::from),
            };
            let kept = (read.as_ref()).is_ok_and(|bytes| variant.kept.set(bytes.clone()).is_ok());
            if !kept {
                // It cannot be read, or another request has it in memory already.
                self.room.fetch_add(size, Ordering::Relaxed);
            }
            return read.map(Body::full);
        }
        let mut file = tokio::fs::File::open(&variant.path).await?;
        file.seek(io::SeekFrom::Start(start)).await?;
        let pieces = stream::try_unfold((file, end - start), |(mut file, left)| async move {
            if left == 0 {
                return Ok(None);
            }
            let mut piece = vec![0; left.min(READ_SIZE) as usize];
            file.read_exact(&mut piece).await.map_err(BodyError::Io)?;
            let left = left - piece.len() as u64;
            Ok(Some((Bytes::from(piece), (file, left))))
        });
        Ok(Body::stream(pieces, Some(end - start)))
    }

    fn take_room(&self, size: u64) -> bool {
        self.room
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| {
                room.checked_sub(size)
            })
            .is_ok()
    }
}

impl std::fmt::Debug for Assets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Assets({} files in {})",
            self.files.len(),
            self.folder.display()
        )
    }
}

impl File {
    fn new(folder: &Path, asset: &Asset) -> Self {
        let variant = |suffix: &str, tag: &str| Variant {
            path: folder.join(format!("{}{suffix}", asset.file)),
            etag: HeaderValue::try_from(format!("\"{}{tag}\"", asset.hash))
                .unwrap_or_else(|_| HeaderValue::from_static("\"\"")),
            kept: OnceLock::new(),
        };
        Self {
            media_type: HeaderValue::try_from(&asset.media_type)
                .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream")),
            identity: variant("", ""),
            br: asset.br.map(|_| variant(".br", "-br")),
            gz: asset.gz.map(|_| variant(".gz", "-gz")),
            asset: asset.clone(),
        }
    }

    fn choose(&self, headers: &HeaderMap) -> (&Variant, Option<Encoding>) {
        let offered: &[Encoding] = match (&self.br, &self.gz) {
            (Some(_), Some(_)) => &[Encoding::Brotli, Encoding::Gzip],
            (Some(_), None) => &[Encoding::Brotli],
            (None, Some(_)) => &[Encoding::Gzip],
            (None, None) => &[],
        };
        let chosen = negotiate(headers, offered);
        let variant = match chosen {
            Some(Encoding::Brotli) => self.br.as_ref(),
            Some(Encoding::Gzip) => self.gz.as_ref(),
            _ => None,
        };
        variant.map_or((&self.identity, None), |variant| (variant, chosen))
    }
}

/// Sets a header to digits and plain words, which no header refuses.
fn insert_text(headers: &mut HeaderMap, name: http::HeaderName, text: String) {
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.insert(name, value);
    }
}

//! Files that are sent, as far as the server gives credit: `packages/client/src/live/uploads.ts` does the same.

use bytes::Bytes;
use serde_json::json;
use wellhead_protocol::{Chunk, Down, Json, Name, Up};

use super::{document::At, error::Error, state::State};

/// A file that is sent.
#[derive(Debug)]
pub(super) struct Sending {
    name: String,
    bytes: Bytes,
    sent: usize,
    credit: u64,
    /// Set when the server has all of it, or does not take it.
    pub(super) end: Option<Result<(), Error>>,
}

impl State {
    /// Offers a file to the server. Returns its number, or `None` if it has to wait until more may be asked for.
    pub(super) fn offer(
        &mut self,
        at: At<'_>,
        field: &str,
        name: &str,
        media: &str,
        bytes: Bytes,
    ) -> Option<u32> {
        if !self.is_joined() || !self.may_ask() {
            return None;
        }
        let entries = json!([{ "name": name, "size": bytes.len(), "type": media }]);
        let upload = self.next_upload;
        self.next_upload += 1;
        self.say(&Up::UploadStart {
            component: at.component().unwrap_or_default(),
            field: Name::from(field),
            upload,
            entries: Json::new(entries.to_string()).unwrap_or_else(|_| Json::null()),
        });
        let sending = Sending {
            name: name.to_owned(),
            bytes,
            sent: 0,
            credit: 0,
            end: None,
        };
        self.uploads.insert(upload, sending);
        Some(upload)
    }

    /// What the server says of a file.
    pub(super) fn heard_of_upload(&mut self, message: &Down) {
        match message {
            Down::UploadCredit { upload, bytes } => {
                if let Some(sending) = self.uploads.get_mut(upload) {
                    sending.credit += bytes;
                }
                self.pump();
            }
            Down::UploadDone { upload } => {
                if let Some(sending) = self.uploads.get_mut(upload) {
                    sending.end = Some(Ok(()));
                }
            }
            Down::UploadRefused {
                upload,
                code,
                message,
            } => {
                if let Some(sending) = self.uploads.get_mut(upload) {
                    let refused = Error::Refused {
                        name: sending.name.clone(),
                        code: code.to_string(),
                        message: message.clone(),
                    };
                    sending.end = Some(Err(refused));
                }
            }
            _ => {}
        }
    }

    /// Sends what there is credit for.
    fn pump(&mut self) {
        let chunk = self.chunk();
        let mut parts = Vec::new();
        for (&upload, sending) in &mut self.uploads {
            while sending.end.is_none() && sending.sent < sending.bytes.len() && sending.credit > 0
            {
                let left = sending.bytes.len() - sending.sent;
                let credit = usize::try_from(sending.credit).unwrap_or(usize::MAX);
                let size = credit.min(chunk).min(left);
                if size == 0 {
                    break;
                }
                let part = sending.bytes.slice(sending.sent..sending.sent + size);
                sending.sent += size;
                sending.credit -= size as u64;
                parts.push(Up::UploadChunk {
                    upload,
                    bytes: Chunk(part),
                });
            }
        }
        for part in &parts {
            self.say(part);
        }
    }

    /// Files do not outlive their connection.
    pub(super) fn uploads_lost(&mut self) {
        for sending in self.uploads.values_mut() {
            sending.end.get_or_insert_with(|| {
                Err(Error::Refused {
                    name: sending.name.clone(),
                    code: "lost".into(),
                    message: "the connection was lost".into(),
                })
            });
        }
    }
}

//! Files on their way from the browser to a component.
//!
//! A file waits for its turn, is sent as fast as the disk takes it, and then lies whole in its temporary file until the component
//! has consumed it. What is sent is bounded by credit: no more of a file is on its way to the disk than the window. The disk is
//! written to beside the session's task, one operation at a time for a file.

mod allowed;
mod files;
mod sending;
mod temporary;

use tokio::time::Instant;
use wellhead_protocol::{CloseCode, Down};
use wellhead_render::live::{Command, UploadStep};

pub(super) use self::{
    allowed::Allowed,
    files::{Done, Files},
};
use self::{
    allowed::Chosen,
    files::{File, Step},
    sending::Credit,
};
use super::Session;

/// Codes that the host finds by itself.
const TOO_LARGE: &str = "too_large";
const TOO_MANY: &str = "too_many";
const NOT_ACCEPTED: &str = "not_accepted";
/// The component takes no files under this name.
const NOT_ALLOWED: &str = "not_allowed";
/// The session has as many bytes of temporary files as it may.
const NO_ROOM: &str = "no_room";
const DISK_FULL: &str = "disk_full";
/// The disk failed otherwise.
const NOT_STORED: &str = "not_stored";
/// The component does not want it any more.
const CANCELLED: &str = "cancelled";
/// The component was lost with its worker.
const LOST: &str = "lost";

/// The longest name or media type, in bytes.
const LONGEST: usize = 1024;
/// How many names under which components take files are known. Those of components that are gone count until there are so many.
const NAMES: usize = 1000;

/// What may be shown to the user.
fn message(code: &str) -> &'static str {
    match code {
        TOO_LARGE => "The file is too large.",
        TOO_MANY => "These are too many files.",
        NOT_ACCEPTED => "Files of this type are not accepted.",
        NOT_ALLOWED => "No file is expected here.",
        NO_ROOM | DISK_FULL => "There is no room for the file.",
        NOT_STORED => "The file could not be stored.",
        CANCELLED => "The file is not wanted any more.",
        _ => "The file was lost.",
    }
}

/// What ends a connection.
type Refusal = (CloseCode, String);

fn protocol_error(reason: impl Into<String>) -> Refusal {
    (CloseCode::ProtocolError, reason.into())
}

impl Session {
    /// A component takes files under a name.
    pub(super) fn allow_upload(&mut self, component: u32, name: &str, allowed: Allowed) {
        let known = &mut self.uploads.allowed;
        if known.len() >= NAMES {
            known.retain(|(component, _), _| self.components.has(*component));
        }
        if known.len() >= NAMES {
            tracing::error!(session = %self.id, component, name, most = NAMES, "too many uploads are allowed; this one is not");
            return;
        }
        known.insert((component, name.to_owned()), allowed);
    }

    /// The user chose files.
    pub(super) fn upload_start(
        &mut self,
        component: u32,
        name: &str,
        first: u32,
        entries: &str,
    ) -> Result<(), Refusal> {
        let chosen: Vec<Chosen> = serde_json::from_str(entries)
            .map_err(|error| protocol_error(format!("the list of files: {error}")))?;
        let numbers = u32::try_from(chosen.len())
            .ok()
            .and_then(|count| Some(first..first.checked_add(count)?))
            .ok_or_else(|| protocol_error("too many files"))?;
        for (number, chosen) in numbers.clone().zip(&chosen) {
            if self.uploads.has(number) {
                return Err(protocol_error(format!("there is a file {number} already")));
            }
            if chosen.name.len() > LONGEST || chosen.media.len() > LONGEST {
                return Err(protocol_error(format!("the name of file {number}")));
            }
        }
        let key = (component, name.to_owned());
        let allowed = self.uploads.allowed.get(&key).cloned();
        let Some(allowed) = allowed.filter(|_| self.components.has(component)) else {
            tracing::warn!(session = %self.id, component, name, "files for what takes none");
            for number in numbers {
                self.refuse(number, NOT_ALLOWED);
            }
            return Ok(());
        };
        let most = self.shared.limits.uploads;
        for (at, (number, chosen)) in numbers.zip(chosen).enumerate() {
            if at < most {
                self.offer(component, name, number, chosen, &allowed);
            } else {
                // So many that not even the component shall see them all.
                self.refuse(number, TOO_MANY);
            }
        }
        self.begin_uploads();
        Ok(())
    }

    /// Takes a file, or says why not.
    fn offer(
        &mut self,
        component: u32,
        name: &str,
        number: u32,
        chosen: Chosen,
        allowed: &Allowed,
    ) {
        let start = UploadStep::Start {
            name: &chosen.name,
            size: chosen.size,
            media: &chosen.media,
        };
        self.host.send(&Command::Upload {
            component,
            upload: name,
            entry: number,
            step: start,
        });
        let others = self.uploads.count(component, name);
        if let Some(code) = allowed.refuses(&chosen, others) {
            return self.refuse(number, code);
        }
        let file = File::new(component, name, chosen.size);
        if let Err((file, code)) = self.uploads.add(number, file, &self.shared.limits) {
            self.file_step(&file, number, UploadStep::Error(code));
            self.refuse(number, code);
        }
    }

    /// A part of a file has come.
    pub(super) fn upload_chunk(&mut self, number: u32, bytes: &[u8]) -> Result<(), Refusal> {
        let most = self.shared.limits.chunk;
        if bytes.len() > most {
            let reason = format!("more than {most} bytes of a file at once");
            return Err((CloseCode::MessageTooLarge, reason));
        }
        self.uploads
            .chunk(number, bytes)
            .map_err(|()| protocol_error(format!("more of file {number} than there is credit for")))
    }

    /// The user wants a file no more.
    pub(super) fn upload_cancel(&mut self, number: u32) {
        if let Some(file) = self.uploads.remove(number) {
            self.file_step(&file, number, UploadStep::Cancelled);
            self.begin_uploads();
        }
    }

    /// The component wants a file no more, or is done with it.
    pub(super) fn upload_dropped(&mut self, component: u32, name: &str, number: u32) {
        if !self.uploads.is_of(number, component, name) {
            // It was refused at once, so that the component had to drop it, too.
            return;
        }
        self.drop_file(number, CANCELLED);
        self.begin_uploads();
    }

    /// The browser is gone: what it has not sent will not come.
    pub(super) fn uploads_interrupted(&mut self) {
        for number in self.uploads.unfinished() {
            if let Some(file) = self.uploads.remove(number) {
                self.file_step(&file, number, UploadStep::Cancelled);
            }
        }
    }

    /// The host has forgotten all files.
    pub(super) fn uploads_lost(&mut self) {
        self.uploads.allowed.clear();
        for number in self.uploads.all() {
            self.drop_file(number, LOST);
        }
    }

    /// Components may have gone with what was shown last, and their files with them.
    pub(super) fn prune_uploads(&mut self) {
        let components = &self.components;
        let gone = self.uploads.of(|component| !components.has(component));
        if gone.is_empty() {
            return;
        }
        for number in gone {
            self.drop_file(number, CANCELLED);
        }
        self.begin_uploads();
    }

    /// An operation on the disk is over.
    pub(super) fn upload_done(&mut self, done: Done) {
        let number = done.number;
        let window = self.shared.limits.upload_window.max(1) as u64;
        match self.uploads.done(done, Instant::now(), window) {
            None => {}
            Some(Ok(Step { credit, news })) => {
                if let Some(Credit(bytes)) = credit {
                    self.say(&Down::UploadCredit {
                        upload: number,
                        bytes,
                    });
                }
                self.file_news(number, news);
            }
            Some(Err((file, code))) => {
                self.file_step(&file, number, UploadStep::Error(code));
                self.refuse(number, code);
            }
        }
        self.begin_uploads();
    }

    fn file_news(&mut self, number: u32, news: Option<files::News>) {
        let Some(news) = news else { return };
        let Some(file) = self.uploads.file(number) else {
            return;
        };
        let step = match &news {
            files::News::Progress(bytes) => UploadStep::Progress(*bytes),
            files::News::Whole(path) => UploadStep::Path(path),
        };
        self.host.send(&Command::Upload {
            component: file.component,
            upload: &file.name,
            entry: number,
            step,
        });
        if let files::News::Whole(_) = news {
            self.say(&Down::UploadDone { upload: number });
        }
    }

    fn begin_uploads(&mut self) {
        self.uploads.begin(&self.shared.limits);
    }

    /// Tells the host of a file.
    fn file_step(&mut self, file: &File, number: u32, step: UploadStep<'_>) {
        self.host.send(&Command::Upload {
            component: file.component,
            upload: &file.name,
            entry: number,
            step,
        });
    }

    /// Removes a file that the host has forgotten.
    fn drop_file(&mut self, number: u32, code: &'static str) {
        if let Some(file) = self.uploads.remove(number)
            && !file.is_whole()
        {
            self.refuse(number, code);
        }
    }

    /// Tells the browser that a file is not taken.
    fn refuse(&mut self, number: u32, code: &'static str) {
        self.say(&Down::UploadRefused {
            upload: number,
            code: code.into(),
            message: message(code).to_owned(),
        });
    }
}

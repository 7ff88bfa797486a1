//! The files of a session, from when they are taken until they are consumed.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    time::Duration,
};

use tokio::time::Instant;

use super::{
    NO_ROOM, NOT_STORED, TOO_MANY,
    allowed::Allowed,
    sending::{Credit, Sending},
    temporary::{Place, Temporary, code_of},
};
use crate::{Limits, session::reports::Reports};

/// How often the host hears how far a file is.
const PROGRESS: Duration = Duration::from_millis(200);

/// The files of a session.
#[derive(Default)]
pub(crate) struct Files {
    /// What components take, by component and name.
    pub(super) allowed: HashMap<(u32, String), Allowed>,
    /// In the order in which they were chosen.
    files: BTreeMap<u32, File>,
    /// The bytes of all files, those to come included.
    bytes: u64,
    /// How many operations are under way for files that are gone. They count as files that are being sent, so that who chooses and
    /// cancels all the time has no more operations than who sends.
    orphans: usize,
    next: u64,
    operations: Reports<Box<Done>>,
}

/// A file that a component takes.
pub(super) struct File {
    pub(super) component: u32,
    pub(super) name: String,
    size: u64,
    /// Its own, also among those that had its number before.
    serial: u64,
    told_at: Instant,
    stage: Stage,
}

enum Stage {
    Waiting,
    Sending(Box<Sending>),
    /// All of it is there.
    Whole(Place),
}

/// An operation on the disk that is over.
pub(crate) struct Done {
    pub(super) number: u32,
    pub(super) serial: u64,
    /// How many bytes it has written.
    pub(super) written: u64,
    pub(super) result: io::Result<Temporary>,
}

/// How far a file has come with an operation.
pub(super) struct Step {
    pub(super) credit: Option<Credit>,
    pub(super) news: Option<News>,
}

/// What the host hears of a file.
pub(super) enum News {
    Progress(u64),
    /// The path of the temporary file.
    Whole(String),
}

impl File {
    pub(super) fn new(component: u32, name: &str, size: u64) -> Self {
        Self {
            component,
            name: name.to_owned(),
            size,
            serial: 0,
            told_at: Instant::now(),
            stage: Stage::Waiting,
        }
    }

    pub(super) fn is_whole(&self) -> bool {
        matches!(self.stage, Stage::Whole(_))
    }
}

impl Files {
    /// The next operation that is over. Cancel-safe.
    pub(crate) async fn operation(&mut self) -> Option<Done> {
        self.operations.next().await.map(|done| *done)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub(super) fn has(&self, number: u32) -> bool {
        self.files.contains_key(&number)
    }

    pub(super) fn file(&self, number: u32) -> Option<&File> {
        self.files.get(&number)
    }

    pub(super) fn is_of(&self, number: u32, component: u32, name: &str) -> bool {
        self.file(number)
            .is_some_and(|file| file.component == component && file.name == name)
    }

    /// How many files a component has under a name.
    pub(super) fn count(&self, component: u32, name: &str) -> u64 {
        let is_of = |file: &&File| file.component == component && file.name == name;
        self.files.values().filter(is_of).count() as u64
    }

    pub(super) fn all(&self) -> Vec<u32> {
        self.of(|_| true)
    }

    /// Those of some components.
    pub(super) fn of(&self, is_wanted: impl Fn(u32) -> bool) -> Vec<u32> {
        let files = self.files.iter();
        files
            .filter(|(_, file)| is_wanted(file.component))
            .map(|(number, _)| *number)
            .collect()
    }

    pub(super) fn unfinished(&self) -> Vec<u32> {
        let files = self.files.iter();
        files
            .filter(|(_, file)| !file.is_whole())
            .map(|(number, _)| *number)
            .collect()
    }

    /// Takes a file, if there is room.
    pub(super) fn add(
        &mut self,
        number: u32,
        file: File,
        limits: &Limits,
    ) -> Result<(), (File, &'static str)> {
        if self.files.len() >= limits.uploads {
            return Err((file, TOO_MANY));
        }
        match self.bytes.checked_add(file.size) {
            Some(bytes) if bytes <= limits.upload_bytes => self.bytes = bytes,
            _ => return Err((file, NO_ROOM)),
        }
        let serial = self.next;
        self.next += 1;
        self.files.insert(number, File { serial, ..file });
        Ok(())
    }

    pub(super) fn remove(&mut self, number: u32) -> Option<File> {
        let file = self.files.remove(&number)?;
        self.bytes -= file.size;
        if let Stage::Sending(sending) = &file.stage
            && sending.temporary.is_none()
        {
            self.orphans += 1;
        }
        Some(file)
    }

    /// Removes all files, and returns when they are gone.
    pub(crate) async fn end(&mut self) {
        let mut places = Vec::new();
        for file in std::mem::take(&mut self.files).into_values() {
            match file.stage {
                Stage::Waiting => {}
                Stage::Sending(sending) => match sending.temporary {
                    Some(temporary) => places.push(temporary.close()),
                    None => self.orphans += 1,
                },
                Stage::Whole(place) => places.push(place),
            }
        }
        self.bytes = 0;
        while self.orphans > 0 {
            let done = self.operations.next().await;
            self.orphans -= 1;
            places.extend(done.and_then(|done| Some(done.result.ok()?.close())));
        }
        for place in places {
            place.remove().await;
        }
    }

    /// Begins to send files that wait, as many as may be sent at once.
    pub(super) fn begin(&mut self, limits: &Limits) {
        let is_sent = |file: &&mut File| matches!(file.stage, Stage::Sending(_));
        let sent = self.files.values_mut().filter(is_sent).count() + self.orphans;
        let room = limits.uploads_at_once.max(1).saturating_sub(sent);
        let waiting = self.files.iter_mut();
        let waiting = waiting.filter(|(_, file)| matches!(file.stage, Stage::Waiting));
        for (&number, file) in waiting.take(room) {
            file.stage = Stage::Sending(Box::default());
            let done = self.operations.sender();
            let (folder, serial) = (limits.upload_folder.clone(), file.serial);
            tokio::spawn(async move {
                let result = Temporary::create(&folder).await;
                // Who has no use for it removes it.
                let _ = done.unbounded_send(Box::new(Done {
                    number,
                    serial,
                    written: 0,
                    result,
                }));
            });
        }
    }

    /// A part of a file has come; fails if there was no credit for it. Parts of what is gone were on their way and are ignored.
    pub(super) fn chunk(&mut self, number: u32, bytes: &[u8]) -> Result<(), ()> {
        let Some(file) = self.files.get_mut(&number) else {
            return Ok(());
        };
        let Stage::Sending(sending) = &mut file.stage else {
            return Err(());
        };
        let received = sending.received + bytes.len() as u64;
        if received > sending.granted {
            return Err(());
        }
        sending.received = received;
        sending.pending.extend_from_slice(bytes);
        sending.write(number, file.serial, self.operations.sender());
        Ok(())
    }

    /// An operation is over. Gives nothing if its file is gone, and the file if it goes now.
    pub(super) fn done(
        &mut self,
        done: Done,
        now: Instant,
        window: u64,
    ) -> Option<Result<Step, (File, &'static str)>> {
        let file = self.files.get_mut(&done.number);
        let Some(file) = file.filter(|file| file.serial == done.serial) else {
            self.orphans -= 1;
            return None;
        };
        let Stage::Sending(sending) = &mut file.stage else {
            return None;
        };
        let failed = match done.result {
            Err(error) => {
                tracing::error!(%error, "a file that is uploaded cannot be stored");
                code_of(&error)
            }
            Ok(temporary) => {
                sending.written += done.written;
                if sending.written == file.size {
                    let credit = (!sending.is_taken).then_some(Credit(0));
                    let place = temporary.close();
                    if let Some(path) = place.path().to_str().map(str::to_owned) {
                        file.stage = Stage::Whole(place);
                        let news = Some(News::Whole(path));
                        return Some(Ok(Step { credit, news }));
                    }
                    tracing::error!("the folder of temporary files has a name that is no text");
                    NOT_STORED
                } else {
                    sending.temporary = Some(temporary);
                    sending.write(done.number, done.serial, self.operations.sender());
                    let credit = sending.credit(file.size, window);
                    let written = sending.written;
                    let is_due = done.written > 0 && now >= file.told_at + PROGRESS;
                    if is_due {
                        file.told_at = now;
                    }
                    let news = is_due.then_some(News::Progress(written));
                    return Some(Ok(Step { credit, news }));
                }
            }
        };
        let file = self.files.remove(&done.number)?;
        self.bytes -= file.size;
        Some(Err((file, failed)))
    }
}

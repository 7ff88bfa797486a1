//! Which files a component takes.

use serde::Deserialize;

/// What a component has said of the files that it takes under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Allowed {
    /// Extensions and media types in lower case; none accepts everything.
    pub(crate) accept: Vec<String>,
    /// How many at once.
    pub(crate) max_entries: u64,
    /// In bytes.
    pub(crate) max_size: u64,
}

/// A file that the user chose. All of it is the client's word.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Chosen {
    pub(crate) name: String,
    pub(crate) size: u64,
    #[serde(rename = "type")]
    pub(crate) media: String,
}

impl Allowed {
    /// The code of what is wrong with a file, when there are so many others already. These codes are those of the host, which looks
    /// at the same things in the same order.
    pub(crate) fn refuses(&self, chosen: &Chosen, others: u64) -> Option<&'static str> {
        if chosen.size > self.max_size {
            Some(super::TOO_LARGE)
        } else if others >= self.max_entries {
            Some(super::TOO_MANY)
        } else if !self.accepts(chosen) {
            Some(super::NOT_ACCEPTED)
        } else {
            None
        }
    }

    fn accepts(&self, chosen: &Chosen) -> bool {
        let (name, media) = (chosen.name.to_lowercase(), chosen.media.to_lowercase());
        let fits = |item: &String| {
            if item.starts_with('.') {
                name.ends_with(item)
            } else if let Some(family) = item.strip_suffix('*') {
                media.starts_with(family)
            } else {
                media == *item
            }
        };
        self.accept.is_empty() || self.accept.iter().any(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(name: &str, media: &str) -> Chosen {
        Chosen {
            name: name.into(),
            size: 10,
            media: media.into(),
        }
    }

    fn allowed(accept: &[&str]) -> Allowed {
        Allowed {
            accept: accept.iter().map(|item| (*item).to_owned()).collect(),
            max_entries: 2,
            max_size: 10,
        }
    }

    #[test]
    fn files_are_accepted_by_extension_type_and_family() {
        let images = allowed(&[".jpg", "image/png", "text/*"]);
        for (name, media, accepted) in [
            ("a.jpg", "", true),
            ("A.JPG", "application/x", true),
            ("a", "image/png", true),
            ("a", "IMAGE/PNG", true),
            ("a", "text/html", true),
            ("a.jpg.exe", "", false),
            ("a", "image/gif", false),
            ("a", "textual/x", false),
            ("", "", false),
        ] {
            assert_eq!(
                images.accepts(&chosen(name, media)),
                accepted,
                "{name} {media}"
            );
        }
        assert!(allowed(&[]).accepts(&chosen("", "")));
    }

    #[test]
    fn size_comes_before_number_and_number_before_type() {
        let images = allowed(&[".jpg"]);
        let large = Chosen {
            size: 11,
            ..chosen("a", "")
        };
        assert_eq!(images.refuses(&large, 2), Some("too_large"));
        assert_eq!(images.refuses(&chosen("a", ""), 2), Some("too_many"));
        assert_eq!(images.refuses(&chosen("a", ""), 1), Some("not_accepted"));
        assert_eq!(images.refuses(&chosen("a.jpg", ""), 1), None);
    }
}

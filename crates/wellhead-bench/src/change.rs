//! What of a page has changed, by its HTML: what a patch must at least carry.

/// The least that a patch must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// So many bytes of markup have come.
    Markup(usize),
    /// A text is another, which has so many bytes now.
    Text(usize),
}

impl Change {
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::Markup(bytes) | Self::Text(bytes) => bytes,
        }
    }

    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Markup(_) => "markup",
            Self::Text(_) => "text",
        }
    }
}

/// The one change between two states of a page.
pub(crate) fn change(before: &str, after: &str) -> Change {
    let common = |pair: &(u8, u8)| pair.0 == pair.1;
    let (old, new) = (before.as_bytes(), after.as_bytes());
    let least = old.len().min(new.len());
    let start = std::iter::zip(old.iter().copied(), new.iter().copied())
        .take_while(common)
        .count();
    let end = std::iter::zip(old.iter().rev().copied(), new.iter().rev().copied())
        .take(least - start)
        .take_while(common)
        .count();
    let changed = &new[start..new.len() - end];
    if changed.contains(&b'<') {
        // Where it begins may be shifted by what it has in common with its neighbour, but not how long it is.
        return Change::Markup(changed.len());
    }
    let from = new[..start]
        .iter()
        .rposition(|&byte| byte == b'>')
        .map_or(0, |at| at + 1);
    let to = new[start..]
        .iter()
        .position(|&byte| byte == b'<')
        .map_or(new.len(), |at| start + at);
    Change::Text(to - from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_came_counts_whole_although_it_begins_as_its_neighbour_does() {
        let before = "<ul><li id=\"1\">row 1</li></ul>";
        let after = "<ul><li id=\"20\">row 20</li><li id=\"1\">row 1</li></ul>";
        assert_eq!(
            change(before, after),
            Change::Markup("<li id=\"20\">row 20</li>".len())
        );
    }

    #[test]
    fn a_text_counts_whole_although_a_part_of_it_is_as_it_was() {
        let before = "<td>19</td><td>20</td>";
        let after = "<td>19</td><td>21</td>";
        assert_eq!(change(before, after), Change::Text(2));
        assert_eq!(change("<p>9</p>", "<p>10</p>"), Change::Text(2));
        assert_eq!(change("<p>11</p>", "<p>111</p>"), Change::Text(3));
    }
}

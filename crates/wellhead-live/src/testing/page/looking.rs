//! What a user sees of a page.

use super::{Page, Pushed};
use crate::testing::{Error, ServerError, document::At};

/// Looking: what a user sees.
impl Page {
    /// The HTML of the page's components, one after the other.
    pub fn html(&self) -> String {
        self.document().html()
    }

    /// The text of an element.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such element.
    pub fn text(&self, selector: &str) -> Result<String, Error> {
        Ok(self.document().one(selector)?.text())
    }

    /// The texts of all elements that fit, in document order.
    ///
    /// # Errors
    ///
    /// [`Error::Selector`].
    pub fn texts(&self, selector: &str) -> Result<Vec<String>, Error> {
        let document = self.document();
        let all = document.all(selector)?;
        Ok(all.into_iter().map(At::text).collect())
    }

    /// An attribute of an element.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such element.
    pub fn attribute(&self, selector: &str, name: &str) -> Result<Option<String>, Error> {
        let document = self.document();
        let at = document.one(selector)?;
        Ok(at.attribute(name).map(ToOwned::to_owned))
    }

    /// What a field holds, which may be something else than its attribute `value`.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such element, or it is no field.
    pub fn value(&self, selector: &str) -> Result<String, Error> {
        let document = self.document();
        let at = document.one(selector)?;
        if !at.is_field() && !at.is(&["option", "button"]) {
            return Err(at.unfit(selector, "is no field"));
        }
        Ok(at.value())
    }

    /// How many elements fit.
    ///
    /// # Errors
    ///
    /// [`Error::Selector`].
    pub fn count(&self, selector: &str) -> Result<usize, Error> {
        Ok(self.document().all(selector)?.len())
    }

    /// The page's title, if a component has given it one.
    pub fn title(&self) -> Option<String> {
        self.shared.lock().title.clone()
    }

    /// The page's address, as it was opened or as components and links have changed it.
    pub fn url(&self) -> String {
        self.shared.lock().url.clone()
    }

    /// What components have pushed to hooks and scripts since the page was opened.
    pub fn pushed(&self) -> Vec<Pushed> {
        self.shared.lock().pushed.clone()
    }

    /// What has failed since the page was opened, whoever asked for it.
    pub fn errors(&self) -> Vec<ServerError> {
        self.shared.lock().errors.clone()
    }

    /// Where the browser would be by now, if a component or a link has sent it to another page. The page itself stays as it is.
    pub fn redirected(&self) -> Option<String> {
        self.shared.lock().redirected.clone()
    }
}

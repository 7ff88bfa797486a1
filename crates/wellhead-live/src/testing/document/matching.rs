//! What selectors ask of elements.

use selectors::{
    Element, OpaqueElement, SelectorList,
    attr::{AttrSelectorOperation, CaseSensitivity, NamespaceConstraint},
    bloom::BloomFilter,
    context::{
        MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode,
        SelectorCaches,
    },
    matching::{ElementSelectorFlags, matches_selector_list},
};

use super::{At, Kind};
use crate::testing::css::{Css, NoElement, Pseudo, Word};

/// Whether an element fits. `caches` are good for one document and these selectors.
pub(super) fn fits(at: At<'_>, list: &SelectorList<Css>, caches: &mut SelectorCaches) -> bool {
    let mut context = MatchingContext::new(
        MatchingMode::Normal,
        None,
        caches,
        QuirksMode::NoQuirks,
        NeedsSelectorFlags::No,
        MatchingForInvalidation::No,
    );
    matches_selector_list(list, &at, &mut context)
}

impl At<'_> {
    fn sibling(self, step: impl Fn(usize) -> Option<usize>) -> Option<Self> {
        let siblings = &self.parent()?.entry().children;
        let mut at = self.entry().position;
        loop {
            at = step(at)?;
            let sibling = self.with(*siblings.get(at)?);
            if sibling.is_element() {
                return Some(sibling);
            }
        }
    }
}

impl Element for At<'_> {
    type Impl = Css;

    fn opaque(&self) -> OpaqueElement {
        OpaqueElement::new(self.entry())
    }

    fn parent_element(&self) -> Option<Self> {
        self.parent()
    }

    fn parent_node_is_shadow_root(&self) -> bool {
        false
    }

    fn containing_shadow_host(&self) -> Option<Self> {
        None
    }

    fn is_pseudo_element(&self) -> bool {
        false
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        self.sibling(|at| at.checked_sub(1))
    }

    fn next_sibling_element(&self) -> Option<Self> {
        self.sibling(|at| Some(at + 1))
    }

    fn first_element_child(&self) -> Option<Self> {
        self.children().find(|child| child.is_element())
    }

    fn is_html_element_in_html_document(&self) -> bool {
        matches!(self.entry().kind, Kind::Element { is_html: true, .. })
    }

    fn has_local_name(&self, name: &Word) -> bool {
        self.name() == &*name.0
    }

    fn has_namespace(&self, _namespace: &Word) -> bool {
        true
    }

    fn is_same_type(&self, other: &Self) -> bool {
        self.name() == other.name()
    }

    fn attr_matches(
        &self,
        _namespace: &NamespaceConstraint<&Word>,
        name: &Word,
        operation: &AttrSelectorOperation<&Word>,
    ) -> bool {
        self.attribute(&name.0)
            .is_some_and(|value| operation.eval_str(value))
    }

    fn match_non_ts_pseudo_class(
        &self,
        pseudo: &Pseudo,
        _context: &mut MatchingContext<'_, Css>,
    ) -> bool {
        let can_be_disabled = self.is(&[
            "input", "select", "textarea", "button", "fieldset", "option", "optgroup",
        ]);
        let is_field = self.is(&["input", "select", "textarea"]);
        match pseudo {
            Pseudo::Checked => self.is_checked() || self.is_selected(),
            Pseudo::Disabled => can_be_disabled && self.is_disabled(),
            Pseudo::Enabled => can_be_disabled && !self.is_disabled(),
            Pseudo::Focus => self.is_focused(),
            Pseudo::Required => is_field && self.has("required"),
            Pseudo::Optional => is_field && !self.has("required"),
            Pseudo::ReadOnly => !is_field || self.has("readonly") || self.is_disabled(),
        }
    }

    fn match_pseudo_element(
        &self,
        pseudo: &NoElement,
        _context: &mut MatchingContext<'_, Css>,
    ) -> bool {
        match *pseudo {}
    }

    fn apply_selector_flags(&self, _flags: ElementSelectorFlags) {}

    fn is_link(&self) -> bool {
        self.is(&["a", "area"]) && self.has("href")
    }

    fn is_html_slot_element(&self) -> bool {
        false
    }

    fn has_id(&self, id: &Word, case: CaseSensitivity) -> bool {
        self.attribute("id")
            .is_some_and(|own| case.eq(own.as_bytes(), id.0.as_bytes()))
    }

    fn has_class(&self, name: &Word, case: CaseSensitivity) -> bool {
        let classes = self.attribute("class").unwrap_or_default();
        classes
            .split_ascii_whitespace()
            .any(|class| case.eq(class.as_bytes(), name.0.as_bytes()))
    }

    fn has_custom_state(&self, _name: &Word) -> bool {
        false
    }

    fn imported_part(&self, _name: &Word) -> Option<Word> {
        None
    }

    fn is_part(&self, _name: &Word) -> bool {
        false
    }

    fn is_empty(&self) -> bool {
        !self.children().any(|child| match &child.entry().kind {
            Kind::Element { .. } => true,
            Kind::Text(text) => !text.is_empty(),
        })
    }

    fn is_root(&self) -> bool {
        self.parent().is_none()
    }

    fn add_element_unique_hashes(&self, _filter: &mut BloomFilter) -> bool {
        false
    }
}

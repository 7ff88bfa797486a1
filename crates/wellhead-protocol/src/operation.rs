//! What a patch does to a page.

use crate::{Json, Markup, Name, Node};

union! {
    /// What a patch does to a page. `count` is a number of siblings that follow one another, from `node` on.
    #[tag = "op"]
    pub enum Operation as OperationKind in OPERATIONS {
        /// The text of a text or comment node is another.
        SetText "setText" = 0 {
            /// The text or comment.
            node: Node,
            /// All of its text.
            text: String,
        },
        /// A part of a text is another. Positions count UTF-16 units, and never lie within a character.
        SpliceText "spliceText" = 1 {
            /// The text or comment.
            node: Node,
            /// Where the part begins.
            at: u32,
            /// How long it is.
            remove: u32,
            /// What comes in its place.
            text: String,
        },
        /// An attribute gets a value.
        SetAttribute "setAttribute" = 2 {
            /// The element.
            node: Node,
            /// The attribute.
            name: Name,
            /// Its value.
            value: String,
        },
        /// An attribute goes.
        RemoveAttribute "removeAttribute" = 3 {
            /// The element.
            node: Node,
            /// The attribute.
            name: Name,
        },
        /// A property of the element's object gets a value.
        SetProperty "setProperty" = 4 {
            /// The element.
            node: Node,
            /// The property.
            name: Name,
            /// Its value.
            value: Json,
        },
        /// Markup comes before a node.
        InsertBefore "insertBefore" = 5 {
            /// The node that will follow.
            node: Node,
            /// What comes.
            html: Markup,
        },
        /// Markup comes at the end of an element.
        InsertEnd "insertEnd" = 6 {
            /// The element.
            node: Node,
            /// What comes.
            html: Markup,
        },
        /// Nodes go.
        Remove "remove" = 7 {
            /// The first.
            node: Node,
            /// How many siblings.
            count: u32,
        },
        /// Nodes move before another.
        MoveBefore "moveBefore" = 8 {
            /// The first.
            node: Node,
            /// How many siblings.
            count: u32,
            /// The node that will follow.
            before: Node,
        },
        /// Nodes move to the end of an element.
        MoveEnd "moveEnd" = 9 {
            /// The first.
            node: Node,
            /// How many siblings.
            count: u32,
            /// The element.
            parent: Node,
        },
        /// Markup comes in the place of nodes.
        Replace "replace" = 10 {
            /// The first.
            node: Node,
            /// How many siblings.
            count: u32,
            /// What comes.
            html: Markup,
        },
        /// Nodes stay, and they and all in them get new numbers, as if they had just come.
        Renumber "renumber" = 11 {
            /// The first.
            node: Node,
            /// How many siblings.
            count: u32,
        },
        /// The operations that follow are about another component. A patch begins with component 0.
        Component "component" = 12 {
            /// The component's number.
            component: u32,
        },
        /// Nodes are all that a component within this one shows: what happens in them are its events. Marks go when nodes are renumbered.
        Mark "mark" = 13 {
            /// The first.
            node: Node,
            /// How many siblings.
            count: u32,
            /// The component's number.
            component: u32,
        },
    }
}

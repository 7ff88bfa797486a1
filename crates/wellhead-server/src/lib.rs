//! The web server: matches requests to routes, has them rendered, composes and streams the documents.

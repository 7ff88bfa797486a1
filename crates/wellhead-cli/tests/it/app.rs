//! Building and serving an app.

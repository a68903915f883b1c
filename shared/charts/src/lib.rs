//! Charts: templates, the built-in renderer, the Chart-IMG client.

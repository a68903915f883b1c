//! Notices: the report page and the channels that carry it.

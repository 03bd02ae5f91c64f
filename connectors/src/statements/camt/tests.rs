//! Messages of several versions, composed ones, and hostile ones.

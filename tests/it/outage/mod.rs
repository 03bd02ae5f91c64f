//! Nothing acknowledged is lost and nothing is booked twice, whatever dies.

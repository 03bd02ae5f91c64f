//! The demo: a synthetic Ninh Bình with clients, people and connections whose keys are drawn at random and written once, to a
//! file that only its owner reads. Everything else is the same every time.

pub mod credentials;
mod partners;
mod people;
mod plant;

pub use people::accountant_of;
pub use plant::plant;

//! Catalogues: the code lists of the education sector as data, each value with its official code and both names.
//!
//! Official codes are those of the ministry's own data description (2020); fees and payment methods have no official code,
//! so theirs are the hub's. Which fee may be charged at all is [`may_charge`].

mod ethnic_groups;
mod fees;
mod legality;
mod payment_methods;
mod schools;
mod students;

pub use ethnic_groups::EthnicGroup;
pub use fees::{FeeCategory, FeeGroup};
pub use legality::{Charge, Forbidden, may_charge};
pub use payment_methods::PaymentMethod;
pub use schools::{EducationLevel, Grade, Ownership};
pub use students::{Gender, StudentStatus};

use crate::codes::CodeError;

fn unknown(code: &'static str, catalogue: &str, catalogue_vi: &str) -> CodeError {
    CodeError::new(
        code,
        format!("this code is not in the catalogue of {catalogue}"),
        format!("mã này không có trong danh mục {catalogue_vi}"),
    )
}

/// An enum whose values have a code, a Vietnamese and an English name.
macro_rules! catalogue {
    (
        $(#[$about:meta])*
        $type:ident, $error:literal, $english:literal, $vietnamese:literal;
        $($(#[$doc:meta])* $value:ident = $code:literal, $name_vi:literal, $name_en:literal;)+
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type { $(#[doc = concat!($name_en, " (", $name_vi, ").")] $(#[$doc])* $value,)+ }

        impl $type {
            /// Every value, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// The value with this code.
            ///
            /// # Errors
            #[doc = concat!("`", $error, "`.")]
            pub fn parse(code: &str) -> Result<Self, crate::codes::CodeError> {
                match code.trim() {
                    $($code => Ok(Self::$value),)+
                    _ => Err(crate::catalogues::unknown($error, $english, $vietnamese)),
                }
            }

            /// The code, with its leading zeros.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$value => $code,)+ }
            }

            /// The Vietnamese name.
            #[must_use]
            pub const fn name_vi(self) -> &'static str {
                match self { $(Self::$value => $name_vi,)+ }
            }

            /// The English name.
            #[must_use]
            pub const fn name_en(self) -> &'static str {
                match self { $(Self::$value => $name_en,)+ }
            }
        }
    };
}

use catalogue;

#[cfg(test)]
mod tests;

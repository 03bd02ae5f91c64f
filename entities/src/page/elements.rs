//! The elements of PostgreSQL's arrays in their binary form (`array_send`, `uuid_send`, `int8send`, `date_send`, `textsend`):
//! a page of hundreds of rows is thousands of elements, and the driver's way makes a value with a type of each.

use chrono::{Days, NaiveDate};
use sea_orm::DbErr;
use uuid::Uuid;

/// A value of which PostgreSQL makes arrays.
pub(crate) trait Element: Sized {
    /// The object id of its type in `pg_type`.
    const TYPE: u32;

    /// The value of these bytes; none stands for null.
    fn read(bytes: Option<&[u8]>) -> Option<Self>;
}

impl Element for Uuid {
    const TYPE: u32 = 2950;

    fn read(bytes: Option<&[u8]>) -> Option<Self> {
        Self::from_slice(bytes?).ok()
    }
}

impl Element for i64 {
    const TYPE: u32 = 20;

    fn read(bytes: Option<&[u8]>) -> Option<Self> {
        Some(Self::from_be_bytes(bytes?.try_into().ok()?))
    }
}

impl Element for NaiveDate {
    const TYPE: u32 = 1082;

    /// Days since 2000-01-01.
    fn read(bytes: Option<&[u8]>) -> Option<Self> {
        let days = i32::from_be_bytes(bytes?.try_into().ok()?);
        let (epoch, distance) = (Self::from_ymd_opt(2000, 1, 1)?, Days::new(days.unsigned_abs().into()));
        if days < 0 { epoch.checked_sub_days(distance) } else { epoch.checked_add_days(distance) }
    }
}

impl Element for String {
    const TYPE: u32 = 25;

    fn read(bytes: Option<&[u8]>) -> Option<Self> {
        std::str::from_utf8(bytes?).ok().map(ToOwned::to_owned)
    }
}

impl<T: Element> Element for Option<T> {
    const TYPE: u32 = T::TYPE;

    fn read(bytes: Option<&[u8]>) -> Option<Self> {
        match bytes {
            None => Some(None),
            some => T::read(some).map(Some),
        }
    }
}

/// The elements of an array of one dimension.
///
/// # Errors
/// When it is an array of something else.
pub(super) fn elements<T: Element>(array: &[u8]) -> Result<Vec<T>, DbErr> {
    let mut rest = Rest(array);
    let read = |rest: &mut Rest<'_>| {
        let (dimensions, _has_nulls, of) = (rest.number()?, rest.number()?, rest.number()?);
        match (dimensions, of) {
            (0, _) => Some(Vec::new()),
            (1, of) if of == T::TYPE => {
                let (length, _first) = (rest.number()?, rest.number()?);
                let mut found = Vec::with_capacity(usize::try_from(length).ok()?.min(array.len()));
                for _ in 0..length {
                    found.push(T::read(rest.element()?)?);
                }
                Some(found)
            }
            _ => None,
        }
    };
    read(&mut rest).ok_or_else(|| DbErr::Type("an array of something else".to_owned()))
}

struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    /// The bytes of an element, whose length is before it; a length of -1 stands for null.
    fn element(&mut self) -> Option<Option<&'a [u8]>> {
        let length = self.number()?;
        if length == u32::MAX {
            return Some(None);
        }
        let (element, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(Some(element))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(of: u32, elements: &[Option<&[u8]>]) -> Vec<u8> {
        let length = u32::try_from(elements.len()).unwrap();
        let mut bytes: Vec<u8> = [1, 1, of, length, 1].into_iter().flat_map(u32::to_be_bytes).collect();
        for element in elements {
            bytes.extend(element.map_or(-1, |element| i32::try_from(element.len()).unwrap()).to_be_bytes());
            bytes.extend_from_slice(element.unwrap_or_default());
        }
        bytes
    }

    #[test]
    fn what_postgresql_sends_is_read() {
        assert_eq!(elements::<String>(&array(25, &[Some(b"a"), Some("đ".as_bytes())])).unwrap(), ["a", "đ"]);
        assert_eq!(elements::<Option<i64>>(&array(20, &[Some(&[0xff; 8]), None])).unwrap(), [Some(-1), None]);
        let days = [0_i32, -1, 9_820].map(i32::to_be_bytes);
        let found = elements::<NaiveDate>(&array(1082, &days.each_ref().map(|day| Some(&day[..])))).unwrap();
        assert_eq!(
            found.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["2000-01-01", "1999-12-31", "2026-11-20"]
        );
        let id = Uuid::from_u128(7);
        assert_eq!(elements::<Uuid>(&array(2950, &[Some(id.as_bytes())])).unwrap(), [id]);
        assert_eq!(elements::<i64>(&[0; 12]).unwrap(), [] as [i64; 0], "an empty array has no dimension");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for bytes in [array(25, &[None]), array(20, &[Some(&[0; 8])]), array(25, &[Some(&[0xff])]), vec![0; 5]] {
            assert!(elements::<String>(&bytes).is_err());
        }
        let whole = array(25, &[Some(b"abc")]);
        assert!((0..whole.len()).all(|end| elements::<String>(&whole[..end]).is_err()), "cut anywhere");
        let mut endless = whole;
        endless[12..16].fill(0xff);
        assert!(elements::<String>(&endless).is_err());
    }
}

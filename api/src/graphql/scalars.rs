//! Scalars: whole đồng, moments with +07:00 and Vietnam days.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime, NaiveDate, Utc};
use entities::time::Timestamp;

/// Whole Vietnamese đồng (số tiền, đồng) as a JSON integer of up to 64 bits; `Int` is 32 bits and too small.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Vnd(pub entities::money::Vnd);

/// Whole Vietnamese đồng (số tiền, đồng) as a JSON integer of up to 64 bits; `Int` is 32 bits and too small.
#[Scalar(name = "Vnd")]
impl ScalarType for Vnd {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number
                .as_i64()
                .map(|dong| Self(entities::money::Vnd::new(dong)))
                .ok_or_else(|| InputValueError::custom("Vnd is a whole number of đồng within 64 bits.")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        self.0.get().into()
    }
}

impl From<entities::money::Vnd> for Vnd {
    fn from(amount: entities::money::Vnd) -> Self {
        Self(amount)
    }
}

/// Any JSON value (giá trị JSON).
#[derive(Clone, PartialEq, Debug)]
pub struct Json(pub serde_json::Value);

/// Any JSON value (giá trị JSON).
#[Scalar(name = "JSON")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        value.into_json().map(Self).map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// A moment (thời điểm): RFC 3339; replies carry +07:00.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment(pub Timestamp);

/// A moment (thời điểm): RFC 3339; replies carry +07:00.
#[Scalar(name = "DateTime", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for Moment {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        let moment = DateTime::parse_from_rfc3339(text)
            .map_err(|_| InputValueError::custom("DateTime is RFC 3339 with an offset."))?;
        Ok(Self(Timestamp::from(moment.with_timezone(&Utc))))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.rfc3339())
    }
}

impl From<Timestamp> for Moment {
    fn from(moment: Timestamp) -> Self {
        Self(moment)
    }
}

/// A calendar day in Vietnam (ngày), as `2026-11-20`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Day(pub NaiveDate);

/// A calendar day in Vietnam (ngày), as `2026-11-20`.
#[Scalar(name = "Date")]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(Self)
            .map_err(|_| InputValueError::custom("Date is YYYY-MM-DD."))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<NaiveDate> for Day {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}
